/**
 * Tones for alarms that nobody has acknowledged, once a person has asked for them.
 *
 * Bursts of pulses after IEC 60601-1-8: five and five for high priority, three for medium, one for low.
 */

const PULSES = {
  critical: { pitches: [523, 523, 523, 698, 784, 523, 523, 523, 698, 784], pulseS: 0.12, gapS: 0.1, everyS: 5 },
  warning: { pitches: [523, 523, 659], pulseS: 0.2, gapS: 0.2, everyS: 12 },
  info: { pitches: [392], pulseS: 0.2, gapS: 0.2, everyS: 30 },
};
const LOUDNESS = 0.2;
const EDGE_S = 0.015;
const RANKS = ["info", "warning", "critical"];

export class Sound {
  constructor() {
    this.context = null;
    this.severity = null;
    this.timer = 0;
  }

  get isOn() { return this.context !== null; }

  /** Switch it on or off; has to follow a click or a key, or the browser stays silent. */
  toggle() {
    if (this.context) {
      this.context.close();
      this.context = null;
    } else {
      this.context = new AudioContext();
    }
    this.restart();
  }

  /** Sound for the gravest alarm that nobody has acknowledged; null for silence. */
  set(severity) {
    if (severity === this.severity) return;
    const isGraver = RANKS.indexOf(severity) > RANKS.indexOf(this.severity);
    this.severity = severity;
    if (isGraver || severity === null) this.restart();
  }

  stop() {
    clearTimeout(this.timer);
    this.context?.close();
    this.context = null;
  }

  restart() {
    clearTimeout(this.timer);
    if (!this.context || !this.severity) return;
    const { everyS } = this.burst(PULSES[this.severity]);
    this.timer = setTimeout(() => this.restart(), everyS * 1000);
  }

  burst(pulses) {
    pulses.pitches.forEach((pitch, index) => {
      const startS = this.context.currentTime + index * (pulses.pulseS + pulses.gapS);
      const tone = this.context.createOscillator();
      const volume = this.context.createGain();
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0, startS);
      volume.gain.linearRampToValueAtTime(LOUDNESS, startS + EDGE_S);
      volume.gain.setValueAtTime(LOUDNESS, startS + pulses.pulseS - EDGE_S);
      volume.gain.linearRampToValueAtTime(0, startS + pulses.pulseS);
      tone.connect(volume).connect(this.context.destination);
      tone.start(startS);
      tone.stop(startS + pulses.pulseS);
    });
    return pulses;
  }
}
