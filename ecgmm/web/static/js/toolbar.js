/** What stands around the strip: its tools, its legend, its keys. */

import { h } from "./dom.js";
import { MM_PER_S } from "./paper.js";
import { BEAT_NAMES } from "./words.js";

export const WHOLE = "whole";
const SPEEDS = [50, 25, 12.5, 5, 1];
const GAINS = [0.5, 1, 2];

/**
 * The tools of a viewer; it gets the ones whose state it changes.
 * @param {import("./viewer.js").Viewer} viewer
 */
export function buildTools(viewer) {
  const button = (label, text, click, extra = {}) => h("button", {
    type: "button", class: "button small", "aria-label": label, title: label, click, ...extra,
  }, text);
  const isQuiet = viewer.beats.abnormal.length === 0;
  const isEmpty = viewer.beats.all.length === 0;
  viewer.calliperButton = button("Callipers: measure an interval (C)", "Callipers", () => viewer.toggleCallipers(), {
    "aria-pressed": "false",
  });
  viewer.whyButton = button("Why? Show what spoke for a beat's class (W)", "Why?", () => viewer.toggleEvidence(), {
    "aria-pressed": "false", disabled: isEmpty,
  });
  const speeds = [...SPEEDS.map((speed) => [speed, `${speed} mm/s`]), [WHOLE, "whole recording"]];
  viewer.speedSelect = h("select", {
    "aria-label": "Paper speed", change: () => viewer.setSpeed(viewer.speedSelect.value),
  }, speeds.map(([value, text]) => h("option", { value, selected: value === MM_PER_S }, text)));
  const gainSelect = h("select", {
    "aria-label": "Gain", change: () => viewer.setGain(Number(gainSelect.value)),
  }, GAINS.map((gain) => h("option", { value: gain, selected: gain === 1 }, `${10 * gain} mm/mV`)));
  return h("div", { class: "tools", role: "toolbar", "aria-label": "ECG tools" },
    button("Previous abnormal beat (P)", "‹ Previous", () => viewer.step(-1), { disabled: isQuiet }),
    button("Next abnormal beat (N)", "Next ›", () => viewer.step(1), { disabled: isQuiet }),
    button("Smaller (−)", "−", () => viewer.zoomBy(-1)),
    button("Larger (+)", "+", () => viewer.zoomBy(1)),
    viewer.speedSelect, viewer.source.rows.some((row) => row.hasGain) && gainSelect,
    viewer.calliperButton, viewer.whyButton);
}

export function buildLegend(beats) {
  const present = Object.keys(BEAT_NAMES).filter((label) => beats.all.some((beat) => beat.label === label));
  return h("ul", { class: "legend", "aria-label": "Kinds of beats" }, present.map((label) => h("li", {},
    h("span", { class: `badge ${label}`, "aria-hidden": "true" }, label), BEAT_NAMES[label])));
}

export function buildKeys() {
  const keys = [
    ["← →", "move by a large box; with Shift by a screen"], ["Home, End", "the beginning, the end"],
    ["N, P", "next, previous abnormal beat"], ["+ − 0", "larger, smaller, paper size"],
    ["C", "callipers; then ← → move a leg, S takes the other"],
    ["W", "why: what spoke for the class of the chosen beat"],
  ];
  return h("details", { class: "keys" }, h("summary", {}, "Keys"),
    h("dl", { id: "viewer-keys" }, keys.flatMap(([key, text]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, text)])));
}
