/** The strips of a picture as rows of the viewer: the paper itself, to scale. */

import { getBlob, readingPath } from "./api.js";

const PX_PER_MM = 4;
const HEIGHT_MM = 40;

export class StripSource {
  /**
   * @param {string} id of the reading
   * @param {object} layout `view.picture` of the API
   * @param {number} durationS length of the reading
   * @param {() => void} onArrival called when more can be drawn
   */
  constructor(id, layout, durationS, onArrival) {
    this.durationS = durationS;
    this.strips = layout.strips.map((strip, index) => ({ ...strip, index, image: null }))
      .filter((strip) => !strip.refusal);
    const leads = this.rowsOfStrips();
    this.rows = leads.map((strips, index) => ({
      name: strips[0].lead, index, strips, aboveMm: HEIGHT_MM / 2, belowMm: HEIGHT_MM / 2, hasGain: false,
    }));
    this.strips.forEach(async (strip) => {
      strip.image = await createImageBitmap(await getBlob(readingPath(id, `/strips/${strip.index}`)));
      onArrival();
    });
  }

  /** Strips one after the other in time are one row; a strip that starts again is the next row. */
  rowsOfStrips() {
    const rows = [];
    let lastStartS = Infinity;
    for (const strip of this.strips) {
      if (strip.start_s <= lastStartS) rows.push([]);
      rows.at(-1).push(strip);
      lastStartS = strip.start_s;
    }
    return rows;
  }

  drawRow(context, row, at) {
    for (const { image, start_s: startS, duration_s: durationS } of row.strips) {
      if (!image) continue;
      const mm = durationS * 25;
      const x = (startS - at.startS) * at.pxPerS;
      const height = HEIGHT_MM * at.pxPerMm;
      context.drawImage(
        image, 0, 0, mm * PX_PER_MM, image.height, x, at.baseline - height / 2, durationS * at.pxPerS, height,
      );
    }
  }
}
