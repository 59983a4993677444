/** The moving trace: drawn at true speed from left to right, with a bar that wipes ahead of it. */

import { Beats } from "../beats.js";
import { h } from "../dom.js";
import { CSS_PX_PER_MM, MM_PER_S, drawGrid } from "../paper.js";
import { Trace } from "./trace.js";

const KEPT_S = 60;
const LANE_PX = 26;
const WIPE_PX = 30;
const NEAR_PX = 16;
const OVERLAP_PX = 2;
const ROW_MM = [[2, 30], [3, 25], [6, 15], [Infinity, 10]];
const TRACE_COLOUR = "#111111";
const HEAD_COLOUR = "#9b2c3f";
const NOTHING_COLOUR = "rgb(91 85 82 / 16%)";
const SHORTEST_LAG_S = 0.3;
const LONGEST_LAG_S = 3;
const LAG_FADES = 0.98;
const JUMP_S = 2;
const LARGEST_HASTE = 0.1;

export class Sweep {
  /**
   * @param {HTMLElement} frame holds the canvas and gives its width
   * @param {HTMLCanvasElement} canvas
   * @param {HTMLElement} names a list beside it, one name a row
   */
  constructor(frame, canvas, names) {
    this.frame = frame;
    this.canvas = canvas;
    this.names = names;
    this.context = canvas.getContext("2d", { alpha: false });
    this.grid = document.createElement("canvas");
    this.trace = new Trace(KEPT_S);
    this.beats = new Beats([]);
    this.mmPerMv = 10;
    this.headS = null;
    this.lagS = SHORTEST_LAG_S;
    this.observer = new ResizeObserver(() => this.frame.clientWidth !== this.width && this.layOut());
    this.observer.observe(frame);
    this.layOut();
    this.animation = requestAnimationFrame((now) => this.step(now));
  }

  stop() {
    this.observer.disconnect();
    cancelAnimationFrame(this.animation);
  }

  get pxPerS() { return CSS_PX_PER_MM * MM_PER_S; }
  get windowS() { return this.width / this.pxPerS; }
  get oldestS() { return this.headS - this.windowS + WIPE_PX / this.pxPerS; }
  get rowPx() { return ROW_MM.find(([leads]) => this.trace.leads.length <= leads)[1] * CSS_PX_PER_MM; }

  /** Take a `trace` event. */
  addTrace(event) {
    const isNew = this.trace.add(event);
    const lengthS = event.samples_mv.length / event.sampling_rate_hz;
    this.lagS = Math.min(LONGEST_LAG_S, Math.max(SHORTEST_LAG_S, 1.25 * lengthS + 0.1, this.lagS * LAG_FADES));
    this.arrivedMs = performance.now();
    if (!isNew) return;
    this.showNames();
    this.layOut();
  }

  /** Each lead's name beside its own row. */
  showNames() {
    this.names.replaceChildren(...this.trace.leads.map((lead) => h("li", {}, document.createTextNode(lead))));
    for (const name of this.names.children) name.style.height = `${this.rowPx}px`;
  }

  /** Take a `beat` event: a new beat, one that has another label now, or one that is none after all. */
  addBeat(beat) {
    const oldestS = beat.time_s - KEPT_S;
    const kept = this.beats.all.filter((other) => other.id !== beat.id && other.time_s > oldestS);
    if (beat.label !== "none") kept.push(beat);
    this.beats = new Beats(kept.sort((a, b) => a.time_s - b.time_s));
    this.repaintAround(beat.time_s);
  }

  setGain(mmPerMv) {
    this.mmPerMv = mmPerMv;
    this.layOut();
  }

  layOut() {
    const ratio = window.devicePixelRatio || 1;
    this.width = this.frame.clientWidth;
    this.rowsPx = this.rowPx * Math.max(1, this.trace.leads.length);
    this.height = LANE_PX + this.rowsPx;
    for (const canvas of [this.canvas, this.grid]) {
      canvas.width = Math.round(this.width * ratio);
      canvas.height = Math.round(this.height * ratio);
    }
    this.canvas.style.height = `${this.height}px`;
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const grid = this.grid.getContext("2d", { alpha: false });
    grid.setTransform(ratio, 0, 0, ratio, 0, 0);
    grid.fillStyle = "#ffffff";
    grid.fillRect(0, 0, this.width, LANE_PX);
    drawGrid(grid, {
      pxPerMm: CSS_PX_PER_MM, leftMm: 0, width: this.width, top: LANE_PX, height: this.rowsPx,
    });
    this.wipe(0, this.width);
    if (this.headS !== null) this.paint(Math.max(this.trace.baseS, this.oldestS), this.headS);
  }

