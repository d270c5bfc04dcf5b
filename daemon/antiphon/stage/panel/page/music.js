// What was played and what is planned, worked out from the daemon's messages; the roll draws it.
// Knows no page, socket or clock. Moments are seconds of the daemon's clock.

/** Older notes are forgotten. */
const KEPT_S = 180;
// Parts that go with the player begin anew on the roll after so long a silence.
const APART_S = 4;
const SAME_S = 0.15;

export class Music {
  /** Notes: {pitch, velocity, atS, endsS (null while it is held)}. */
  player = [];
  /** Answers, oldest first: {id, beginsS, endsS, cutS, notes, symbols, chords}; notes have `quoted`, `sounded` and
   * `part` (bass, chords, second_voice; empty: the melody), chords {atS, name}. */
  answers = [];
  /** Where the bars were, oldest first: {sinceS, bar, barBeginsS, quarterS, quartersABar, beatQuarters}. */
  grids = [];
  /** Phrases: {beginsS, endsS (null while it is played)}. */
  phrases = [];
  /** The chords that were played with phrases, oldest first: {atS, name}. */
  chords = [];

  hear(message) {
    HEARD[message.type]?.(this, message);
  }

  /** The end of the newest plan that was not cut off; null where nothing is planned. */
  get planEndsS() {
    const newest = this.answers.at(-1);
    return newest && newest.cutS === null ? newest.endsS : null;
  }

  /** No key is held any longer: the connection was lost, or everything was stopped. */
  release(atS) {
    for (const note of this.player) note.endsS ??= Math.max(note.atS, atS);
  }

  forgetBefore(atS) {
    const fromS = atS - KEPT_S;
    this.player = this.player.filter((note) => (note.endsS ?? atS) > fromS);
    this.answers = this.answers.filter((answer) => answer.endsS > fromS);
    this.chords = this.chords.filter((chord) => chord.atS > fromS);
    this.phrases = this.phrases.filter((phrase) => (phrase.endsS ?? atS) > fromS);
    const first = this.grids.findLastIndex((grid) => grid.sinceS <= fromS);
    if (first > 0) this.grids.splice(0, first);
  }
}

const HEARD = {
  heard(music, { pitch, velocity, on, at_s }) {
    for (const note of music.player) if (note.pitch === pitch) note.endsS ??= Math.max(note.atS, at_s);
    if (on) music.player.push({ pitch, velocity, atS: at_s, endsS: null });
  },

  phrase(music, { begins_s, ends_s }) {
    const open = music.phrases.at(-1);
    if (open && open.beginsS === begins_s) open.endsS = ends_s ?? null;
    else music.phrases.push({ beginsS: begins_s, endsS: ends_s ?? null });
  },

  plan(music, message) {
    const answer = answerOf(music, message);
    const planned = message.notes.map(plannedNote);
    const first = planned.length ? Math.min(...planned.map((note) => note.atS)) : message.begins_s;
    const kept = answer.notes.filter((note) => note.sounded || note.atS < first - 0.001);
    const again = (note) => kept.some((one) => isNear(one, note.pitch, note.atS, note.part));
    answer.notes = [...kept, ...planned.filter((note) => !again(note))];
    const firstSymbolS = message.symbols[0]?.at_s ?? first;
    answer.symbols = [...answer.symbols.filter((one) => one.atS < firstSymbolS - 0.001), ...message.symbols.map(symbolOf)];
    const chords = (message.chords ?? []).map(({ at_s, name }) => ({ atS: at_s, name }));
    const firstChordS = chords[0]?.atS ?? first;
    answer.chords = [...answer.chords.filter((one) => one.atS < firstChordS - 0.001), ...chords];
    answer.beginsS = Math.min(answer.beginsS, message.begins_s);
    answer.endsS = Math.max(message.ends_s, ...answer.notes.map((note) => note.endsS));
    // A plan of nothing takes an answer back that has not begun.
    if (!answer.notes.length) music.answers = music.answers.filter((one) => one !== answer);
  },

  chords(music, { chords }) {
    const first = chords[0]?.at_s ?? Infinity;
    music.chords = music.chords.filter((one) => one.atS < first - 0.001);
    music.chords.push(...chords.map(({ at_s, name }) => ({ atS: at_s, name })));
  },

  sounded(music, { pitch, velocity, on, at_s, part = "" }) {
    if (on) soundedOn(music, pitch, velocity, at_s, part);
    else soundedOff(music, pitch, at_s, part);
  },

  cut(music, { answer: id, at_s }) {
    const answer = music.answers.find((one) => one.id === id);
    if (answer) answer.cutS = at_s;
  },

  state(music, { grid }) {
    if (!grid) return;
    const next = gridOf(grid);
    const newest = music.grids.at(-1);
    if (newest && sameBars(newest, next)) return;
    while (music.grids.length && music.grids.at(-1).sinceS >= next.sinceS - 0.001) music.grids.pop();
    music.grids.push(next);
  },
};

