/** Names of the rows and times under the paper. */

import { axisTime } from "./words.js";

const AXIS_STEPS_S = [0.2, 1, 2, 5, 10, 30, 60, 300, 600, 1800, 3600, 7200, 14400, 86400];
const AXIS_STEP_PX = 55;

/**
 * The name of each row at its upper left.
 * @param {{name: string, belowMm: number}[]} rows
 * @param {number[]} baselinesMm where each row's baseline is below the paper's top
 * @param {{top: number, pxPerMm: number}} at
 */
export function drawNames(context, rows, baselinesMm, { top, pxPerMm }) {
  context.font = "700 13px system-ui, sans-serif";
  context.textAlign = "left";
  context.textBaseline = "top";
  rows.forEach((row, index) => {
    if (!row.name) return;
    const previous = index ? baselinesMm[index - 1] + rows[index - 1].belowMm : 0;
    const y = top + previous * pxPerMm + 4;
    context.fillStyle = "rgb(255 250 248 / 85%)";
    context.fillRect(4, y - 2, context.measureText(row.name).width + 8, 18);
    context.fillStyle = "#1d1b1a";
    context.fillText(row.name, 8, y);
  });
}

/**
 * Ticks and times at a height.
 * @param {{startS: number, pxPerS: number, width: number}} at
 */
export function drawAxis(context, { startS, pxPerS, width }, y, durationS) {
  const step = AXIS_STEPS_S.find((seconds) => seconds * pxPerS >= AXIS_STEP_PX) ?? AXIS_STEPS_S.at(-1);
  context.font = "12px system-ui, sans-serif";
  context.textBaseline = "top";
  context.fillStyle = "#5b5552";
  const first = Math.ceil(startS / step - 1e-9);
  const endS = Math.min(startS + width / pxPerS, durationS);
  for (let tick = first; tick * step <= endS; tick += 1) {
    const x = (tick * step - startS) * pxPerS;
    context.textAlign = x < 20 ? "left" : x > width - 20 ? "right" : "center";
    context.fillRect(x - 0.5, y, 1, 4);
    context.fillText(axisTime(Number((tick * step).toFixed(1))), Math.max(x, 2), y + 5);
  }
}
