/** A reading beside an earlier one of those that this tab has read. */

import { ApiError, getBlob, getJson, readingPath } from "./api.js";
import { announce, h } from "./dom.js";
import { say } from "./language.js";

/**
 * A card in which an earlier reading is chosen; nothing where there is none.
 * @param {string} id of the reading
 * @param {{id: string, name: string}[]} others
 * @param {AbortSignal} left aborted when the page turns elsewhere
 */
export function buildCompare(id, others, left) {
  if (others.length === 0) return null;
  const place = h("div", { class: "comparison" });
  const state = h("p", { class: "message", role: "status" });
  const choose = async (earlier) => {
    place.replaceChildren();
    if (!earlier) return;
    state.textContent = say("Comparing");
    try {
      const part = `/compare/${encodeURIComponent(earlier)}`;
      const [told, drawn] = await Promise.all(
        [getJson(readingPath(id, part)), getBlob(readingPath(id, `${part}/page`))],
      );
      if (left.aborted) return;
      const url = URL.createObjectURL(drawn);
      left.addEventListener("abort", () => URL.revokeObjectURL(url));
      place.append(
        h("img", { class: "sheet", alt: "The median beats of both on each other, lead by lead", src: url }),
        h("pre", { tabindex: 0, "aria-label": "What has changed" }, told.text),
      );
      state.textContent = "";
      announce("Compared");
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      state.textContent = say(error.message);
    }
  };
  return h("details", { class: "card compare-card" },
    h("summary", {}, "Beside an earlier ECG"),
    h("label", {}, "The earlier one ",
      h("select", { change: (event) => choose(event.currentTarget.value) },
        h("option", { value: "" }, "Choose"),
        others.map((other) => h("option", { value: other.id }, other.name)))),
    state, place);
}
