// Notes from recorded samples, on AudioBufferSourceNode alone: AudioWorklet is missing on plain http.
// `samples.json` says which file sounds for which pitches.

const LOUDEST = 0.5;

export class Sampler {
  #context;
  #out;
  #base;
  #manifest = null;
  #loaded = new Map();

  constructor(context, base = "samples/") {
    this.#context = context;
    this.#base = base;
    this.#out = context.createGain();
    this.#out.gain.value = LOUDEST;
    this.#out.connect(context.destination);
  }

  /** Loads the samples of an instrument once. */
  load(name) {
    if (!this.#loaded.has(name)) this.#loaded.set(name, this.#load(name).catch(() => this.#loaded.delete(name)));
    return this.#loaded.get(name);
  }

  /**
   * A note from `whenS` on, in the context's time; null where its instrument is not there (yet).
   * The caller stops it; with `untilS` it ends by itself.
   */
  start({ instrument, pitch, velocity, volume, whenS, untilS }) {
    const sample = this.#sampleOf(instrument, pitch);
    if (!sample) return null;
    const voice = new Voice(this.#context, this.#out, sample, pitch, loudness(velocity) * volume, whenS);
    if (untilS !== undefined) voice.stop(untilS);
    return voice;
  }

  #sampleOf(instrument, pitch) {
    const samples = this.#loaded.get(instrument);
    if (!Array.isArray(samples?.notes)) return null;
    return nearest(samples.notes, pitch);
  }

  async #load(name) {
    this.#manifest ??= await fetchJson(`${this.#base}samples.json`);
    const notes = await Promise.all(this.#manifest.instruments[name].notes.map((note) => this.#decode(note)));
    this.#loaded.set(name, { notes });
  }

  async #decode(note) {
    const answer = await fetch(this.#base + note.file);
    return { ...note, buffer: await this.#context.decodeAudioData(await answer.arrayBuffer()) };
  }
}

export async function fetchJson(path, options) {
  const answer = await fetch(path, options);
  const content = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(content.error ?? `${path} answered ${answer.status}`);
  return content;
}

/** The sample whose range holds the pitch, or else the one whose root is nearest. */
export function nearest(notes, pitch) {
  const inRange = notes.find((note) => note.lowest <= pitch && pitch <= note.highest);
  const distance = (note) => Math.abs(note.root - pitch);
  return inRange ?? notes.reduce((best, note) => (distance(note) < distance(best) ? note : best));
}

/** From a MIDI velocity to a gain of 0 to 1. */
export function loudness(velocity) {
  return (velocity / 127) ** 1.5;
}

class Voice {
  #source;
  #gain;
  #level;
  #whenS;
  #releaseS;

  constructor(context, out, sample, pitch, level, whenS) {
    this.#level = level;
    this.#whenS = Math.max(whenS, context.currentTime);
    this.#releaseS = sample.release_s ?? 0.2;
    this.#gain = new GainNode(context, { gain: level });
    this.#source = new AudioBufferSourceNode(context, {
      buffer: sample.buffer,
      playbackRate: 2 ** ((pitch - sample.root) / 12),
      ...loopOf(sample),
    });
    this.#source.connect(this.#gain).connect(out);
    this.#source.addEventListener("ended", () => this.#gain.disconnect());
    this.#source.start(this.#whenS);
  }

  /** Lets go of the note at a moment of the context; a later call may only make it shorter or longer. */
  stop(atS) {
    const fromS = Math.max(atS, this.#whenS);
    this.#gain.gain.cancelScheduledValues(0);
    this.#gain.gain.setValueAtTime(this.#level, this.#whenS);
    this.#gain.gain.setTargetAtTime(0, fromS, this.#releaseS / 5);
    this.#source.stop(fromS + this.#releaseS);
  }

  /** It is not heard any longer, at once. */
  end() {
    this.#gain.gain.cancelScheduledValues(0);
    this.#gain.gain.setTargetAtTime(0, 0, 0.008);
    this.#source.stop(this.#source.context.currentTime + 0.05);
  }
}

function loopOf({ loop_s }) {
  return loop_s ? { loop: true, loopStart: loop_s[0], loopEnd: loop_s[1] } : {};
}
