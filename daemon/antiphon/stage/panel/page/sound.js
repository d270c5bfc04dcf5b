// What the page sounds: the keys played in it at once, the answers at their planned moments.

import { AnswerSchedule } from "./answer_schedule.js";
import { AudioClock } from "./audio_clock.js";
import { pageS } from "./connection.js";
import { Sampler } from "./sampler.js";

const TICK_MS = 40;
const STORED = "antiphon.sound";
const DEFAULT = { on: true, player: { instrument: "", volume: 0.8 }, answer: { instrument: "", volume: 0.8 } };

export class Sound {
  choices = stored();
  #clock;
  #audioClock = new AudioClock();
  #schedule = new AnswerSchedule();
  #context = null;
  #sampler = null;
  #latencyS = 0;
  #voices = new Map();
  #keys = new Map();
  #timer = null;

  /** `clock` is the offset to the daemon's clock. */
  constructor(clock) {
    this.#clock = clock;
  }

  get running() {
    return this.#context?.state === "running";
  }

  /** "running", "waiting" for a key or a click, or "off". */
  get state() {
    if (!this.choices.on) return "off";
    return this.running ? "running" : "waiting";
  }

  /** Browsers allow sound only after a key or a click: call this from their events. */
  wake() {
    const allowed = navigator.userActivation?.hasBeenActive ?? true;
    if (!this.choices.on || this.running || !allowed) return;
    this.#context ??= this.#begin();
    this.#context.resume();
  }

  choose(change) {
    Object.assign(this.choices, change);
    localStorage.setItem(STORED, JSON.stringify(this.choices));
    if (!this.choices.on) this.silence();
    else this.wake();
    this.#load();
  }

  keyDown(pitch, velocity) {
    this.keyUp(pitch);
    const voice = this.play("player", { pitch, velocity, whenS: 0 });
    if (voice) this.#keys.set(pitch, voice);
  }

  keyUp(pitch) {
    this.#keys.get(pitch)?.stop(this.#context.currentTime);
    this.#keys.delete(pitch);
  }

  /** A message of the daemon that may be about notes of an answer. */
  hear(message) {
    this.#do(this.#schedule.hear(message));
  }

  /** No note sounds any longer, and none is waited for. */
  silence() {
    this.#schedule.clear();
    for (const voice of [...this.#voices.values(), ...this.#keys.values()]) voice.end();
    this.#voices.clear();
    this.#keys.clear();
  }

  /** A note of a voice, "player" or "answer", in the context's time; null where there is no sound. */
  play(voice, { pitch, velocity, whenS, untilS }) {
    if (!this.running || !this.choices.on) return null;
    const { instrument, volume } = this.choices[voice];
    return this.#sampler.start({ instrument, volume, pitch, velocity, whenS, untilS });
  }

  /** Resolves when samples are loaded and the sound runs, or after `withinMs`. */
  ready(withinMs) {
    const loaded = Promise.all([this.#load(), this.#context?.resume()]);
    return Promise.race([loaded, new Promise((done) => setTimeout(done, withinMs))]);
  }

  /** The context's time in which something that sounds now is heard. */
  get nowS() {
    return this.#context?.currentTime ?? 0;
  }

  #begin() {
    const context = new AudioContext({ latencyHint: "interactive" });
    this.#sampler = new Sampler(context);
    context.addEventListener("statechange", () => this.#stateChanged());
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS);
    this.#context = context;
    this.#load();
    return context;
  }

  // A context that was suspended would go on later with the notes it held.
  #stateChanged() {
    if (this.running) return;
    this.#audioClock.forget();
    this.silence();
  }

  #load() {
    const names = [this.choices.player.instrument, this.choices.answer.instrument].filter(Boolean);
    return Promise.all(names.map((name) => this.#sampler?.load(name)));
  }

  #tick() {
    if (!this.running) return;
    this.#audioClock.read(pageS(), this.#context.currentTime);
    this.#measureLatency();
    if (this.#clock.known) this.#do(this.#schedule.due(this.#clock.toDaemon(pageS())));
  }

  // The browser's estimate trembles; following each of its steps would be heard as jitter.
  #measureLatency() {
    const latencyS = Math.min(this.#context.outputLatency || this.#context.baseLatency || 0, 0.3);
    if (Math.abs(latencyS - this.#latencyS) > 0.01) this.#latencyS = latencyS;
  }

  #do(actions) {
    for (const action of actions) {
      if (action.action === "start") this.#start(action);
      else this.#stop(action);
    }
  }

  #start({ id, pitch, velocity, atS, endsS }) {
    if (!this.#audioClock.known || !this.#clock.known) return;
    const voice = this.play("answer", { pitch, velocity, whenS: this.#toContext(atS), untilS: this.#toContext(endsS) });
    if (voice) this.#voices.set(id, voice);
    if (this.#voices.size > 200) this.#voices.delete(this.#voices.keys().next().value);
  }

  #stop({ id, atS }) {
    const voice = this.#voices.get(id);
    this.#voices.delete(id);
    if (!voice) return;
    if (atS) voice.stop(this.#toContext(atS));
    else voice.end();
  }

  /** The moment to schedule so that it is heard at `atS` of the daemon's clock. */
  #toContext(atS) {
    return this.#audioClock.toContext(this.#clock.toPage(atS)) - this.#latencyS;
  }
}

function stored() {
  try {
    return { ...structuredClone(DEFAULT), ...JSON.parse(localStorage.getItem(STORED) ?? "{}") };
  } catch {
    return structuredClone(DEFAULT);
  }
}
