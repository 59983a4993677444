/** The picture as the program sees it, and a way to set it right by hand. */

import { ApiError, followJob, getBlob, getJson, postJson, readingPath } from "./api.js";
import { CornerEditor } from "./corners.js";
import { h, svg } from "./dom.js";
import { keepReading, showKept } from "./uploads.js";
import { BEAT_COLOURS } from "./words.js";

const LARGE_BOX_MM = 5;
const HALF_ROW_MM = 10;

export class PhotoCard {
  constructor(id, reading, picture) {
    this.id = id;
    this.reading = reading;
    this.picture = picture;
    this.image = h("img", { alt: `The picture ${reading.input}`, width: picture.width, height: picture.height });
    this.overlay = svg("svg", { viewBox: `0 0 ${picture.width} ${picture.height}`, "aria-hidden": "true" });
    this.frame = h("div", { class: "photo" }, this.image, this.overlay);
    this.form = h("div", {});
    this.status = h("p", { class: "hint", role: "status" }, foundWords(picture));
    this.element = h("section", { class: "card photo-card", "aria-labelledby": "photo-title" },
      h("div", { class: "photo-head" }, h("h2", { id: "photo-title" }, "What was read in the picture"), this.buildTools()),
      this.status, this.frame, this.form);
    this.drawRows();
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
        this.overlay.classList.toggle("hidden", !isShown);
        this.overlay.toggleAttribute("hidden", !isShown);
      },
    }, "Show the rows found");
    this.fix = h("button", {
      type: "button", class: "button small", click: () => this.startCorrection(),
    }, "Not right? Set it by hand");
    return h("div", { class: "tools" }, toggle, this.fix);
  }

  /** Each row: the paper that was read, its 5 mm boxes, its 0 mV, its beats. */
  drawRows() {
    for (const row of this.picture.strips) {
      if (!row.points || row.points.length < 2) continue;
      const group = svg("g");
      const across = rowAcross(row);
      const upper = row.points.map((point, index) => shifted(point, across[index], -HALF_ROW_MM));
      const lower = row.points.map((point, index) => shifted(point, across[index], HALF_ROW_MM));
      group.append(
        svg("polygon", { class: "row-edge", points: pointsText([...upper, ...lower.reverse()]) }),
        svg("path", { class: "row-ladder", d: ladder(row.points, across) }),
        svg("polyline", { class: "row-line", points: pointsText(row.points) }),
        svg("title", {}, row.lead || "A row of ECG"),
        ...this.drawBeats(row, across),
      );
      this.overlay.append(group);
    }
  }

  drawBeats(row, across) {
    return this.reading.beats.flatMap((beat) => {
      const place = ((beat.time_s - row.start_s) * 25) / LARGE_BOX_MM;
      if (place < 0 || place > row.points.length - 1 || beat.time_s - row.start_s > row.duration_s) return [];
      const index = Math.min(Math.floor(place), row.points.length - 2);
      const [a, b] = [row.points[index], row.points[index + 1]];
      const point = [a[0] + (b[0] - a[0]) * (place - index), a[1] + (b[1] - a[1]) * (place - index)];
      const [x, y] = shifted(point, across[index], -HALF_ROW_MM);
      const size = Math.hypot(...across[index]) * 1.6;
      return [svg("circle", { class: "photo-beat", cx: x, cy: y, r: size, fill: BEAT_COLOURS[beat.label] })];
    });
  }

  startCorrection() {
    this.fix.disabled = true;
    this.overlay.replaceChildren();
    this.overlay.removeAttribute("hidden");
    this.overlay.removeAttribute("aria-hidden");
    this.editor = new CornerEditor(this.overlay, this.picture, startCorners(this.picture));
    this.form.replaceChildren(this.buildForm());
    this.status.textContent =
      "Drag the four corners to the page or to one row, clockwise from its upper left corner. "
      + "With the keyboard: Tab to a corner, then the arrow keys.";
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
    this.status.textContent = foundWords(this.picture);
    this.drawRows();
    this.fix.focus();
  }

  async readAgain(shows, seconds) {
    this.status.classList.remove("problem");
    this.status.textContent = "Reading again";
    try {
      const body = { corners: this.editor.corners, shows, duration_s: seconds };
      const started = await postJson(readingPath(this.id, "/corrections?wait=0"), body);
      const done = started.state === "done" ? started
        : await followJob(started.id, (job) => { this.status.textContent = job.inputs[0].stage; });
      const [input] = done.inputs;
      if (input.error) throw new ApiError(0, input.error.code, input.error.message);
      await showCorrected(input.reading_id);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.status.classList.add("problem");
      this.status.textContent = error.message;
    }
  }
}

async function showCorrected(id) {
  const { input, summary } = await getJson(readingPath(id));
  const kept = { id, name: input, verdict: summary.verdict, words: "Read again", detail: "corners set by hand" };
  keepReading(kept);
  showKept(kept);
  location.hash = `#/r/${id}`;
}

function foundWords(picture) {
  const count = picture.strips.length;
  const found = count === 1 ? "1 strip was found and read." : `${count || "No"} strips were found and read.`;
  const by = picture.corners ? " Its place was set by hand." : "";
  return [found + by, ...picture.faults].join(" ");
}

/** One millimetre across the row, downwards, at each of its points. */
function rowAcross(row) {
  return row.points.map((_, index) => {
    const [before, after] = [Math.max(0, index - 1), Math.min(row.points.length - 1, index + 1)];
    const [a, b] = [row.points[before], row.points[after]];
    const length = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
    const mm = row.px_per_mm ? row.px_per_mm[1] : length / ((after - before) * LARGE_BOX_MM);
    return [(-(b[1] - a[1]) / length) * mm, ((b[0] - a[0]) / length) * mm];
  });
}

function shifted([x, y], [dx, dy], mm) {
  return [x + dx * mm, y + dy * mm];
}

/** A rung every 5 mm: it must lie on the paper's heavy lines, or the scale is wrong. */
function ladder(points, across) {
  return points.map((point, index) => {
    const [a, b] = [shifted(point, across[index], -LARGE_BOX_MM), shifted(point, across[index], LARGE_BOX_MM)];
    return `M${a[0].toFixed(1)} ${a[1].toFixed(1)}L${b[0].toFixed(1)} ${b[1].toFixed(1)}`;
  }).join("");
}

function pointsText(points) {
  return points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
}

/** Around what was found, or a little inside the picture's edges. */
function startCorners({ width, height, strips, corners }) {
  if (corners) return corners.map((corner) => [...corner]);
  const points = strips.flatMap((strip) => strip.points ?? []);
  const px = strips.find((strip) => strip.px_per_mm)?.px_per_mm[1] ?? height / 40;
  if (points.length < 2) return box(width * 0.06, height * 0.06, width * 0.94, height * 0.94);
  const xs = points.map((point) => point[0]);
  const ys = points.map((point) => point[1]);
  return box(
    Math.max(0, Math.min(...xs)), Math.max(0, Math.min(...ys) - 16 * px),
    Math.min(width, Math.max(...xs)), Math.min(height, Math.max(...ys) + 16 * px),
  );
}

function box(left, top, right, bottom) {
  return [[left, top], [right, top], [right, bottom], [left, bottom]];
}
