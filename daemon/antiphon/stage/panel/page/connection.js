// The WebSocket to the daemon: messages out and in, pings for the clock offset, and coming back when it is lost.

import { ClockOffset } from "./clock_offset.js";

const FIRST_PINGS = 12;
const FIRST_EVERY_MS = 40;
const THEN_EVERY_MS = 1000;
const SILENT_MS = 6000; // without any message for so long the connection is taken for dead
const RETRY_MS = [250, 500, 1000, 1000, 2000];

export const pageS = () => performance.now() / 1000;

/** Tells of "message" (detail: the message), "open" and "lost". */
export class Connection extends EventTarget {
  clock = new ClockOffset();
  open = false;
  #url;
  #socket = null;
  #tries = 0;
  #pings = 0;
  #sent = new Map();
  #heardMs = 0;
  #timers = [];

  constructor(url) {
    super();
    this.#url = url;
    this.#connect();
  }

  /** Whether the message went out. What is said while the connection is lost is never sent later. */
  send(message) {
    if (!this.open) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  #connect() {
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.addEventListener("open", () => this.#opened());
    socket.addEventListener("message", (event) => this.#heard(JSON.parse(event.data)));
    socket.addEventListener("close", () => this.#lost(socket));
  }

  #opened() {
    this.open = true;
    this.#tries = 0;
    this.#pings = 0;
    this.#sent.clear();
    this.clock.forget();
    this.#heardMs = performance.now();
    this.dispatchEvent(new Event("open"));
    this.#ping();
  }

  #heard(message) {
    this.#heardMs = performance.now();
    if (message.type === "pong") this.#pong(message);
    else this.dispatchEvent(new CustomEvent("message", { detail: message }));
  }

  #ping() {
    if (!this.open) return;
    if (performance.now() - this.#heardMs > SILENT_MS) return this.#socket.close();
    this.#pings += 1;
    const sentS = pageS();
    this.#sent.set(this.#pings, sentS);
    this.send({ type: "ping", id: this.#pings, page_s: sentS });
    this.#later(() => this.#ping(), this.#pings < FIRST_PINGS ? FIRST_EVERY_MS : THEN_EVERY_MS);
  }

  #pong({ id, daemon_s }) {
    const sentS = this.#sent.get(id);
    if (sentS === undefined) return;
    this.#sent.delete(id);
    this.clock.answered(sentS, pageS(), daemon_s);
  }

  // A socket that never opened is lost, too: that is a try that failed.
  #lost(socket) {
    if (socket !== this.#socket) return;
    this.open = false;
    this.#timers.forEach(clearTimeout);
    this.#timers = [];
    this.dispatchEvent(new Event("lost"));
    this.#later(() => this.#connect(), RETRY_MS[Math.min(this.#tries, RETRY_MS.length - 1)]);
    this.#tries += 1;
  }

  #later(what, ms) {
    this.#timers.push(setTimeout(what, ms));
    if (this.#timers.length > 20) this.#timers.splice(0, 10);
  }
}
