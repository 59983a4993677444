/** Two points on the paper and what lies between them. */

const INK = "#0b3d91";

export class Callipers {
  constructor() {
    this.isOn = false;
    this.legs = null;
    this.active = 1;
  }

  /** Put both legs down; `mm` is the height below the paper's top. */
  start(timeS, mm) {
    this.legs = [{ timeS, mm }, { timeS, mm }];
    this.active = 1;
  }

  /** Open the callipers in the middle of what is seen, one second wide. */
  startIn(startS, endS, mm) {
    const middleS = (startS + endS) / 2;
    this.legs = [{ timeS: middleS - 0.5, mm }, { timeS: middleS + 0.5, mm }];
    this.active = 1;
  }

  moveActive(timeS, mm) {
    this.legs[this.active] = { timeS, mm };
  }

  swap() {
    this.active = 1 - this.active;
  }

  /** Such as "812 ms, 74 a minute, 0.35 mV". */
  words(mmPerMv) {
    if (!this.legs) return "";
    const [a, b] = this.legs;
    const seconds = Math.abs(b.timeS - a.timeS);
    const parts = [`${Math.round(seconds * 1000)} ms`];
    if (seconds > 0.05) parts.push(`${Math.round(60 / seconds)} a minute`);
    const millivolts = Math.abs(a.mm - b.mm) / mmPerMv;
    if (millivolts >= 0.05) parts.push(`${millivolts.toFixed(2)} mV`);
    return parts.join(", ");
  }

  /** @param {{startS: number, pxPerS: number, pxPerMm: number, top: number, bottom: number}} at */
  draw(context, at, mmPerMv) {
    if (!this.isOn || !this.legs) return;
    const xs = this.legs.map((leg) => (leg.timeS - at.startS) * at.pxPerS);
    const ys = this.legs.map((leg) => at.top + leg.mm * at.pxPerMm);
    context.strokeStyle = INK;
    context.fillStyle = "rgb(11 61 145 / 8%)";
    context.fillRect(Math.min(...xs), at.top, Math.abs(xs[1] - xs[0]), at.bottom - at.top);
    xs.forEach((x, leg) => {
      context.lineWidth = leg === this.active ? 2 : 1.2;
      context.setLineDash([5, 3]);
      line(context, x, at.top, x, at.bottom);
      line(context, xs[0], ys[leg], xs[1], ys[leg]);
      context.setLineDash([]);
    });
    this.drawLabel(context, (xs[0] + xs[1]) / 2, Math.min(...ys) - 16, at, mmPerMv);
  }

  drawLabel(context, x, y, at, mmPerMv) {
    const text = this.words(mmPerMv);
    context.font = "600 13px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    const width = context.measureText(text).width + 16;
    const top = Math.max(at.top + 2, y - 11);
    context.fillStyle = INK;
    context.beginPath();
    context.roundRect(x - width / 2, top, width, 22, 5);
    context.fill();
    context.fillStyle = "#ffffff";
    context.fillText(text, x, top + 11.5);
  }
}

function line(context, x1, y1, x2, y2) {
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}
