/** What to do so that the photo can be read: one word of advice from what is seen. */

const DARK = 45;
const SMALL_SHARE = 0.25;
const STILL_SHARE = 0.015;

export const ADVICE = {
  dark: "More light",
  none: "No page is seen: lay it on a darker ground",
  cut: "Farther: the whole page belongs in the picture",
  small: "Closer",
  blurred: "Closer, or sharper: no grid is seen",
  moving: "Hold still",
  filled: "The grid fills the picture",
  found: "Page found",
};

/**
 * @param {{brightness: number, page: ?{corners: number[][], share: number, isCut: boolean}}} seen
 * @param {boolean} isGridSeen in the middle of the page, or of the picture
 * @param {?number[][]} before the corners of the look before this one
 * @param {number} width of the picture in which the corners are
 * @returns {keyof ADVICE}
 */
export function advise({ brightness, page }, isGridSeen, before, width) {
  if (!page) {
    if (brightness < DARK) return "dark";
    return isGridSeen ? "filled" : "none";
  }
  if (page.isCut) return isGridSeen ? "filled" : "cut";
  if (page.share < SMALL_SHARE) return "small";
  if (!isGridSeen) return "blurred";
  return isStill(page.corners, before, width) ? "found" : "moving";
}

function isStill(corners, before, width) {
  const gone = ([x, y]) => Math.min(...before.map(([bx, by]) => Math.hypot(x - bx, y - by)));
  return before !== null && corners.every((corner) => gone(corner) <= STILL_SHARE * width);
}
