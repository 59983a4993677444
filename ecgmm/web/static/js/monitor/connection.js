/** A viewer's WebSocket that comes back by itself, later and later while the server is away. */

import { TOKEN_KEY, getJson } from "../api.js";

const PROTOCOL = "ecgmm.stream.v1";
const BEARER = "ecgmm.bearer.";
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const SILENT_MS = 10_000;
const NORMAL_CLOSE = 1000;

export class Connection {
  /**
   * @param {string} id of the stream
   * @param {(message: object) => void} onMessage
   * @param {(state: "connecting" | "open" | "waiting" | "ended" | "gone", detail?: string) => void} onState
   */
  constructor(id, onMessage, onState) {
    Object.assign(this, { id, onMessage, onState, attempts: 0, isStopped: false });
    this.onOnline = () => this.retryNow();
    window.addEventListener("online", this.onOnline);
    this.watchdog = setInterval(() => this.checkSilence(), 1000);
    this.open();
  }

  stop() {
    this.isStopped = true;
    window.removeEventListener("online", this.onOnline);
    clearInterval(this.watchdog);
    clearTimeout(this.timer);
    this.socket?.close(NORMAL_CLOSE);
  }

  send(message) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  /** Ask over HTTP first: it tells why there is no stream, and asks for the token where one is needed. */
  async open() {
    this.onState("connecting");
    try {
      await getJson(`/api/v1/streams/${encodeURIComponent(this.id)}`);
    } catch (error) {
      if (error.status === 404) this.finish("gone");
      else this.retryLater();
      return;
    }
    if (!this.isStopped) this.connect();
  }

  connect() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const address = `${scheme}//${location.host}/api/v1/stream/${encodeURIComponent(this.id)}`;
    const socket = new WebSocket(address, [PROTOCOL, ...tokenProtocols()]);
    this.socket = socket;
    socket.onopen = () => {
      this.attempts = 0;
      this.heardMs = performance.now();
      this.onState("open");
    };
    socket.onmessage = (event) => {
      this.heardMs = performance.now();
      this.onMessage(JSON.parse(event.data));
    };
    socket.onclose = (event) => {
      if (this.socket !== socket || this.isStopped) return;
      this.socket = null;
      if (event.code === NORMAL_CLOSE) this.finish("ended");
      else this.retryLater();
    };
  }

  /** A connection can die without a word, as when a phone changes networks. */
  checkSilence() {
    if (!this.socket || performance.now() - this.heardMs < SILENT_MS) return;
    const dead = this.socket;
    this.socket = null;
    dead.close();
    this.retryLater();
  }

  retryLater() {
    if (this.isStopped) return;
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.attempts) * (0.75 + Math.random() / 2);
    this.attempts += 1;
    this.onState("waiting", `${Math.max(1, Math.round(wait / 1000))} s`);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.open(), wait);
  }

  retryNow() {
    if (this.socket || this.isStopped) return;
    clearTimeout(this.timer);
    this.open();
  }

  finish(state) {
    this.stop();
    this.onState(state);
  }
}

/** A browser's WebSocket cannot bear a header, but it can offer subprotocols. */
function tokenProtocols() {
  const token = sessionStorage.getItem(TOKEN_KEY);
  if (!token) return [];
  const bytes = String.fromCharCode(...new TextEncoder().encode(token));
  return [BEARER + btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")];
}
