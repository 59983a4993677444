/** The dialog in which a person adjusts when alarms are raised. */

import { h } from "../dom.js";
import { say } from "../language.js";

const FIELDS = {
  low_bpm: ["Bradycardia below", "bpm"],
  high_bpm: ["Tachycardia above", "bpm"],
  extreme_low_bpm: ["Extreme bradycardia below", "bpm"],
  extreme_high_bpm: ["Extreme tachycardia above", "bpm"],
  pause_s: ["Pause from", "s"],
  asystole_s: ["Asystole from", "s"],
  pvc_run_beats: ["Run of ventricular beats from", "beats"],
  vt_beats: ["Ventricular tachycardia from", "beats"],
  vt_bpm: ["and at least", "bpm"],
  af_s: ["Atrial fibrillation from", "s"],
};

export class LimitsDialog {
  /**
   * @param {HTMLDialogElement} dialog
   * @param {(changes: Record<string, number>) => Promise<object>} change asks the server; throws its refusal
   */
  constructor(dialog, change) {
    Object.assign(this, { dialog, change });
    this.problem = h("p", { class: "problem", role: "alert" });
    this.inputs = Object.fromEntries(Object.keys(FIELDS).map((name) => [name, h("input", {
      type: "number", step: name.endsWith("_s") ? "0.5" : "1", required: true, name, inputmode: "decimal",
    })]));
    dialog.replaceChildren(h("form", { submit: (event) => this.submit(event) },
      h("h2", { id: "limits-title" }, "Alarm limits"),
      h("div", { class: "limit-fields" }, Object.entries(FIELDS).map(([name, [label, unit]]) =>
        h("label", {}, h("span", {}, label), h("span", { class: "limit-value" }, this.inputs[name], ` ${unit}`)))),
      this.problem,
      h("p", { class: "hint" }, "They hold for this stream and for everybody who watches it."),
      h("div", { class: "buttons" },
        h("button", { type: "submit", class: "button primary" }, "Set limits"),
        h("button", { type: "button", class: "button", click: () => dialog.close() }, "Cancel"))));
  }

  open(limits) {
    this.limits = limits;
    this.problem.textContent = "";
    for (const [name, input] of Object.entries(this.inputs)) input.value = limits[name];
    this.dialog.showModal();
  }

  async submit(event) {
    event.preventDefault();
    const values = Object.entries(this.inputs).map(([name, input]) => [name, Number(input.value)]);
    try {
      await this.change(Object.fromEntries(values.filter(([name, value]) => value !== this.limits[name])));
      this.dialog.close();
    } catch (error) {
      this.problem.textContent = say(error.message);
    }
  }
}
