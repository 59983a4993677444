/** What was found in a picture, drawn over it: the grid and its edge, rows, beats. */

import { svg } from "./dom.js";
import { BEAT_COLOURS } from "./words.js";

const LARGE_BOX_MM = 5;
const HALF_ROW_MM = 10;
const MM_PER_S = 25;
const BEAT_MM = 1.6;
const LABEL_MM = 5;

/** Nodes for an overlay whose viewBox is the picture. */
export function drawFound(picture, beats) {
  return [
    ...drawGrid(picture.grid),
    ...(picture.edge ?? []).map((points) => svg("polygon", { class: "paper-edge", points: pointsText(points) })),
    ...picture.refused.map(drawRefused),
    ...picture.strips.map((row) => (row.refusal ? drawRefused(row) : drawRow(row, beats, !picture.grid))),
  ].filter(Boolean);
}

/** What the colours mean, as far as they are there: class of a swatch and words. */
export function foundLegend({ grid, edge, strips, refused }) {
  return [
    edge?.length && ["paper-edge", "edge of the grid that was found"],
    grid && ["paper-grid", "its 5 mm lines"],
    strips.some((row) => row.points && !row.refusal) && ["row-edge", "row that was read"],
    (refused.length > 0 || strips.some((row) => row.refusal)) && ["row-refused", "row that was not read"],
  ].filter(Boolean);
}

/** One millimetre across the row, downwards, at each of its points. */
export function rowAcross(row) {
  return row.points.map((_, index) => {
    const [before, after] = [Math.max(0, index - 1), Math.min(row.points.length - 1, index + 1)];
    const [a, b] = [row.points[before], row.points[after]];
    const length = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
    const mm = row.px_per_mm ? row.px_per_mm[1] : length / ((after - before) * LARGE_BOX_MM);
    return [(-(b[1] - a[1]) / length) * mm, ((b[0] - a[0]) / length) * mm];
  });
}

export function shifted([x, y], [dx, dy], mm) {
  return [x + dx * mm, y + dy * mm];
}

/** Every line of the grid along its crossings, broken where no paper was seen. */
function drawGrid(grid) {
  if (!grid) return [];
  const columns = grid[0].map((_, index) => grid.map((row) => row[index]));
  return [svg("path", { class: "paper-grid", d: [...grid, ...columns].map(brokenLine).join("") })];
}

function brokenLine(nodes) {
  let isOpen = false;
  return nodes.map((node) => {
    const step = node && `${isOpen ? "L" : "M"}${node[0]} ${node[1]}`;
    isOpen = Boolean(node);
    return step ?? "";
  }).join("");
}

/** The paper that was read, its 0 mV, its beats; rungs where no grid shows the scale. */
function drawRow(row, beats, hasRungs) {
  if (!row.points || row.points.length < 2) return null;
  const across = rowAcross(row);
  return svg("g", {},
    svg("polygon", { class: "row-edge", points: pointsText(around(row, across)) }),
    hasRungs && svg("path", { class: "row-ladder", d: ladder(row.points, across) }),
    svg("polyline", { class: "row-line", points: pointsText(row.points) }),
    svg("title", {}, row.lead || "A row of ECG"),
    drawBeats(row, across, beats));
}

function drawRefused(row) {
  if (!row.points || row.points.length < 2) return null;
  const across = rowAcross(row);
  const mm = Math.hypot(...across[0]);
  const left = row.points[0][0] <= row.points.at(-1)[0] ? 0 : row.points.length - 1;
  const [x, y] = shifted(row.points[left], across[left], HALF_ROW_MM);
  return svg("g", {},
    svg("polygon", { class: "row-refused", points: pointsText(around(row, across)) }),
    svg("text", { class: "refusal", x, y, "font-size": LABEL_MM * mm }, row.refusal),
    svg("title", {}, row.refusal));
}

function around(row, across) {
  const upper = row.points.map((point, index) => shifted(point, across[index], -HALF_ROW_MM));
  const lower = row.points.map((point, index) => shifted(point, across[index], HALF_ROW_MM));
  return [...upper, ...lower.reverse()];
}

function drawBeats(row, across, beats) {
  return beats.flatMap((beat) => {
    const place = ((beat.time_s - row.start_s) * MM_PER_S) / LARGE_BOX_MM;
    if (place < 0 || place > row.points.length - 1 || beat.time_s - row.start_s > row.duration_s) return [];
    const index = Math.min(Math.floor(place), row.points.length - 2);
    const [a, b] = [row.points[index], row.points[index + 1]];
    const point = [a[0] + (b[0] - a[0]) * (place - index), a[1] + (b[1] - a[1]) * (place - index)];
    const [cx, cy] = shifted(point, across[index], -HALF_ROW_MM);
    return [svg("circle", {
      class: "photo-beat", cx, cy, r: Math.hypot(...across[index]) * BEAT_MM, fill: BEAT_COLOURS[beat.label],
    })];
  });
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
