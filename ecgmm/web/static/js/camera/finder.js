/**
 * Where a page lies in a small picture: the largest white patch, if it has four corners.
 *
 * White is what is bright in every channel, which tells paper from wood and cloth; the threshold is Otsu's (1979).
 */

const BINS = 64;
const BIN_SIZE = 256 / BINS;
const LEAST_CONTRAST = 30;
const LEAST_SHARE = 0.01;
const LEAST_SOLID = 0.85;
const SHARPEST_COS = 0.64; // 50 degrees: a page seen from further to the side is not read either
const BORDER_PX = 1;

/**
 * @param {{data: Uint8ClampedArray, width: number, height: number}} picture as of `getImageData`
 * @returns {{brightness: number, page: ?{corners: number[][], share: number, isCut: boolean}}} brightness from 0 to
 *   255; of the page its corners clockwise in pixels, its share of the picture, and whether the picture's edge cuts it
 */
export function findPage({ data, width, height }) {
  const white = closed(whiteness(data), width, height);
  const brightness = white.reduce((sum, value) => sum + value, 0) / white.length;
  const threshold = otsu(white);
  if (threshold === null) return { brightness, page: null };
  const patch = largestPatch(white.map((value) => (value >= threshold ? 1 : 0)), width);
  const corners = fourCorners(hull(patch.ends));
  const share = patch.size / white.length;
  const isPage = corners && share >= LEAST_SHARE && patch.size / area(corners) >= LEAST_SOLID && hasFairAngles(corners);
  return { brightness, page: isPage ? { corners, share, isCut: isCut(corners, width, height) } : null };
}

function whiteness(data) {
  const white = new Uint8Array(data.length / 4);
  for (let pixel = 0; pixel < white.length; pixel += 1) {
    white[pixel] = Math.min(data[4 * pixel], data[4 * pixel + 1], data[4 * pixel + 2]);
  }
  return white;
}

/** Without thin dark lines: each pixel the largest of its neighbours, then the smallest of those. */
function closed(white, width, height) {
  return filtered(filtered(white, width, height, Math.max), width, height, Math.min);
}

function filtered(values, width, height, pick) {
  const along = values.map((value, at) => pick(value, values[at % width ? at - 1 : at], values[(at + 1) % width ? at + 1 : at]));
  return along.map((value, at) => pick(value, along[at - width] ?? value, along[at + width] ?? value));
}

/** The brightness that best parts a picture in two; null where the two hardly differ. */
function otsu(values) {
  const counts = new Float64Array(BINS);
  for (const value of values) counts[Math.floor(value / BIN_SIZE)] += 1;
  const total = counts.reduce((sum, count, bin) => sum + count * bin, 0);
  let [best, bestBin, contrast, darker, darkerSum] = [0, 0, 0, 0, 0];
  for (let bin = 0; bin < BINS - 1; bin += 1) {
    darker += counts[bin];
    darkerSum += counts[bin] * bin;
    const brighter = values.length - darker;
    if (!darker || !brighter) continue;
    const difference = (total - darkerSum) / brighter - darkerSum / darker;
    const between = darker * brighter * difference ** 2;
    if (between > best) [best, bestBin, contrast] = [between, bin, difference * BIN_SIZE];
  }
  return contrast >= LEAST_CONTRAST ? (bestBin + 1) * BIN_SIZE : null;
}

/** The largest connected patch: its pixels' number, and where it begins and ends in each row. */
function largestPatch(mask, width) {
  let largest = { size: 0, ends: [] };
  for (let start = 0; start < mask.length; start += 1) {
    if (mask[start] !== 1) continue;
    const patch = flood(mask, width, start);
    if (patch.size > largest.size) largest = patch;
  }
  return largest;
}

function flood(mask, width, start) {
  const rows = new Map();
  const open = [start];
  let size = 0;
  mask[start] = 2;
  while (open.length) {
    const at = open.pop();
    const [x, y] = [at % width, Math.floor(at / width)];
    const [left, right] = rows.get(y) ?? [x, x];
    rows.set(y, [Math.min(left, x), Math.max(right, x)]);
    size += 1;
    for (const next of [x > 0 ? at - 1 : -1, x < width - 1 ? at + 1 : -1, at - width, at + width]) {
      if (mask[next] !== 1) continue;
      mask[next] = 2;
      open.push(next);
    }
  }
  const ends = [...rows].flatMap(([y, [left, right]]) => [left, right + 1].flatMap((x) => [[x, y], [x, y + 1]]));
  return { size, ends };
}

/** The convex hull, clockwise on the screen (Andrew's monotone chain, 1979). */
function hull(points) {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const chain = (ordered) => ordered.reduce((found, point) => {
    while (found.length > 1 && turn(found.at(-2), found.at(-1), point) <= 0) found.pop();
    return [...found, point];
  }, []).slice(0, -1);
  return [...chain(sorted), ...chain(sorted.reverse())];
}

/** The four of a polygon's corners that keep most of its area (Visvalingam and Whyatt, 1993); null of fewer. */
function fourCorners(points) {
  const kept = [...points];
  while (kept.length > 4) {
    const lost = kept.map((point, at) => Math.abs(turn(kept.at(at - 1), point, kept[(at + 1) % kept.length])));
    kept.splice(lost.indexOf(Math.min(...lost)), 1);
  }
  return kept.length === 4 ? kept : null;
}

/** Twice the area of a triangle, positive where it turns to the right on the screen. */
function turn([ax, ay], [bx, by], [cx, cy]) {
  return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
}

function area([a, b, c, d]) {
  return (turn(a, b, c) + turn(a, c, d)) / 2;
}

function hasFairAngles(corners) {
  return corners.every(([x, y], at) => {
    const [[ax, ay], [bx, by]] = [corners.at(at - 1), corners[(at + 1) % 4]];
    const [before, after] = [[ax - x, ay - y], [bx - x, by - y]];
    const cosine = (before[0] * after[0] + before[1] * after[1]) / (Math.hypot(...before) * Math.hypot(...after));
    return Math.abs(cosine) <= SHARPEST_COS;
  });
}

/** Whether two or more corners lie on the picture's edge, as where a page goes on beyond it. */
function isCut(corners, width, height) {
  const onEdge = ([x, y]) => x <= BORDER_PX || y <= BORDER_PX || x >= width - BORDER_PX || y >= height - BORDER_PX;
  return corners.filter(onEdge).length >= 2;
}
