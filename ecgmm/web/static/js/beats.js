/** The beats of a reading: where they are, which are abnormal, and how they are marked. */

import { BEAT_COLOURS, BEAT_INKS } from "./words.js";

const BAND_S = 0.15;
const LETTER_SPACE_PX = 15;
const FINEST_BAND_PX = 2;
const WAVE_TOP_PX = 3;
const WAVE_BAR_PX = 3;
const WAVE_INK = "#555555";

export class Beats {
  /** @param {{time_s: number, label: string, probability: number}[]} beats in time order */
  constructor(beats) {
    this.all = beats;
    this.abnormal = beats.flatMap((beat, index) => (beat.label === "N" ? [] : [index]));
  }

  /** Index of the first beat at or after a time. */
  from(timeS) {
    let low = 0;
    let high = this.all.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.all[middle].time_s < timeS) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Index of the beat nearest to a time; null where there is none. */
  nearest(timeS) {
    const after = this.from(timeS);
    const found = [after - 1, after].filter((index) => this.all[index]);
    const away = (index) => Math.abs(this.all[index].time_s - timeS);
    return found.length ? found.reduce((a, b) => (away(b) < away(a) ? b : a)) : null;
  }

  /** The abnormal beat after (or before) a time; null where there is none. */
  nextAbnormal(timeS, direction) {
    const margin = 0.001;
    const found = direction > 0
      ? this.abnormal.find((index) => this.all[index].time_s > timeS + margin)
      : this.abnormal.findLast((index) => this.all[index].time_s < timeS - margin);
    return found ?? null;
  }

  /**
   * Bands behind abnormal and chosen beats; drawn before the trace.
   * @param {{startS: number, pxPerS: number, width: number, top: number, bottom: number}} at
   */
  drawBands(context, at, chosen, proof) {
    const spacing = this.spacing(at);
    if (spacing < FINEST_BAND_PX) return;
    const dense = spacing < LETTER_SPACE_PX / 2;
    this.eachVisible(at, (beat, index, x) => {
      const isProof = proof?.has(index);
      if (beat.label === "N" && !isProof && index !== chosen) return;
      const width = Math.max(dense ? 1 : 2, 2 * BAND_S * at.pxPerS);
      context.globalAlpha = isProof || index === chosen ? 0.3 : 0.15;
      context.fillStyle = BEAT_COLOURS[beat.label];
      context.fillRect(x - width / 2, at.top, width, at.bottom - at.top);
    });
    context.globalAlpha = 1;
  }

  /**
   * A bar from onset to end of each P, QRS and T, with a tick at its peak, along the paper's top.
   * @param {{beat: number, p_s: number[]?, qrs_s: number[]?, t_s: number[]?}[]} waves
   */
  drawWaves(context, at, waves) {
    if (this.spacing(at) < LETTER_SPACE_PX) return;
    context.fillStyle = WAVE_INK;
    const x = (timeS) => (timeS - at.startS) * at.pxPerS;
    for (const { p_s: p, qrs_s: qrs, t_s: t } of waves) {
      for (const [onset, peak, end] of [p, qrs, t].filter(Boolean)) {
        context.fillRect(x(onset), at.top + WAVE_TOP_PX + 1, x(end) - x(onset), WAVE_BAR_PX);
        context.fillRect(x(peak) - 0.5, at.top + WAVE_TOP_PX - 1, 1, WAVE_BAR_PX + 4);
      }
    }
  }

  /** A letter on its colour for each beat, in the lane above the paper. */
  drawMarks(context, at, laneTop, laneHeight, chosen) {
    const spacing = this.spacing(at);
    const size = Math.min(15, laneHeight * 0.72);
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.font = `700 ${size * 0.74}px system-ui, sans-serif`;
    const y = laneTop + laneHeight / 2;
    const drawn = {};
    const order = (draw) => {
      this.eachVisible(at, (beat, index, x) => beat.label === "N" && draw(beat, index, x));
      this.eachVisible(at, (beat, index, x) => beat.label !== "N" && draw(beat, index, x));
    };
    order((beat, index, x) => {
      context.fillStyle = BEAT_COLOURS[beat.label];
      if (spacing < LETTER_SPACE_PX) {
        if (Math.round(x) === drawn[beat.label]) return;
        drawn[beat.label] = Math.round(x);
        const half = beat.label === "N" ? laneHeight * 0.12 : laneHeight * 0.4;
        context.fillRect(x - 0.75, y - half, 1.5, 2 * half);
        return;
      }
      context.beginPath();
      if (beat.label === "N") context.arc(x, y, size / 2, 0, 2 * Math.PI);
      else context.rect(x - size / 2, y - size / 2, size, size);
      context.fill();
      if (index === chosen) {
        context.lineWidth = 2.5;
        context.strokeStyle = "#111111";
        context.stroke();
      }
      context.fillStyle = BEAT_INKS[beat.label];
      context.fillText(beat.label, x, y + 0.5);
    });
  }

  /** Pixels from beat to beat, about. */
  spacing(at) {
    const first = this.from(at.startS);
    const last = this.from(at.startS + at.width / at.pxPerS);
    return last > first ? at.width / (last - first) : at.width;
  }

  eachVisible(at, visit) {
    const endS = at.startS + (at.width + 20) / at.pxPerS;
    for (let index = this.from(at.startS - 20 / at.pxPerS); index < this.all.length; index += 1) {
      const beat = this.all[index];
      if (beat.time_s > endS) return;
      visit(beat, index, (beat.time_s - at.startS) * at.pxPerS);
    }
  }
}
