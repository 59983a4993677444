/** The strip: paper that scrolls, beats that are marked, callipers that measure. */

import { Beats } from "./beats.js";
import { Callipers } from "./callipers.js";
import { announce, h } from "./dom.js";
import { Evidence } from "./evidence.js";
import { bindGestures, bindKeys, ease } from "./gestures.js";
import { drawAxis, drawNames } from "./labels.js";
import { say } from "./language.js";
import { Overview } from "./overview.js";
import { CSS_PX_PER_MM, MM_PER_MV, MM_PER_S, drawGrid, drawPulse } from "./paper.js";
import { WHOLE, buildKeys, buildLegend, buildTools } from "./toolbar.js";
import { BEAT_NAMES, clock, percent } from "./words.js";

const LANE_MM = 6;
const AXIS_MM = 5;
const LARGE_BOX_MM = 5;
const ZOOMS = [0.5, 0.75, 1, 1.5, 2, 3, 4];
const MARK_PX = 14;

export class Viewer {
  /**
   * @param {HTMLElement} place
   * @param {string} id of the reading
   * @param {object} reading the JSON contract
   * @param {(onArrival: () => void) => object} makeSource makes what draws the rows
   */
  constructor(place, id, reading, makeSource) {
    this.beats = new Beats(reading.beats);
    this.waves = reading.measurements?.beats ?? [];
    this.source = makeSource(() => this.refresh());
    this.durationS = Math.max(reading.duration_s, this.source.durationS, 1);
    this.startS = 0;
    this.zoom = 1;
    this.speed = MM_PER_S;
    this.gain = 1;
    this.chosen = null;
    this.proof = null;
    this.onPick = () => {};
    this.callipers = new Callipers();
    this.evidence = new Evidence(id, () => this.tellEvidence());
    this.build(place);
    this.layOut();
    this.overview = new Overview(
      this.overviewCanvas, this.beats, reading.rhythm.episodes ?? [], this.durationS, (s) => this.centre(s),
    );
    bindGestures(this.canvas, this);
    bindKeys(this.canvas, this);
    this.resize();
    this.observer = new ResizeObserver(() => this.frame.clientWidth !== this.width && this.resize());
    this.observer.observe(this.frame);
  }

  stop() {
    this.observer.disconnect();
    this.settle();
  }

  get pxPerMm() { return CSS_PX_PER_MM * this.zoom; }
  get pxPerS() { return this.speed === WHOLE ? this.width / this.durationS : this.pxPerMm * this.speed; }
  get shownS() { return this.width / this.pxPerS; }
  get middleS() { return this.startS + this.shownS / 2; }
  get mmPerMv() { return MM_PER_MV * this.gain; }
  get paperTop() { return LANE_MM * this.pxPerMm; }
  get paperHeight() { return this.rowsMm * this.pxPerMm; }
  get laneHeight() { return this.evidence.laneMm * this.pxPerMm; }

  build(place) {
    this.canvas = h("canvas", {
      class: "ecg", tabindex: 0, role: "img", "aria-describedby": "viewer-keys",
      "aria-label": "The ECG on paper, with every beat marked. Use the arrow keys to move.",
    });
    this.frame = h("div", { class: "canvas-frame" }, this.canvas);
    this.overviewCanvas = h("canvas", { class: "overview", "aria-hidden": "true" });
    this.slider = h("input", {
      class: "position", type: "range", min: 0, step: "any", value: 0, "aria-label": "Position in the recording",
      input: () => this.show(Number(this.slider.value)),
    });
    this.scaleLine = h("p", { class: "scale" });
    this.selected = h("p", { class: "selected", role: "status" });
    place.append(
      h("div", { class: "viewer-head" }, h("h2", {}, "The ECG"), buildTools(this)),
      this.frame, this.overviewCanvas, this.slider, this.selected, this.scaleLine, buildLegend(this.beats), buildKeys(),
    );
  }

  /** Where each row's baseline is, in millimetres below the paper's top. */
  layOut() {
    let mm = 0;
    this.baselinesMm = this.source.rows.map((row) => {
      const gain = row.hasGain ? this.gain : 1;
      const above = Math.ceil((row.aboveMm * gain) / LARGE_BOX_MM) * LARGE_BOX_MM;
      const below = Math.ceil((row.belowMm * gain) / LARGE_BOX_MM) * LARGE_BOX_MM;
      const baseline = mm + above;
      mm += above + below;
      return baseline;
    });
    this.rowsMm = Math.max(mm, 4 * LARGE_BOX_MM);
  }

