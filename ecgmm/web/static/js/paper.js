/** ECG paper on a canvas: lines every 1 mm and every 5 mm, 25 mm/s and 10 mm/mV unless said. */

export const CSS_PX_PER_MM = 96 / 25.4;
export const MM_PER_S = 25;
export const MM_PER_MV = 10;

const PAPER = "#fffaf8";
const SMALL_LINE = "#f8d6cf";
const LARGE_LINE = "#eda79b";
const FINEST_VISIBLE_PX = 2.4;

/**
 * The grid behind a stretch of paper.
 * @param {CanvasRenderingContext2D} context in CSS pixels
 * @param {{pxPerMm: number, leftMm: number, width: number, top: number, height: number}} sheet
 *   leftMm is the paper's own position at the left edge, so that the grid moves with the paper
 */
export function drawGrid(context, { pxPerMm, leftMm, width, top, height }) {
  context.fillStyle = PAPER;
  context.fillRect(0, top, width, height);
  for (const [mm, colour, thickness] of [[1, SMALL_LINE, 0.6], [5, LARGE_LINE, 1]]) {
    const pitch = mm * pxPerMm;
    if (pitch < FINEST_VISIBLE_PX) continue;
    context.fillStyle = colour;
    context.beginPath();
    const first = -(((leftMm % mm) + mm) % mm) * pxPerMm;
    for (let x = first; x < width; x += pitch) {
      context.rect(x - thickness / 2, top, thickness, height);
    }
    for (let y = 0; y <= height + 0.01; y += pitch) {
      context.rect(0, top + y - thickness / 2, width, thickness);
    }
    context.fill();
  }
}

/** The 1 mV pulse, 0.2 s wide, whose foot is at (x, baseline). */
export function drawPulse(context, x, baseline, pxPerMm, mmPerMv) {
  const height = mmPerMv * pxPerMm;
  const width = 5 * pxPerMm;
  const edge = pxPerMm;
  context.beginPath();
  context.moveTo(x, baseline);
  for (const [dx, dy] of [[edge, 0], [edge, height], [width - edge, height], [width - edge, 0], [width, 0]]) {
    context.lineTo(x + dx, baseline - dy);
  }
  context.strokeStyle = "#5b5552";
  context.lineWidth = 1;
  context.stroke();
}
