/** Whether a patch of a picture has the lines of a grid: brightness that repeats itself both ways. */

const BAND_PX = 16;
const SHORTEST_PX = 4;
const LEAST_LIKENESS = 0.3;

/**
 * @param {{data: Uint8ClampedArray, width: number, height: number}} patch square, at the camera's own resolution
 */
export function hasGrid({ data, width, height }) {
  const grey = Float32Array.from({ length: width * height }, (_, at) => data[4 * at + 1] + data[4 * at + 2]);
  const along = (across, down) => bands(height, (row, at) => grey[(row * across + at * down)], width);
  return repeats(along(width, 1)) && repeats(along(1, width));
}

/** Means over narrow bands: a grid that is a little turned stays sharp in each. */
function bands(length, valueAt, size) {
  return Array.from({ length: Math.floor(length / BAND_PX) }, (_, band) => Float32Array.from({ length: size }, (__, at) => {
    let sum = 0;
    for (let row = band * BAND_PX; row < (band + 1) * BAND_PX; row += 1) sum += valueAt(row, at);
    return sum / BAND_PX;
  }));
}

/** Whether most of the bands are like themselves a step further, and unlike themselves half of it. */
function repeats(profiles) {
  const found = profiles.filter((profile) => likeness(profile) >= LEAST_LIKENESS);
  return found.length > profiles.length / 2;
}

/** The highest autocorrelation behind its first dip. */
function likeness(profile) {
  const steps = profile.map((value, at) => value - profile[Math.max(0, at - 1)]);
  const power = steps.reduce((sum, step) => sum + step ** 2, 0);
  if (!power) return 0;
  let best = 0;
  for (let lag = SHORTEST_PX; lag < profile.length / 3; lag += 1) {
    let sum = 0;
    for (let at = lag; at < steps.length; at += 1) sum += steps[at] * steps[at - lag];
    best = Math.max(best, (sum / power) * (steps.length / (steps.length - lag)));
  }
  return best;
}
