// Which notes of the answers are to start and to stop, from the daemon's messages. Feed it messages and the
// time; it hands back actions. Knows no sound and no clock. Moments are seconds of the daemon's clock.

/** So far ahead a note is handed over. Browsers run the timers of a hidden page once a second. */
export const AHEAD_S = 1.5;
/** A note that could not be started this long after its moment is left out, or it would be out of time. */
const TOO_LATE_S = 0.1;
const SAME_S = 0.15;

export class AnswerSchedule {
  #waiting = [];
  #started = [];
  #ids = 0;

  /** The actions that follow from a message: {action: "stop", id, atS} or {action: "start", id, …}. */
  hear(message) {
    if (message.type === "plan") return this.#plan(message);
    if (message.type === "cut") return this.#cut(message);
    if (message.type === "sounded") return message.on ? this.#noteOn(message) : this.#noteOff(message);
    return [];
  }

  /** The notes to hand over now: {action: "start", id, pitch, velocity, atS, endsS}. */
  due(nowS) {
    this.#started = this.#started.filter((note) => note.endsS > nowS - 1);
    const soon = this.#waiting.filter((note) => note.atS <= nowS + AHEAD_S);
    this.#waiting = this.#waiting.filter((note) => note.atS > nowS + AHEAD_S);
    return soon.filter((note) => note.atS >= nowS - TOO_LATE_S).map((note) => this.#start(note));
  }

  /** Every note stops, and none is waited for. */
  clear() {
    const stops = this.#started.map((note) => ({ action: "stop", id: note.id, atS: 0 }));
    this.#waiting = [];
    this.#started = [];
    return stops;
  }

  #start(note) {
    const started = { ...note, id: ++this.#ids };
    this.#started.push(started);
    return { action: "start", ...started };
  }

  // A plan replaces what was planned from its first note on; notes that it names again stay as they are.
  #plan({ answer, begins_s, notes }) {
    const planned = notes.map((note) => noteOf(note, answer));
    const fromS = planned.length ? Math.min(...planned.map((note) => note.atS)) : begins_s;
    const replaced = (note) => note.answer === answer && note.atS >= fromS - 0.001;
    this.#waiting = this.#waiting.filter((note) => !replaced(note));
    const dropped = this.#started.filter((note) => replaced(note) && !planned.some((one) => same(one, note)));
    const fresh = planned.filter((one) => !this.#started.some((note) => replaced(note) && same(one, note)));
    this.#waiting.push(...fresh);
    return this.#stop(dropped, 0);
  }

  #cut({ answer, at_s }) {
    this.#waiting = this.#waiting.filter((note) => note.answer !== answer || note.endsS <= at_s);
    return this.#stop(this.#started.filter((note) => note.answer === answer && note.endsS > at_s), at_s);
  }

  // A note that was never planned, or whose plan came too late, sounds as soon as it is told.
  #noteOn({ pitch, velocity, at_s, part = "" }) {
    const known = [...this.#started, ...this.#waiting].some((note) => near(note, pitch, at_s, part));
    if (known) return [];
    return [this.#start({ answer: null, part, pitch, velocity, atS: at_s, endsS: at_s + 4 })];
  }

  #noteOff({ pitch, at_s, part = "" }) {
    const sounding = (note) => note.pitch === pitch && note.part === part && note.atS < at_s && note.endsS > at_s + 0.005;
    return this.#stop(this.#started.filter(sounding), at_s);
  }

  #stop(notes, atS) {
    const ids = new Set(notes.map((note) => note.id));
    this.#started = this.#started.filter((note) => !ids.has(note.id));
    return notes.map((note) => ({ action: "stop", id: note.id, atS }));
  }
}

function noteOf({ pitch, velocity, at_s, ends_s, part = "" }, answer) {
  return { answer, part, pitch, velocity, atS: at_s, endsS: ends_s };
}

function near(note, pitch, atS, part) {
  return note.pitch === pitch && note.part === part && Math.abs(note.atS - atS) < SAME_S;
}

function same(one, other) {
  const isSame = one.pitch === other.pitch && one.part === other.part;
  return isSame && Math.abs(one.atS - other.atS) < 0.002 && Math.abs(one.endsS - other.endsS) < 0.002;
}