  /** One frame of the animation. */
  step(nowMs) {
    this.animation = requestAnimationFrame((now) => this.step(now));
    if (this.trace.endS === null || !this.width) return;
    const passedS = (nowMs - (this.lastMs ?? nowMs)) / 1000;
    this.lastMs = nowMs;
    const wantedS = this.wantedS(nowMs);
    if (this.headS === null || Math.abs(wantedS - this.headS) > JUMP_S) {
      this.headS = wantedS;
      this.layOut();
    } else {
      this.advance(passedS, wantedS);
    }
    this.drawHead();
  }

  /** Where the head should be: behind the newest sample by as much as samples come in gusts. */
  wantedS(nowMs) {
    const sinceS = Math.max(0, (nowMs - this.arrivedMs) / 1000);
    const wantedS = this.trace.endS + Math.min(0, sinceS - this.lagS);
    return Math.max(this.trace.baseS, wantedS);
  }

  /** Move the head on as fast as time goes, a little faster or slower where it is late or early. */
  advance(passedS, wantedS) {
    const fromS = this.headS;
    const haste = Math.min(LARGEST_HASTE, Math.max(-LARGEST_HASTE, wantedS - fromS));
    this.headS = Math.min(this.trace.endS, fromS + passedS * (1 + haste));
    if (this.headS === fromS) return;
    this.paint(Math.max(this.trace.baseS, fromS - OVERLAP_PX / this.pxPerS), this.headS);
  }

  repaintAround(timeS) {
    if (this.headS === null) return;
    const fromS = Math.max(this.oldestS, timeS - NEAR_PX / this.pxPerS);
    const toS = Math.min(this.headS, timeS + NEAR_PX / this.pxPerS);
    if (toS > fromS) this.paint(fromS, toS);
  }

  /** Draw everything between two times anew. */
  paint(fromS, toS) {
    for (let cycle = Math.floor(fromS / this.windowS); cycle * this.windowS < toS; cycle += 1) {
      const startS = cycle * this.windowS;
      this.paintPiece(startS, Math.max(fromS, startS), Math.min(toS, startS + this.windowS));
    }
  }

  /** The same within one pass over the screen, which began at `startS`. */
  paintPiece(startS, fromS, toS) {
    const { context } = this;
    const left = Math.floor((fromS - startS) * this.pxPerS);
    const right = Math.ceil((toS - startS) * this.pxPerS);
    const at = {
      startS, pxPerS: this.pxPerS, width: this.width, top: LANE_PX, bottom: this.height,
    };
    context.save();
    context.beginPath();
    context.rect(left, 0, right - left, this.height);
    context.clip();
    this.wipe(left, right);
    this.beats.drawBands(context, at, null, null);
    this.trace.leads.forEach((_, lead) => this.drawLead(lead, startS, fromS, toS));
    this.beats.drawMarks(context, at, 0, LANE_PX, null);
    context.restore();
  }

  drawLead(lead, startS, fromS, toS) {
    const { context } = this;
    const top = LANE_PX + lead * this.rowPx;
    const baseline = top + this.rowPx / 2;
    const pxPerMv = this.mmPerMv * CSS_PX_PER_MM;
    const pixel = this.pxPerS / this.trace.rateHz;
    let isOpen = false;
    context.beginPath();
    this.trace.each(lead, fromS, toS, (timeS, millivolts) => {
      const x = (timeS - startS) * this.pxPerS;
      if (Number.isNaN(millivolts)) {
        context.fillStyle = NOTHING_COLOUR;
        context.fillRect(x - pixel / 2, top, pixel, this.rowPx);
        isOpen = false;
        return;
      }
      const y = baseline - millivolts * pxPerMv;
      if (isOpen) context.lineTo(x, y);
      else context.moveTo(x, y);
      isOpen = true;
    });
    context.strokeStyle = TRACE_COLOUR;
    context.lineWidth = 1.4;
    context.lineJoin = "round";
    context.stroke();
  }

  /** The bar that wipes ahead of the trace, and the line where the trace is now. */
  drawHead() {
    const x = (this.headS % this.windowS) * this.pxPerS;
    this.wipe(Math.ceil(x), Math.ceil(x) + WIPE_PX);
    this.wipe(0, Math.ceil(x) + WIPE_PX - this.width);
    this.context.fillStyle = HEAD_COLOUR;
    this.context.fillRect(Math.ceil(x) + 1, LANE_PX, 2, this.rowsPx);
  }

  /** Bare paper between two places on the screen. */
  wipe(left, right) {
    const ratio = this.grid.width / this.width;
    const from = Math.max(0, left);
    const width = Math.min(right, this.width) - from;
    if (width <= 0) return;
    this.context.drawImage(
      this.grid, from * ratio, 0, width * ratio, this.grid.height, from, 0, width, this.height,
    );
  }
}
