/** The pages of a document, each with its verdict and a way to its reading. */

import { h } from "./dom.js";

/**
 * @param {{page: number, words: string, reading_id: string}[]} pages none of what is no document
 * @param {?number} shown the number of the page that is shown
 */
export function buildPages(pages, shown) {
  if (!pages?.length) return null;
  const item = ({ page, words, reading_id: id }) => h("li", {},
    h("a", { href: `#/r/${id}`, "aria-current": page === shown ? "page" : null }, `Page ${page}`, h("small", {}, words)));
  return h("nav", { class: "pages", "aria-label": "Pages of the document" }, h("ul", {}, pages.map(item)));
}
