/** The whole recording at a glance: rhythm, heart rate, abnormal beats, and the part that is seen. */

import { BEAT_COLOURS, EPISODE_COLOURS } from "./words.js";

const HEIGHT = 64;
const LANE = 14;
const RHYTHM_LANE = 5;
const SLOWEST_BPM = 30;
const FASTEST_BPM = 200;
const LONGEST_RR_S = 3;

export class Overview {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {import("./beats.js").Beats} beats
   * @param {{label: string, start_s: number, end_s: number}[]} episodes
   * @param {number} durationS
   * @param {(timeS: number) => void} onChoose
   */
  constructor(canvas, beats, episodes, durationS, onChoose) {
    this.canvas = canvas;
    this.beats = beats;
    this.episodes = episodes;
    this.durationS = durationS;
    this.background = null;
    const choose = (event) => {
      const box = canvas.getBoundingClientRect();
      onChoose(((event.clientX - box.left) / box.width) * durationS);
    };
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      choose(event);
    });
    canvas.addEventListener("pointermove", (event) => event.buttons && choose(event));
  }

  resize() {
    this.background = null;
  }

  draw(startS, endS) {
    const ratio = window.devicePixelRatio || 1;
    const width = this.canvas.clientWidth;
    this.background ??= this.paintBackground(width, ratio);
    this.canvas.width = this.background.width;
    this.canvas.height = this.background.height;
    const context = this.canvas.getContext("2d");
    context.drawImage(this.background, 0, 0);
    context.scale(ratio, ratio);
    if (startS === 0 && endS >= this.durationS) return;
    const x = (startS / this.durationS) * width;
    const seen = Math.max(4, ((endS - startS) / this.durationS) * width);
    context.fillStyle = "rgb(155 44 63 / 14%)";
    context.fillRect(x, 0, seen, HEIGHT);
    context.strokeStyle = "#9b2c3f";
    context.lineWidth = 2;
    context.strokeRect(Math.min(x, width - seen) + 1, 1, seen - 2, HEIGHT - 2);
  }

  paintBackground(width, ratio) {
    const background = document.createElement("canvas");
    background.width = Math.max(1, Math.round(width * ratio));
    background.height = HEIGHT * ratio;
    const context = background.getContext("2d");
    context.scale(ratio, ratio);
    this.paintRhythm(context, width);
    this.paintRate(context, width);
    for (const index of this.beats.abnormal) {
      const beat = this.beats.all[index];
      context.fillStyle = BEAT_COLOURS[beat.label];
      context.fillRect((beat.time_s / this.durationS) * width - 0.75, HEIGHT - LANE, 1.5, LANE - 2);
    }
    return background;
  }

  /** A bar along the top; short episodes are painted last, and never narrower than can be seen. */
  paintRhythm(context, width) {
    const byLength = [...this.episodes].sort((a, b) => (b.end_s - b.start_s) - (a.end_s - a.start_s));
    for (const { label, start_s: start, end_s: end } of byLength) {
      context.fillStyle = EPISODE_COLOURS[label];
      const long = Math.max(1.5, ((end - start) / this.durationS) * width);
      context.fillRect((start / this.durationS) * width, 0, long, RHYTHM_LANE);
    }
  }

  /** Lowest and highest heart rate in each pixel, from neighbouring beats. */
  paintRate(context, width) {
    const low = new Float64Array(Math.ceil(width) + 1).fill(Infinity);
    const high = new Float64Array(Math.ceil(width) + 1).fill(-Infinity);
    const beats = this.beats.all;
    for (let index = 1; index < beats.length; index += 1) {
      const rr = beats[index].time_s - beats[index - 1].time_s;
      if (rr > LONGEST_RR_S) continue;
      const pixel = Math.floor((beats[index].time_s / this.durationS) * width);
      low[pixel] = Math.min(low[pixel], 60 / rr);
      high[pixel] = Math.max(high[pixel], 60 / rr);
    }
    const room = HEIGHT - LANE - RHYTHM_LANE - 6;
    const y = (bpm) => {
      const share = Math.log(Math.min(Math.max(bpm, SLOWEST_BPM), FASTEST_BPM) / SLOWEST_BPM);
      return RHYTHM_LANE + 3 + room * (1 - share / Math.log(FASTEST_BPM / SLOWEST_BPM));
    };
    context.font = "10px system-ui, sans-serif";
    context.textBaseline = "middle";
    for (const bpm of [60, 100]) {
      context.fillStyle = "#e6dfd9";
      context.fillRect(24, y(bpm), width, 1);
      context.fillStyle = "#6b625d";
      context.fillText(`${bpm}`, 4, y(bpm));
    }
    context.strokeStyle = "#6a4c57";
    context.lineWidth = 1.2;
    context.beginPath();
    let isOpen = false;
    for (let pixel = 0; pixel < low.length; pixel += 1) {
      if (low[pixel] === Infinity) continue;
      if (isOpen) context.lineTo(pixel + 0.5, y(low[pixel]));
      else context.moveTo(pixel + 0.5, y(low[pixel]));
      context.lineTo(pixel + 0.5, y(high[pixel]) - 0.5);
      isOpen = true;
    }
    context.stroke();
  }
}