function answerOf(music, { answer: id, begins_s, ends_s }) {
  const known = music.answers.slice(-3).find((answer) => answer.id === id);
  if (known) return known;
  music.answers.push({ id, beginsS: begins_s, endsS: ends_s, cutS: null, notes: [], symbols: [], chords: [] });
  return music.answers.at(-1);
}

function soundedOn(music, pitch, velocity, atS, part) {
  const answers = music.answers.slice(-2);
  const planned = answers.flatMap((answer) => answer.notes).find((note) => !note.sounded && isNear(note, pitch, atS, part));
  if (planned) {
    planned.sounded = true;
    return;
  }
  const unplanned = { pitch, velocity, atS, endsS: atS + 0.1, part, quoted: false, sounded: true, unplanned: true };
  const answer = part ? withParts(music, atS) : answers.at(-1);
  answer?.notes.push(unplanned);
}

/** What a part plays that nobody planned is drawn with the answer under way, or with what goes with the player. */
function withParts(music, atS) {
  const newest = music.answers.at(-1);
  if (newest && newest.cutS === null && newest.endsS > atS - APART_S) {
    if (newest.id < 0) newest.endsS = atS;
    return newest;
  }
  music.answers.push({ id: -1, beginsS: atS, endsS: atS, cutS: null, notes: [], symbols: [], chords: [] });
  return music.answers.at(-1);
}

function soundedOff(music, pitch, atS, part) {
  const notes = music.answers.slice(-2).flatMap((answer) => answer.notes);
  const note = notes.findLast((one) => one.sounded && one.pitch === pitch && one.part === part && one.atS < atS);
  if (note && (note.unplanned || note.endsS > atS)) note.endsS = atS;
  if (note) note.unplanned = false;
}

function plannedNote({ pitch, velocity, at_s, ends_s, quoted, part = "" }) {
  return { pitch, velocity, atS: at_s, endsS: ends_s, part, quoted: Boolean(quoted), sounded: false };
}

function symbolOf({ at_s, entropy, temperature }) {
  return { atS: at_s, entropy, temperature };
}

function isNear(note, pitch, atS, part) {
  return note.pitch === pitch && note.part === part && Math.abs(note.atS - atS) < SAME_S;
}

function gridOf({ bar, bar_begins_s, quarter_s, quarters_a_bar, beat_quarters }) {
  return {
    sinceS: bar_begins_s,
    bar,
    barBeginsS: bar_begins_s,
    quarterS: quarter_s,
    quartersABar: quarters_a_bar,
    beatQuarters: beat_quarters ?? (quarters_a_bar % 1 ? 0.5 : 1),
  };
}

/** Whether two grids have the same bar lines, so that the newer one says nothing new. */
function sameBars(one, other) {
  const barS = one.quarterS * one.quartersABar;
  const expectedS = one.barBeginsS + (other.bar - one.bar) * barS;
  return (
    one.quartersABar === other.quartersABar &&
    Math.abs(one.quarterS - other.quarterS) < 1e-6 &&
    Math.abs(expectedS - other.barBeginsS) < 0.001
  );
}
