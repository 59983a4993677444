/** The last seconds of every lead, as they arrived; memory does not grow. */

const FOLLOWS_S = 1;

export class Trace {
  /** @param {number} keptS how many seconds are kept */
  constructor(keptS) {
    this.keptS = keptS;
    this.leads = [];
    this.rateHz = 0;
    this.endS = null;
  }

  /**
   * Add the samples of a `trace` event; what is there already is left out, what is missing stays empty.
   * @returns {boolean} whether leads or rate are new, so that the screen has to be laid out again
   */
  add({ time_s: timeS, sampling_rate_hz: rateHz, leads, samples_mv: rows }) {
    const isNew = rateHz !== this.rateHz || leads.join("\n") !== this.leads.join("\n");
    if (isNew) this.begin(timeS, rateHz, leads);
    const first = Math.round((timeS - this.baseS) * rateHz);
    const end = first + rows.length;
    for (let sample = Math.max(this.end, first - this.size); sample < first; sample += 1) this.put(sample, null);
    for (let sample = Math.max(this.end, first); sample < end; sample += 1) this.put(sample, rows[sample - first]);
    this.end = Math.max(this.end, end);
    this.endS = this.baseS + this.end / rateHz;
    return isNew;
  }

  begin(timeS, rateHz, leads) {
    this.baseS = timeS;
    this.rateHz = rateHz;
    this.leads = leads;
    this.size = Math.ceil(this.keptS * rateHz);
    this.end = 0;
    this.rings = leads.map(() => new Float32Array(this.size).fill(NaN));
    this.levels = leads.map(() => NaN);
  }

  /** Keep one sample of each lead, less its baseline, which is followed slowly. */
  put(sample, row) {
    for (let lead = 0; lead < this.rings.length; lead += 1) {
      const millivolts = row?.[lead] ?? NaN;
      if (!Number.isNaN(millivolts)) {
        const level = Number.isNaN(this.levels[lead]) ? millivolts : this.levels[lead];
        this.levels[lead] = level + (millivolts - level) / (FOLLOWS_S * this.rateHz);
      }
      this.rings[lead][sample % this.size] = millivolts - this.levels[lead];
    }
  }

  /** Visit the samples of a lead between two times, with one more at either end. */
  each(lead, fromS, toS, visit) {
    const ring = this.rings[lead];
    const oldest = Math.max(0, this.end - this.size);
    const first = Math.max(oldest, Math.floor((fromS - this.baseS) * this.rateHz) - 1);
    const last = Math.min(this.end - 1, Math.ceil((toS - this.baseS) * this.rateHz) + 1);
    for (let sample = first; sample <= last; sample += 1) {
      visit(this.baseS + sample / this.rateHz, ring[sample % this.size]);
    }
  }
}
