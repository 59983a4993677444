/** Four corners over a picture, moved by finger, mouse or arrow keys. */

import { svg } from "./dom.js";
import { say } from "./language.js";

const NAMES = ["Upper left", "Upper right", "Lower right", "Lower left"];
const HANDLE_PX = 13;
const TOUCH_PX = 26;

export class CornerEditor {
  /**
   * @param {SVGElement} overlay its viewBox is the picture
   * @param {{width: number, height: number}} picture
   * @param {number[][]} corners clockwise from the upper left one
   * @param {import("./loupe.js").Loupe} loupe
   */
  constructor(overlay, picture, corners, loupe) {
    this.loupe = loupe;
    this.overlay = overlay;
    this.picture = picture;
    this.corners = corners;
    this.shape = svg("polygon", { class: "corner-shape" });
    this.handles = corners.map((_, index) => this.makeHandle(index));
    overlay.append(this.shape, ...this.handles);
    this.place();
  }

  focus() {
    this.handles[0].focus();
  }

  /** Pixels of the picture for one on the screen. */
  get scale() {
    const box = this.overlay.getBoundingClientRect();
    return Math.max(this.picture.width / box.width, this.picture.height / box.height) || 1;
  }

  makeHandle(index) {
    const handle = svg("g", {
      class: "corner", tabindex: 0, role: "button",
      pointerdown: (event) => {
        event.preventDefault();
        handle.focus();
        handle.setPointerCapture(event.pointerId);
        handle.classList.add("dragging");
      },
      pointermove: (event) => {
        if (!handle.hasPointerCapture(event.pointerId)) return;
        const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.overlay.getScreenCTM().inverse());
        this.move(index, point.x, point.y);
      },
      lostpointercapture: () => {
        handle.classList.remove("dragging");
        this.loupe.hide();
      },
      blur: () => this.loupe.hide(),
      keydown: (event) => {
        const step = this.scale * (event.shiftKey ? 20 : 3);
        const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0];
        if (!dx && !dy) return;
        event.preventDefault();
        this.move(index, this.corners[index][0] + dx * step, this.corners[index][1] + dy * step);
      },
    }, svg("circle", { class: "reach", "fill-opacity": 0, "stroke-opacity": 0 }), svg("circle", {}));
    return handle;
  }

  move(index, x, y) {
    const { width, height } = this.picture;
    this.corners[index] = [Math.min(Math.max(0, x), width), Math.min(Math.max(0, y), height)];
    this.place();
    this.loupe.show(...this.corners[index]);
  }

  place() {
    this.shape.setAttribute("points", this.corners.map((corner) => corner.join(",")).join(" "));
    this.handles.forEach((handle, index) => {
      const [x, y] = this.corners[index];
      handle.setAttribute("aria-label", say(`${NAMES[index]} corner, ${Math.round(x)} px across, ${Math.round(y)} px down`));
      [TOUCH_PX, HANDLE_PX].forEach((radius, part) => {
        const circle = handle.children[part];
        circle.setAttribute("cx", x);
        circle.setAttribute("cy", y);
        circle.setAttribute("r", radius * this.scale);
      });
    });
  }
}
