/** Building the page without ever parsing text as HTML. */

import { say, spoken } from "./language.js";

const SVG = "http://www.w3.org/2000/svg";

/** An element with attributes (a function is an event listener) and children (text, nodes or lists of them). */
export function h(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** The same for SVG. */
export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

function fill(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(key, value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, spoken(key, value));
  }
  const shown = children.flat(Infinity).filter((child) => child != null && child !== false);
  element.append(...shown.map((child) => (typeof child === "string" ? say(child) : child)));
  return element;
}

/** Says something to a screen reader. */
export function announce(text) {
  document.getElementById("announcer").textContent = say(text);
}
