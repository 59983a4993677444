/**
 * What spoke for a beat's class: a lane of bars under the paper, up for it, down against it. Heights are
 * square roots, so that what spoke a little can be seen beside what spoke loudly.
 */

import { ApiError, getJson, readingPath } from "./api.js";

const LANE_MM = 11;
const FOR = "#0072b2";
const AGAINST = "#d55e00";
const LEAST_NATS = 0.5;

export class Evidence {
  /**
   * @param {string} id of the reading
   * @param {() => void} onArrival called when there is something to draw
   */
  constructor(id, onArrival) {
    this.id = id;
    this.onArrival = onArrival;
    this.isOn = false;
    this.known = new Map();
    this.beat = null;
    this.label = "";
  }

  get laneMm() { return this.isOn ? LANE_MM : 0; }

  /** Explain a beat. */
  async explain(beat, label) {
    this.beat = beat;
    this.label = label;
    if (this.known.has(beat)) return;
    this.known.set(beat, { words: "Asking the model" });
    try {
      this.known.set(beat, await getJson(readingPath(this.id, `/beats/${beat}/evidence`)));
    } catch (error) {
      this.known.delete(beat);
      if (!(error instanceof ApiError)) throw error;
      this.known.set(beat, { words: error.message });
    }
    this.onArrival();
  }

  /** What there is to be said of it. */
  words() {
    const found = this.known.get(this.beat);
    if (!found) return "";
    return found.words ?? `Blue: where hiding the trace makes the model less sure of ${this.label}; `
      + "orange: where it makes it surer.";
  }

  /** @param {{startS: number, pxPerS: number, pxPerMm: number, width: number}} at */
  draw(context, at, top) {
    const found = this.known.get(this.beat);
    const height = LANE_MM * at.pxPerMm;
    const middle = top + height / 2;
    context.fillStyle = "#ffffff";
    context.fillRect(0, top, at.width, height);
    context.fillStyle = "#b9aea6";
    context.fillRect(0, middle - 0.5, at.width, 1);
    if (!found?.log_odds) return;
    const scale = (height / 2 - 2) / Math.sqrt(Math.max(LEAST_NATS, ...found.log_odds.map(Math.abs)));
    const width = found.stretch_s * at.pxPerS;
    found.log_odds.forEach((nats, index) => {
      const x = (found.start_s + index * found.stretch_s - at.startS) * at.pxPerS;
      const bar = Math.sqrt(Math.abs(nats)) * scale;
      context.fillStyle = nats >= 0 ? FOR : AGAINST;
      context.fillRect(x, nats >= 0 ? middle - bar : middle, Math.max(1, width - 0.5), bar);
    });
    context.fillStyle = "#5b5552";
    context.font = "11px system-ui, sans-serif";
    context.textAlign = "left";
    context.textBaseline = "top";
    context.fillText(`for ${this.label}`, 4, top + 2);
    context.textBaseline = "bottom";
    context.fillText("against", 4, top + height - 2);
  }
}
