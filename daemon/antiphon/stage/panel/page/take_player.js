// Plays a take in the page, both voices, handing notes over a little ahead.

const AHEAD_S = 0.5;
const TICK_MS = 60;
const BEGIN_S = 0.15;
const LOAD_MS = 10000;

export class TakePlayer {
  playing = null;
  #sound;
  #voices = [];
  #timer = null;
  #ended = null;

  constructor(sound) {
    this.#sound = sound;
  }

  /** `notes` are {player, answer}; `moved` is told the moment that is played, `ended` when it ends. */
  async play(name, notes, { moved, ended }) {
    this.stop();
    this.playing = name;
    this.#ended = ended;
    this.#sound.wake();
    await this.#sound.ready(LOAD_MS);
    if (this.playing === name) this.#run(notes, moved);
  }

  stop() {
    clearInterval(this.#timer);
    for (const voice of this.#voices) voice.end();
    this.#voices = [];
    this.playing = null;
    this.#ended?.();
    this.#ended = null;
  }

  #run(notes, moved) {
    const beginS = this.#sound.nowS + BEGIN_S;
    const waiting = [...voiced(notes.player, "player"), ...voiced(notes.answer, "answer")];
    waiting.sort((a, b) => a.at_s - b.at_s);
    const endS = Math.max(0, ...waiting.map((note) => note.ends_s)) + 0.3;
    this.#timer = setInterval(() => {
      const atS = this.#sound.nowS - beginS;
      while (waiting.length && waiting[0].at_s < atS + AHEAD_S) this.#hand(waiting.shift(), beginS);
      moved(Math.max(0, atS));
      if (atS > endS) this.stop();
    }, TICK_MS);
  }

  #hand({ voice, pitch, velocity, at_s, ends_s }, beginS) {
    const played = this.#sound.play(voice, { pitch, velocity, whenS: beginS + at_s, untilS: beginS + ends_s });
    if (played) this.#voices.push(played);
  }
}

function voiced(notes, voice) {
  return notes.map((note) => ({ ...note, voice }));
}
