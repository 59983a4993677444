/** A corner of a picture, magnified beside the finger that covers it. */

import { h } from "./dom.js";

const SIDE_PX = 132;
const MAGNIFICATION = 2.5;

export class Loupe {
  /**
   * @param {HTMLElement} frame around the picture
   * @param {HTMLImageElement} image
   * @param {{width: number, height: number}} picture
   */
  constructor(frame, image, picture) {
    this.image = image;
    this.picture = picture;
    this.glass = h("div", { class: "loupe", hidden: true, "aria-hidden": "true" });
    frame.append(this.glass);
  }

  /** Show what lies around a point of the picture. */
  show(x, y) {
    const { width, height } = this.picture;
    const box = this.image.getBoundingClientRect();
    const scale = MAGNIFICATION * Math.min(box.width / width, box.height / height);
    const { style, classList } = this.glass;
    style.backgroundImage = `url("${this.image.src}")`;
    style.backgroundSize = `${width * scale}px ${height * scale}px`;
    style.backgroundPosition = `${SIDE_PX / 2 - x * scale}px ${SIDE_PX / 2 - y * scale}px`;
    classList.toggle("right", x < width / 2);
    this.glass.hidden = false;
  }

  hide() {
    this.glass.hidden = true;
  }
}
