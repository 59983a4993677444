/** A photo with the live outline of the page that is found; where there is no camera, the device's own way. */

import { announce, svg } from "../dom.js";
import { say } from "../language.js";
import { ADVICE, advise } from "./advice.js";
import { findPage } from "./finder.js";
import { hasGrid } from "./grid.js";

const LOOK_WIDTH = 160;
const LOOK_EVERY_MS = 200;
const PATCH_PX = 192;
const SURE_AFTER_LOOKS = 3;
const READY = ["found", "filled"];
const WANTED = { video: { facingMode: "environment", width: { ideal: 3840 }, height: { ideal: 2160 } }, audio: false };
const JPEG_QUALITY = 0.95;

const at = (id) => document.getElementById(id);

/** @param {(photo: File) => void} onPhoto */
export function startCamera(onPhoto) {
  const [input, dialog] = [at("camera"), at("camera-dialog")];
  if (!navigator.mediaDevices) return;
  let isOwnWay = false;
  input.addEventListener("click", (event) => {
    if (isOwnWay) return;
    event.preventDefault();
    open(dialog, onPhoto);
  });
  at("camera-app").addEventListener("click", () => {
    dialog.close();
    isOwnWay = true;
    input.click();
    isOwnWay = false;
  });
  at("camera-cancel").addEventListener("click", () => dialog.close());
}

function open(dialog, onPhoto) {
  const finder = new Finder((photo) => {
    dialog.close();
    onPhoto(photo);
  });
  dialog.addEventListener("close", () => finder.stop(), { once: true });
  dialog.showModal();
  finder.start();
}

class Finder {
  constructor(onPhoto) {
    Object.assign(this, { onPhoto, video: at("camera-video"), before: null, candidate: "", looks: 0 });
    this.outline = svg("polygon", {});
    at("camera-outline").replaceChildren(this.outline);
    this.left = new AbortController();
    this.show("none", "Starting the camera");
    at("camera-shoot").disabled = true;
    at("camera-shoot").addEventListener("click", () => this.shoot(), { signal: this.left.signal });
  }

  async start() {
    try {
      const stream = await navigator.mediaDevices.getUserMedia(WANTED);
      if (this.left.signal.aborted) return release(stream);
      this.stream = stream;
      this.video.srcObject = stream;
      await this.video.play();
    } catch {
      if (!this.left.signal.aborted) this.show("none", "The camera cannot be used here: it is not allowed, or there is none.");
      return;
    }
    const { videoWidth: width, videoHeight: height } = this.video;
    at("camera-outline").setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.scale = width / LOOK_WIDTH;
    this.canvas = sized(LOOK_WIDTH, Math.round(height / this.scale));
    this.patch = sized(PATCH_PX, PATCH_PX);
    at("camera-shoot").disabled = false;
    at("camera-shoot").focus();
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  stop() {
    this.left.abort();
    clearInterval(this.timer);
    if (this.stream) release(this.stream);
    this.video.srcObject = null;
  }

  look() {
    const picture = pixels(this.canvas, this.video, 0, 0, this.video.videoWidth, this.video.videoHeight);
    const seen = findPage(picture);
    const corners = seen.page?.corners ?? null;
    const state = advise(seen, this.isGridSeen(corners), this.before, picture.width);
    this.before = corners;
    const points = (corners ?? []).map(([x, y]) => `${x * this.scale},${y * this.scale}`).join(" ");
    this.outline.setAttribute("points", points);
    this.looks = state === this.candidate ? this.looks + 1 : 1;
    this.candidate = state;
    if (this.looks === SURE_AFTER_LOOKS) this.show(state, ADVICE[state]);
  }

  /** At the camera's own resolution, in the middle of the page or of the picture. */
  isGridSeen(corners) {
    const middle = (axis) => (corners ? (corners.reduce((sum, corner) => sum + corner[axis], 0) / 4) * this.scale
      : [this.video.videoWidth, this.video.videoHeight][axis] / 2);
    return hasGrid(pixels(this.patch, this.video, middle(0) - PATCH_PX / 2, middle(1) - PATCH_PX / 2, PATCH_PX, PATCH_PX));
  }

  show(state, words) {
    at("camera-advice").textContent = say(words);
    at("camera-frame").className = `camera-frame ${READY.includes(state) ? "ready" : ""}`;
  }

  async shoot() {
    at("camera-shoot").disabled = true;
    const photo = await this.still() ?? await this.frame();
    announce("Photo taken");
    this.onPhoto(new File([photo], `photo-${new Date().toISOString().slice(0, 19).replaceAll(":", "")}.jpg`, { type: photo.type }));
  }

  /** The camera's own photo, finer than its video, where the browser can ask for it. */
  still() {
    if (!("ImageCapture" in window)) return null;
    return new ImageCapture(this.stream.getVideoTracks()[0]).takePhoto().catch(() => null);
  }

  frame() {
    const { videoWidth: width, videoHeight: height } = this.video;
    const canvas = sized(width, height);
    canvas.getContext("2d").drawImage(this.video, 0, 0);
    return new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", JPEG_QUALITY); });
  }
}

function sized(width, height) {
  return Object.assign(document.createElement("canvas"), { width, height });
}

function pixels(canvas, video, x, y, width, height) {
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(video, x, y, width, height, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

function release(stream) {
  for (const track of stream.getTracks()) track.stop();
}