  resize() {
    this.width = this.frame.clientWidth;
    const ratio = window.devicePixelRatio || 1;
    this.height = this.paperTop + this.paperHeight + this.laneHeight + AXIS_MM * this.pxPerMm;
    this.canvas.width = Math.round(this.width * ratio);
    this.canvas.height = Math.round(this.height * ratio);
    this.canvas.style.height = `${this.height}px`;
    this.overview.resize();
    this.show(this.startS);
  }

  /** Move the left edge to a time. */
  show(startS) {
    const lastS = Math.max(0, this.durationS - this.shownS);
    this.startS = Math.min(Math.max(0, startS), lastS);
    this.slider.max = lastS;
    this.slider.value = this.startS;
    this.slider.hidden = lastS === 0;
    this.slider.setAttribute("aria-valuetext", clock(this.startS));
    this.refresh();
  }

  centre(timeS) {
    this.show(timeS - this.shownS / 2);
  }

  /** Stay where it is. */
  settle() {
    cancelAnimationFrame(this.gliding);
  }

  /** Move there smoothly, where motion is welcome. */
  glideTo(timeS) {
    const target = Math.min(Math.max(0, timeS - this.shownS / 2), Math.max(0, this.durationS - this.shownS));
    const from = this.startS;
    const isFar = Math.abs(target - from) > 4 * this.shownS;
    this.settle();
    if (isFar || matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.show(target);
      return;
    }
    ease(from, target, (startS) => this.show(startS), (frame) => { this.gliding = frame; });
  }

  /** Go to the next (or previous) abnormal beat. */
  step(direction) {
    const chosenS = this.chosen == null ? null : this.beats.all[this.chosen].time_s;
    const isSeen = chosenS != null && Math.abs(chosenS - this.middleS) <= this.shownS / 2;
    const fromS = isSeen ? chosenS : direction > 0 ? this.startS : this.startS + this.shownS;
    const index = this.beats.nextAbnormal(fromS, direction);
    if (index != null) this.choose(index);
    else announce(direction > 0 ? "No abnormal beat after this" : "No abnormal beat before this");
  }

  choose(index) {
    this.pick(index);
    this.glideTo(this.beats.all[index].time_s);
  }

  /** Choose a beat where it is. */
  pick(index) {
    this.chosen = index;
    this.tellChosen();
    this.onPick(this.beats.all[index]);
    if (this.evidence.isOn) this.explain();
    this.refresh();
  }

  /** Choose the beat nearest to a time. */
  pickAt(timeS) {
    const index = this.beats.nearest(timeS);
    if (index != null) this.choose(index);
  }

  /** Choose the beat whose mark was touched. */
  touch(x, y) {
    if (y > this.paperTop) return;
    const index = this.beats.nearest(this.place(x, y).timeS);
    if (index != null && Math.abs(this.beats.all[index].time_s - this.place(x, y).timeS) < MARK_PX / this.pxPerS) {
      this.pick(index);
    }
  }

  tellChosen() {
    const { time_s: timeS, label, probability } = this.beats.all[this.chosen];
    this.selected.textContent =
      say(`Beat at ${clock(timeS)}: ${label}, ${BEAT_NAMES[label]}, probability ${percent(probability)}`);
  }

  toggleEvidence() {
    this.evidence.isOn = !this.evidence.isOn;
    this.whyButton.setAttribute("aria-pressed", String(this.evidence.isOn));
    if (this.evidence.isOn) {
      if (this.speed === WHOLE) this.setSpeed(MM_PER_S);
      this.chosen ??= this.beats.nearest(this.middleS);
      this.explain();
    }
    this.resize();
  }

  explain() {
    this.evidence.explain(this.chosen, this.beats.all[this.chosen].label);
    this.tellEvidence();
  }

  tellEvidence() {
    if (!this.evidence.isOn || this.chosen == null) return;
    this.tellChosen();
    this.selected.append(`. ${say(this.evidence.words())}`);
    this.refresh();
  }

  /** Show the beats that prove a finding, from one of them on. */
  showProof(indices, first) {
    this.proof = new Set(indices);
    if (this.speed === WHOLE) this.setSpeed(MM_PER_S);
    this.choose(first);
    this.canvas.scrollIntoView({ block: "center", behavior: "instant" });
  }

