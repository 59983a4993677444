/** The picture as the program sees it, and a way to set it right by hand. */

import { ApiError, followJob, getBlob, getJson, postJson, readingPath } from "./api.js";
import { CornerEditor } from "./corners.js";
import { h, svg } from "./dom.js";
import { drawFound, foundLegend, rowAcross, shifted } from "./found.js";
import { Loupe } from "./loupe.js";
import { keepReading } from "./kept.js";
import { say } from "./language.js";
import { showKept } from "./uploads.js";
import { lookOf } from "./words.js";

const ABOVE_ROW_MM = 16;

export class PhotoCard {
  constructor(id, reading, picture) {
    this.id = id;
    this.reading = reading;
    this.picture = picture;
    this.image = h("img", { alt: `The picture ${reading.input}`, width: picture.width, height: picture.height });
    this.overlay = svg("svg", { viewBox: `0 0 ${picture.width} ${picture.height}`, "aria-hidden": "true" });
    this.frame = h("div", { class: "photo" }, this.image, this.overlay);
    this.legend = h("ul", { class: "legend", "aria-label": "What is drawn over the picture" },
      foundLegend(picture).map(([kind, words]) => h("li", {},
        svg("svg", { class: "swatch", viewBox: "0 0 22 14", "aria-hidden": "true" },
          svg("rect", { class: kind, x: 1, y: 1, width: 20, height: 12 })), words)));
    this.form = h("div", {});
    this.status = h("p", { class: "hint", role: "status" }, foundWords(picture));
    this.element = h("section", { class: "card photo-card", "aria-labelledby": "photo-title" },
      h("div", { class: "photo-head" }, h("h2", { id: "photo-title" }, "What was read in the picture"), this.buildTools()),
      this.status, this.frame, this.legend, this.form);
    this.draw();
    this.load();
  }

  async load() {
    this.image.src = URL.createObjectURL(await getBlob(readingPath(this.id, "/picture")));
  }

  buildTools() {
    const toggle = h("button", {
      type: "button", class: "button small", "aria-pressed": "true",
      click: () => {
        const isShown = toggle.getAttribute("aria-pressed") !== "true";
        toggle.setAttribute("aria-pressed", String(isShown));
        this.overlay.toggleAttribute("hidden", !isShown);
      },
    }, "Show what was found");
    this.fix = h("button", {
      type: "button", class: "button small", click: () => this.startCorrection(),
    }, "Not right? Set it by hand");
    return h("div", { class: "tools" }, toggle, this.fix);
  }

  draw() {
    this.overlay.replaceChildren(...drawFound(this.picture, this.reading.beats));
  }

  startCorrection() {
    this.fix.disabled = true;
    this.overlay.replaceChildren();
    this.overlay.removeAttribute("hidden");
    this.overlay.removeAttribute("aria-hidden");
    this.legend.hidden = true;
    const loupe = new Loupe(this.frame, this.image, this.picture);
    this.editor = new CornerEditor(this.overlay, this.picture, startCorners(this.picture), loupe);
    this.form.replaceChildren(this.buildForm());
    this.status.textContent = say("Drag the four corners to the page or to one row, clockwise from its upper left corner. "
      + "With the keyboard: Tab to a corner, then the arrow keys.");
    this.editor.focus();
  }

  buildForm() {
    const option = (value, words, isChecked) => h("label", {},
      h("input", { type: "radio", name: "shows", value, checked: isChecked }), words);
    const duration = h("select", {}, [["", "let the grid say"], [10, "10 s"], [5, "5 s"], [2.5, "2.5 s"], [30, "30 s"]]
      .map(([value, words]) => h("option", { value }, words)));
    const submit = h("button", { class: "button primary" }, "Read again");
    return h("form", {
      class: "correct-form",
      submit: async (event) => {
        event.preventDefault();
        submit.disabled = true;
        const shows = new FormData(event.target).get("shows");
        const seconds = shows === "row" && duration.value ? Number(duration.value) : null;
        await this.readAgain(shows, seconds).finally(() => { submit.disabled = false; });
      },
    },
    h("fieldset", {}, h("legend", {}, "The corners show"), option("page", "the page", true), option("row", "one row", false)),
    h("label", { class: "stacked" }, "A row from edge to edge lasts", duration),
    submit,
    h("button", { type: "button", class: "button", click: () => this.stopCorrection() }, "Cancel"));
  }

  stopCorrection() {
    this.fix.disabled = false;
    this.form.replaceChildren();
    this.overlay.replaceChildren();
    this.overlay.setAttribute("aria-hidden", "true");
    this.legend.hidden = false;
    this.status.textContent = say(foundWords(this.picture));
    this.draw();
    this.fix.focus();
  }

  async readAgain(shows, seconds) {
    this.status.classList.remove("problem");
    this.status.textContent = say("Reading again");
    try {
      const body = { corners: this.editor.corners, shows, duration_s: seconds };
      const started = await postJson(readingPath(this.id, "/corrections?wait=0"), body);
      const done = started.state === "done" ? started
        : await followJob(started.id, (job) => { this.status.textContent = say(job.inputs[0].stage); });
      const [input] = done.inputs;
      if (input.error) throw new ApiError(0, input.error.code, input.error.message);
      await showCorrected(input.reading_id);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.status.classList.add("problem");
      this.status.textContent = say(error.message);
    }
  }
}

async function showCorrected(id) {
  const reading = await getJson(readingPath(id));
  const kept = { id, name: reading.input, verdict: lookOf(reading), words: "Read again", detail: "corners set by hand" };
  keepReading(kept);
  showKept(kept);
  location.hash = `#/r/${id}`;
}

function foundWords(picture) {
  const count = picture.strips.filter((strip) => !strip.refusal).length;
  const found = count === 1 ? "1 strip was found and read." : `${count || "No"} strips were found and read.`;
  const by = picture.corners ? " Its place was set by hand." : "";
  return [found + by, ...picture.faults].join(" ");
}

/** Around what was found, or a little inside the picture's edges. */
function startCorners({ width, height, strips, corners }) {
  if (corners) return corners.map((corner) => [...corner]);
  const rows = strips.filter((strip) => strip.points?.length > 1);
  if (!rows.length) {
    const [x, y] = [width * 0.06, height * 0.06];
    return [[x, y], [width - x, y], [width - x, height - y], [x, height - y]];
  }
  const [top, bottom] = [ends(rows[0], -ABOVE_ROW_MM), ends(rows.at(-1), ABOVE_ROW_MM)];
  return [top[0], top[1], bottom[1], bottom[0]].map(([x, y]) => [
    Math.min(Math.max(0, x), width), Math.min(Math.max(0, y), height),
  ]);
}

/** Where a line ends that runs so many millimetres below a row. */
function ends(row, mm) {
  const across = rowAcross(row);
  return [shifted(row.points[0], across[0], mm), shifted(row.points.at(-1), across.at(-1), mm)];
}
