/** Every condition that was asked and the answer, in the server's words, folded away until wanted. */

import { h } from "./dom.js";

/**
 * A table of all conditions by kind.
 * @param {{title: string, conditions: object[]}[]} kinds as the view gives them
 */
export function buildAsked(kinds) {
  const count = kinds.reduce((sum, kind) => sum + kind.conditions.length, 0);
  const heading = (words) => h("th", { scope: "col" }, words);
  return h("details", { class: "card asked" },
    h("summary", {}, `All ${count} conditions that were looked for`),
    h("table", {},
      h("caption", {}, "Each has a probability of its own from which on it is called present."),
      h("thead", {}, h("tr", {}, ["Condition", "Probability", "Present from", "Present"].map(heading))),
      kinds.map(buildKind)));
}

function buildKind({ title, conditions }) {
  return h("tbody", {},
    h("tr", { class: "kind" }, h("th", { scope: "rowgroup", colspan: 4 }, title)),
    conditions.map((condition) => h("tr", { class: condition.present && "present" },
      h("th", { scope: "row" }, condition.text), h("td", {}, condition.probability),
      h("td", {}, condition.present_from), h("td", {}, condition.answer))));
}
