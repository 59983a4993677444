/** A recording's signal, fetched in tiles: samples up close, lowest and highest further out. */

import { getBytes, readingPath } from "./api.js";

const MOST_TILES = 400;
const MOST_AT_ONCE = 6;
const FINEST_BIN_PX = 0.5;
const TRACE = "#111111";

export class SignalSource {
  /**
   * @param {string} id of the reading
   * @param {object} layout `view.signal` of the API
   * @param {() => void} onArrival called when more can be drawn
   */
  constructor(id, layout, onArrival) {
    this.id = id;
    this.layout = layout;
    this.onArrival = onArrival;
    this.durationS = layout.samples / layout.rate_hz;
    this.rows = layout.leads.map((lead, index) => ({
      name: lead.name, index, aboveMm: lead.above_mm, belowMm: lead.below_mm, hasGain: true,
    }));
    this.tiles = new Map();
    this.asked = new Set();
    this.wanted = [];
    this.need(layout.levels - 1, 0);
  }

  /**
   * Draw one lead.
   * @param {CanvasRenderingContext2D} context
   * @param {object} row one of `rows`
   * @param {{startS: number, pxPerS: number, width: number, baseline: number, pxPerMv: number}} at
   */
  drawRow(context, row, at) {
    const { rate_hz: rate, levels, level_factor: factor, samples } = this.layout;
    const samplesPerPx = rate / at.pxPerS;
    let level = 0;
    while (level < levels - 1 && factor ** (level + 1) * (1 / samplesPerPx) <= FINEST_BIN_PX * 2) level += 1;
    const first = Math.max(0, Math.floor(at.startS * rate));
    const last = Math.min(samples - 1, Math.ceil((at.startS + at.width / at.pxPerS) * rate));
    if (last < first) return;
    this.tracePieces(context, row, at, level, first, last);
  }

  /** The tiles of a level, or the next coarser one where a tile has not arrived. */
  tracePieces(context, row, at, level, first, last) {
    const { tile_bins: bins, level_factor: factor, levels } = this.layout;
    const span = bins * factor ** level;
    for (let index = Math.floor(first / span); index <= Math.floor(last / span); index += 1) {
      const tile = this.tiles.get(`${level}/${index}`);
      const from = Math.max(first, index * span);
      const to = Math.min(last, (index + 1) * span - 1);
      if (tile) this.traceTile(context, row, at, { tile, level, index }, from, to);
      else {
        this.need(level, index);
        if (level < levels - 1) this.tracePieces(context, row, at, level + 1, from, to);
      }
    }
  }

  /** Samples as a line; bins of samples as one bar in each column of pixels. */
  traceTile(context, row, at, { tile, level, index }, from, to) {
    const { tile_bins: bins, level_factor: factor, leads, rate_hz: rate } = this.layout;
    const size = factor ** level;
    const width = level === 0 ? 1 : 2;
    const perLead = tile.length / leads.length;
    const values = tile.subarray(row.index * perLead, (row.index + 1) * perLead);
    const pxPerUv = at.pxPerMv / 1000;
    const stretch = {
      values,
      missing: this.layout.missing,
      first: Math.max(0, Math.floor(from / size) - index * bins - 1),
      last: Math.min(Math.floor(to / size) - index * bins + 1, perLead / width - 1),
      x: (bin) => (((index * bins + bin + 0.5 * (width - 1)) * size) / rate - at.startS) * at.pxPerS,
      y: (uv) => at.baseline - (uv - leads[row.index].centre_uv) * pxPerUv,
    };
    if (level === 0) drawLine(context, stretch);
    else drawBars(context, stretch, Math.max(1, (size / rate) * at.pxPerS));
  }

  /** Ask for a tile once; the latest wish goes first. */
  need(level, index) {
    const key = `${level}/${index}`;
    if (this.tiles.has(key) || this.asked.has(key)) return;
    this.wanted = this.wanted.filter((other) => other !== key);
    this.wanted.push(key);
    this.wanted.splice(0, Math.max(0, this.wanted.length - 40));
    this.fetchNext();
  }

  fetchNext() {
    while (this.asked.size < MOST_AT_ONCE && this.wanted.length) {
      const key = this.wanted.pop();
      this.asked.add(key);
      getBytes(readingPath(this.id, `/signal/${key}`))
        .then((bytes) => this.keep(key, new Int16Array(bytes)))
        .catch(() => {})
        .finally(() => {
          this.asked.delete(key);
          this.fetchNext();
        });
    }
  }

  keep(key, tile) {
    this.tiles.set(key, tile);
    if (this.tiles.size > MOST_TILES) {
      const oldest = [...this.tiles.keys()].find((other) => !other.startsWith(`${this.layout.levels - 1}/`));
      this.tiles.delete(oldest);
    }
    this.onArrival();
  }
}

function drawLine(context, { values, missing, first, last, x, y }) {
  let isOpen = false;
  context.strokeStyle = TRACE;
  context.lineWidth = 1.25;
  context.lineJoin = "bevel";
  context.beginPath();
  for (let bin = first; bin <= last; bin += 1) {
    const value = values[bin];
    if (value === missing) isOpen = false;
    else {
      if (isOpen) context.lineTo(x(bin), y(value));
      else context.moveTo(x(bin), y(value));
      isOpen = true;
    }
  }
  context.stroke();
}

/** From the lowest to the highest in each column; a bar reaches to the one before it. */
function drawBars(context, { values, missing, first, last, x, y }, width) {
  let column = null;
  let [top, bottom, before] = [Infinity, -Infinity, null];
  const flush = () => {
    if (bottom < top) return;
    const reach = before ? [Math.min(top, before[1]), Math.max(bottom, before[0])] : [top, bottom];
    context.rect(column * width, reach[0] - 0.5, width, reach[1] - reach[0] + 1);
    before = [top, bottom];
  };
  context.fillStyle = TRACE;
  context.beginPath();
  for (let bin = first; bin <= last; bin += 1) {
    const low = values[2 * bin];
    const isGap = low === missing;
    const place = isGap ? null : Math.floor(x(bin) / width);
    if (place !== column) {
      flush();
      [column, top, bottom] = [place, Infinity, -Infinity];
    }
    if (isGap) before = null;
    else {
      top = Math.min(top, y(values[2 * bin + 1]));
      bottom = Math.max(bottom, y(low));
    }
  }
  flush();
  context.fill();
}