  zoomBy(steps, atX = this.width / 2) {
    const next = ZOOMS.indexOf(ZOOMS.reduce((a, b) => (Math.abs(b - this.zoom) < Math.abs(a - this.zoom) ? b : a))) + steps;
    this.setZoom(ZOOMS[Math.min(Math.max(next, 0), ZOOMS.length - 1)], atX);
  }

  /** Magnify the paper, keeping the time under a point where it is. */
  setZoom(zoom, atX = this.width / 2) {
    const heldS = this.startS + atX / this.pxPerS;
    this.zoom = Math.min(Math.max(zoom, ZOOMS[0]), ZOOMS.at(-1));
    this.startS = heldS - atX / this.pxPerS;
    this.resize();
  }

  setSpeed(value) {
    const heldS = this.middleS;
    this.speed = value === WHOLE ? WHOLE : Number(value);
    this.speedSelect.value = String(value);
    this.centre(heldS);
  }

  setGain(gain) {
    this.gain = gain;
    this.layOut();
    this.resize();
  }

  toggleCallipers() {
    this.callipers.isOn = !this.callipers.isOn;
    this.calliperButton.setAttribute("aria-pressed", String(this.callipers.isOn));
    this.canvas.classList.toggle("measuring", this.callipers.isOn);
    if (this.callipers.isOn) {
      this.callipers.startIn(this.startS, this.startS + this.shownS, this.baselinesMm[0] ?? 10);
      this.tellMeasure();
    }
    this.refresh();
  }

  /** Where on the paper a point of the canvas is. */
  place(x, y) {
    return { timeS: this.startS + x / this.pxPerS, mm: (y - this.paperTop) / this.pxPerMm };
  }

  tellMeasure() {
    this.selected.textContent = say(`Between the callipers: ${this.callipers.words(this.mmPerMv)}`);
  }

  refresh() {
    if (this.drawing || !this.width) return;
    this.drawing = requestAnimationFrame(() => {
      this.drawing = 0;
      this.draw();
    });
  }

  draw() {
    const ratio = window.devicePixelRatio || 1;
    const context = this.canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, this.width, this.height);
    const [top, bottom] = [this.paperTop, this.paperTop + this.paperHeight];
    const at = {
      startS: this.startS, pxPerS: this.pxPerS, pxPerMm: this.pxPerMm, pxPerMv: this.pxPerMm * this.mmPerMv,
      width: this.width, top, bottom,
    };
    drawGrid(context, {
      pxPerMm: this.pxPerMm, leftMm: (this.startS * this.pxPerS) / this.pxPerMm, width: this.width, top,
      height: this.paperHeight,
    });
    this.drawRows(context, at, false);
    this.beats.drawBands(context, at, this.chosen, this.proof);
    this.drawRows(context, at, true);
    this.beats.drawWaves(context, at, this.waves);
    this.beats.drawMarks(context, at, 0, top, this.chosen);
    if (this.evidence.isOn) this.evidence.draw(context, at, bottom);
    drawAxis(context, at, bottom + this.laneHeight, this.durationS);
    this.callipers.draw(context, at, this.mmPerMv);
    this.overview.draw(this.startS, this.startS + Math.min(this.shownS, this.durationS));
    this.tellScale();
  }

  /** Pictures of paper go under the marks, traces above them. */
  drawRows(context, at, areTraces) {
    context.save();
    context.beginPath();
    context.rect(0, at.top, this.width, this.paperHeight);
    context.clip();
    this.source.rows.forEach((row, index) => {
      if (row.hasGain !== areTraces) return;
      const baseline = at.top + this.baselinesMm[index] * this.pxPerMm;
      this.source.drawRow(context, row, { ...at, baseline });
      if (row.hasGain && this.startS === 0) drawPulse(context, 0, baseline, this.pxPerMm, this.mmPerMv);
    });
    context.restore();
    if (areTraces) drawNames(context, this.source.rows, this.baselinesMm, at);
  }

  tellScale() {
    const speed = this.speed === WHOLE ? `${+(this.pxPerS / this.pxPerMm).toPrecision(2)}` : this.speed;
    const from = clock(this.startS);
    const to = clock(Math.min(this.startS + this.shownS, this.durationS));
    this.scaleLine.textContent = say(`${from} to ${to} of ${clock(this.durationS, 0)}. `
      + `${speed} mm/s, ${this.mmPerMv} mm/mV, at ${Math.round(this.zoom * 100)} % of paper size. `
      + "Not a medical device.");
  }
}
