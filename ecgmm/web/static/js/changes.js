/** Correct the reading: the class of a beat or of all that look like it, its mark, the name of a lead. */

import { ApiError, putJson, readingPath } from "./api.js";
import { announce, h } from "./dom.js";
import { say } from "./language.js";
import { BEAT_NAMES } from "./words.js";

/**
 * The panel under the strip. It asks the server for the corrected reading and then calls `onChanged`.
 * @param {string} id of the reading
 * @param {object} reading the JSON contract
 * @param {boolean} hasSignal whether beats can be compared
 * @param {(timeS: number | null) => void} onChanged shows the corrected reading, at a time
 */
export class Changes {
  constructor(id, reading, hasSignal, onChanged) {
    this.id = id;
    this.made = reading.corrections ?? [];
    this.onChanged = onChanged;
    this.beat = null;
    this.element = h("details", { class: "changes", open: this.made.length > 0 },
      h("summary", {}, "Correct this reading"),
      this.buildBeat(hasSignal), hasSignal && this.buildLead(reading.leads), this.buildMade());
    this.choose(null);
  }

  /** Correct this beat from now on. */
  choose(beat) {
    this.beat = beat;
    for (const control of this.ofBeat) control.disabled = !beat;
    this.time.value = beat ? beat.time_s.toFixed(3) : "";
    if (beat) this.label.value = beat.label;
  }

  buildBeat(hasSignal) {
    const button = (text, click) => h("button", { type: "button", class: "button small", click }, text);
    const options = Object.entries(BEAT_NAMES).map(([label, name]) => h("option", { value: label }, `${label}, ${name}`));
    this.label = h("select", {}, options);
    this.time = h("input", { type: "number", min: 0, step: 0.01, inputmode: "decimal" });
    const ofOne = { time_s: () => this.beat.time_s };
    const set = (change, said) => () => this.add({ change, ...values(said) });
    const label = () => this.label.value;
    const to = () => Number(this.time.value);
    const one = button("This beat", set("label", { ...ofOne, label }));
    const alike = hasSignal && button("Every beat of this shape", set("label_alike", { ...ofOne, label }));
    const none = button("Not a beat", set("not_a_beat", ofOne));
    const move = button("Move the mark there", set("move", { ...ofOne, to_s: to }));
    const add = button("A beat was missed there", set("add_beat", { time_s: to, label }));
    this.ofBeat = [one, alike, none, move].filter(Boolean);
    return [
      h("p", { class: "hint" }, "Choose a beat by touching its mark or with N and P; what follows is computed again."),
      h("div", { class: "fields" }, h("label", {}, "Class ", this.label), one, alike, none),
      h("div", { class: "fields" }, h("label", {}, "Time in seconds ", this.time), move, add),
    ];
  }

  buildLead(leads) {
    const lead = h("select", {}, leads.map((name) => h("option", {}, name)));
    const name = h("input", { maxlength: 40, size: 8, required: true, pattern: "[A-Za-z0-9+][A-Za-z0-9 +_.\\/\\(\\)\\-]*" });
    const submit = (event) => {
      event.preventDefault();
      this.add({ change: "rename_lead", lead: lead.value, name: name.value });
    };
    return h("form", { class: "fields", submit },
      h("label", {}, "Lead ", lead), h("label", {}, "is in truth ", name),
      h("button", { class: "button small" }, "Rename"));
  }

  buildMade() {
    if (!this.made.length) return null;
    const back = (count) => () => this.send(this.made.slice(0, count), null);
    return h("div", { class: "fields made" },
      h("p", {}, this.made.length === 1 ? "1 correction was made." : `${this.made.length} corrections were made.`),
      h("button", { type: "button", class: "button small", click: back(-1) }, "Take the last one back"),
      h("button", { type: "button", class: "button small", click: back(0) }, "Take all back"));
  }

  add(correction) {
    return this.send([...this.made, correction], correction.to_s ?? correction.time_s ?? null);
  }

  async send(corrections, timeS) {
    this.element.setAttribute("aria-busy", "true");
    try {
      await putJson(readingPath(this.id, "/changes"), { corrections });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.tell(error.message);
      return;
    } finally {
      this.element.removeAttribute("aria-busy");
    }
    this.onChanged(timeS);
  }

  tell(message) {
    this.problem ??= this.element.appendChild(h("p", { class: "problem", role: "alert" }));
    this.problem.textContent = say(message);
    announce(message);
  }
}

/** What each field holds now. */
function values(fields) {
  return Object.fromEntries(Object.entries(fields).map(([name, read]) => [name, read()]));
}
