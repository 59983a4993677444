/** The leads on paper, drawn by the server as `ecgmm draw` draws them. */

import { ApiError, getBlob, readingPath } from "./api.js";
import { announce, h } from "./dom.js";
import { say } from "./language.js";

const TWELVE = ["I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"];
const SPEEDS = [["25", "25 mm/s"], ["50", "50 mm/s"]];
const GAINS = [["5", "5 mm/mV"], ["10", "10 mm/mV"], ["20", "20 mm/mV"]];

/**
 * A card with the sheet, folded away until wanted.
 * @param {string} id of the reading
 * @param {string[]} leads that it has
 * @param {AbortSignal} left aborted when the page turns elsewhere
 */
export function buildSheet(id, leads, left) {
  const image = h("img", { class: "sheet", alt: "The leads on millimetre paper, to scale" });
  const state = h("p", { class: "message", role: "status" });
  const layouts = layoutsFor(leads);
  const choose = (words, options, chosen, name) => h("label", {}, `${words} `,
    h("select", { name, change: () => draw() },
      options.map(([value, said]) => h("option", { value, selected: value === chosen }, said))));
  const form = h("form", { class: "sheet-tools", submit: (event) => event.preventDefault() },
    choose("Layout", layouts, layouts[0][0], "layout"),
    choose("Speed", SPEEDS, "25", "speed"), choose("Height", GAINS, "10", "gain"),
    h("button", { type: "button", class: "button small", click: () => save("pdf") }, "As PDF"),
    h("button", { type: "button", class: "button small", click: () => save("png") }, "As PNG"));

  const path = (format) => {
    const { layout, speed, gain } = Object.fromEntries(new FormData(form));
    const [name, lead] = layout.split(" ");
    const asked = new URLSearchParams({ layout: name, speed, gain, format, ...(lead && { lead }) });
    return readingPath(id, `/sheet?${asked}`);
  };
  const draw = async () => {
    state.textContent = say("Drawing");
    await telling(state, async () => {
      const url = URL.createObjectURL(await getBlob(path("svg")));
      if (image.src) URL.revokeObjectURL(image.src);
      image.src = url;
      state.after(image);
      state.textContent = "";
    });
  };
  const save = (format) => telling(state, async () => {
    const url = URL.createObjectURL(await getBlob(path(format)));
    h("a", { href: url, download: `sheet.${format}` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
    announce("Saved");
  });
  left.addEventListener("abort", () => image.src && URL.revokeObjectURL(image.src));
  return h("details", {
    class: "card sheet-card", toggle: (event) => { if (event.currentTarget.open && !image.src) draw(); },
  }, h("summary", {}, "The leads on paper, to scale"), form, state);
}

/** The layouts that the leads fill; without the twelve, one lead at a time. */
function layoutsFor(leads) {
  const has = (wanted) => wanted.every((lead) => leads.includes(lead));
  const whole = [["3x4+1", "3x4 and a rhythm strip"], ["6x2", "6x2"], ["12x1", "12x1"]];
  const limb = [["6x1", "Limb leads"]];
  const single = leads.map((lead) => [`strip ${lead}`, `Lead ${lead} alone`]);
  return [...(has(TWELVE) ? whole : []), ...(has(TWELVE.slice(0, 6)) ? limb : []), ...single];
}

/** Does something that asks the server, and says what it answers where it cannot. */
async function telling(state, act) {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    state.textContent = say(error.message);
  }
}
