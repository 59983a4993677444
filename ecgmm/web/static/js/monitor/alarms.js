/** The alarms of a stream: which stand, what was said of them, and the list of it all. */

import { h } from "../dom.js";
import { SEVERITY_NAMES } from "../words.js";
import { streamTime, timeOfDay } from "./times.js";

const RANKS = ["critical", "warning", "info"];
const STATE_WORDS = { raised: "Raised", acknowledged: "Acknowledged", cleared: "Cleared" };
const MOST_ROWS = 200;

export class Alarms {
  /**
   * @param {HTMLElement} banner where standing alarms are shown
   * @param {HTMLTableSectionElement} rows of the log, the newest first
   * @param {(alarm: object) => void} onAcknowledge called when somebody wants to acknowledge one
   */
  constructor(banner, rows, onAcknowledge) {
    Object.assign(this, { banner, rows, onAcknowledge });
    this.standing = new Map();
    this.seen = new Set();
  }

  /**
   * Take an `alarm` event.
   * @returns {boolean} whether it is news; after a reconnection the server tells again what stands
   */
  add(event) {
    const key = `${event.id} ${event.state}`;
    if (this.seen.has(key)) return false;
    this.seen.add(key);
    if (this.seen.size > 4 * MOST_ROWS) this.seen.delete(this.seen.values().next().value);
    if (event.state === "cleared") this.standing.delete(event.id);
    else this.standing.set(event.id, event);
    this.addRow(event.time_s, event.at, SEVERITY_NAMES[event.severity], event.severity, words(event));
    this.show();
    return true;
  }

  /** Note something that happened to the stream itself. */
  addCondition(event) {
    const key = `${event.code} ${event.time_s}`;
    if (this.seen.has(key)) return false;
    this.seen.add(key);
    this.addRow(event.time_s, event.at, "Stream", "condition", event.text);
    return true;
  }

  addRow(timeS, at, kind, chip, text) {
    this.rows.prepend(h("tr", {},
      h("td", {}, h("time", { datetime: new Date(at * 1000).toISOString() }, timeOfDay(at))),
      h("td", {}, streamTime(timeS)),
      h("td", {}, h("span", { class: `severity ${chip}` }, kind)),
      h("td", {}, text)));
    while (this.rows.children.length > MOST_ROWS) this.rows.lastElementChild.remove();
  }

  /** Those that stand, the gravest and newest first. */
  get sorted() {
    return [...this.standing.values()].sort(
      (a, b) => (a.state === "acknowledged") - (b.state === "acknowledged")
        || RANKS.indexOf(a.severity) - RANKS.indexOf(b.severity) || b.onset_s - a.onset_s,
    );
  }

  /** The gravest severity that nobody has acknowledged; null where there is none. */
  get unheeded() {
    return this.sorted.find((alarm) => alarm.state === "raised")?.severity ?? null;
  }

  acknowledgeFirst() {
    const first = this.sorted.find((alarm) => alarm.state === "raised");
    if (first) this.onAcknowledge(first);
    return Boolean(first);
  }

  show() {
    const focused = this.banner.contains(document.activeElement);
    const cards = this.sorted.map((alarm) => this.card(alarm));
    this.banner.replaceChildren(...(cards.length ? cards : [h("li", { class: "alarm none" }, "No alarm")]));
    if (focused) (this.banner.querySelector("button") ?? document.getElementById("main")).focus();
  }

  card(alarm) {
    const isHeeded = alarm.state === "acknowledged";
    return h("li", { class: `alarm ${alarm.severity}${isHeeded ? " heeded" : ""}` },
      h("span", { class: "alarm-text" },
        h("span", { class: `severity ${alarm.severity}` }, SEVERITY_NAMES[alarm.severity]), " ", alarm.text,
        h("small", {}, ` since ${streamTime(alarm.onset_s)}`)),
      isHeeded ? h("span", { class: "alarm-who" }, `✓ Acknowledged${alarm.who ? ` by ${alarm.who}` : ""}`)
        : h("button", { type: "button", class: "button small", click: () => this.onAcknowledge(alarm),
          "aria-label": `Acknowledge: ${alarm.text}` }, "Acknowledge"));
  }
}

function words(event) {
  const who = event.state === "acknowledged" && event.who ? ` by ${event.who}` : "";
  return `${STATE_WORDS[event.state]}${who}: ${event.text}`;
}
