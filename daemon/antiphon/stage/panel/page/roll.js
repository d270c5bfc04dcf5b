// The roll: what was played and what is planned, moving past the present. It draws `Music`; it changes nothing.

import { drawNotes } from "./roll_notes.js";
import { drawSymbols } from "./roll_symbols.js";
import { beatLines, eased, pitchRange, timeWindow } from "./roll_view.js";

const COLOURS = [
  "roll", "row", "line", "beat", "bar", "text", "now", "player", "answer", "quoted", "ghost", "entropy", "temperature",
  "bass", "chords", "second_voice",
];
const SYMBOLS_SHARE = 0.2;
const TOP = 22; // room for the numbers of the bars, in CSS pixels
const CHORD_BELOW = 14; // from there down to a chord's name
const BLACK = new Set([1, 3, 6, 8, 10]);

export class Roll {
  #canvas;
  #music;
  #nowS;
  #drawnS = null;
  #window = null;
  #pitches = null;
  #colours = {};

  /** `nowS` gives the present of the daemon's clock, null while it is not known. */
  constructor(canvas, music, nowS) {
    this.#canvas = canvas;
    this.#music = music;
    this.#nowS = nowS;
    new ResizeObserver(() => this.#fit()).observe(canvas);
    this.recolour();
    const frame = () => {
      this.#draw();
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  /** The page has other colours now. */
  recolour() {
    const style = getComputedStyle(this.#canvas);
    this.#colours = Object.fromEntries(COLOURS.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
    this.#colours.font = style.fontFamily;
  }

  #fit() {
    this.#canvas.width = Math.round(this.#canvas.clientWidth * devicePixelRatio);
    this.#canvas.height = Math.round(this.#canvas.clientHeight * devicePixelRatio);
  }

  #draw() {
    const nowS = this.#nowS();
    if (nowS === null || !this.#canvas.width) return;
    this.#music.forgetBefore(nowS);
    const view = this.#view(nowS);
    const context = this.#canvas.getContext("2d");
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.font = `${view.large ? 16 : 12}px ${view.colours.font}`;
    drawRows(context, view);
    drawBeats(context, view, this.#music.grids);
    drawPhrases(context, view, this.#music.phrases);
    drawNotes(context, view, this.#music);
    drawSymbols(context, view, this.#music.answers);
    drawChords(context, view, this.#music);
    drawNow(context, view);
  }

  #view(nowS) {
    const [width, height] = [this.#canvas.clientWidth, this.#canvas.clientHeight];
    this.#moveWindow(nowS, width);
    const fromS = nowS - this.#window.backS;
    const toS = nowS + this.#window.aheadS;
    this.#pitches = pitchRange(pitchesBetween(this.#music, fromS, toS), this.#pitches);
    const symbolsTop = Math.round(height * (1 - SYMBOLS_SHARE));
    const rowHeight = (symbolsTop - TOP) / (this.#pitches.high - this.#pitches.low + 1);
    return {
      nowS, fromS, toS, width, height, top: TOP, symbolsTop, rowHeight,
      large: width > 900,
      low: this.#pitches.low,
      high: this.#pitches.high,
      colours: this.#colours,
      x: (atS) => ((atS - fromS) / (toS - fromS)) * width,
      y: (pitch) => TOP + (this.#pitches.high - pitch) * rowHeight,
    };
  }

  #moveWindow(nowS, width) {
    const wanted = timeWindow(nowS, this.#music.planEndsS, this.#music.grids.at(-1), width);
    const [backS, aheadS] = [nowS - wanted.fromS, wanted.toS - nowS];
    const elapsedS = this.#drawnS === null ? 1 : nowS - this.#drawnS;
    const shown = this.#window ?? { backS, aheadS };
    this.#window = { backS: eased(shown.backS, backS, elapsedS), aheadS: eased(shown.aheadS, aheadS, elapsedS) };
    this.#drawnS = nowS;
  }
}

function pitchesBetween(music, fromS, toS) {
  const shown = (note) => (note.endsS ?? toS) > fromS && note.atS < toS;
  return [...music.player, ...music.answers.flatMap((answer) => answer.notes)].filter(shown).map((note) => note.pitch);
}

function drawRows(context, { width, height, symbolsTop, rowHeight, low, high, y, colours }) {
  context.fillStyle = colours.roll;
  context.fillRect(0, 0, width, height);
  for (let pitch = low; pitch <= high; pitch += 1) {
    if (BLACK.has(pitch % 12)) {
      context.fillStyle = colours.row;
      context.fillRect(0, y(pitch), width, rowHeight);
    }
  }
  for (let pitch = 12 * Math.ceil(low / 12); pitch <= high; pitch += 12) {
    context.fillStyle = colours.line;
    context.fillRect(0, y(pitch) + rowHeight, width, 1);
    context.fillStyle = colours.text;
    context.fillText(`C${pitch / 12 - 1}`, 4, y(pitch) + rowHeight - 3);
  }
  context.fillStyle = colours.line;
  context.fillRect(0, symbolsTop, width, 1);
}

function drawBeats(context, { fromS, toS, height, top, x, colours }, grids) {
  for (const { atS, bar, beat } of beatLines(grids, fromS, toS)) {
    context.fillStyle = beat === 1 ? colours.bar : colours.beat;
    context.fillRect(Math.round(x(atS)), beat === 1 ? 0 : top, beat === 1 ? 2 : 1, height);
    if (beat !== 1) continue;
    context.fillStyle = colours.text;
    context.fillText(String(bar), x(atS) + 6, top - 6);
  }
}

/** The names of the chords that were played, and of those that an answer goes over, until it was cut off. */
function drawChords(context, { fromS, toS, top, x, colours }, { chords: played, answers }) {
  const draw = (chords, untilS) => {
    const shown = ({ atS }) => atS >= fromS && atS < untilS;
    for (const { atS, name } of chords.filter(shown)) context.fillText(name, x(atS) + 6, top + CHORD_BELOW);
  };
  context.fillStyle = colours.player;
  draw(played, toS);
  context.fillStyle = colours.chords;
  for (const { chords, cutS } of answers) draw(chords, Math.min(toS, cutS ?? toS));
}

/** A line under each phrase, from its first note to the moment at which it was taken for complete. */
function drawPhrases(context, { nowS, symbolsTop, x, colours }, phrases) {
  context.fillStyle = colours.player;
  for (const { beginsS, endsS } of phrases) context.fillRect(x(beginsS), symbolsTop - 4, x(endsS ?? nowS) - x(beginsS), 3);
}

function drawNow(context, { nowS, height, x, colours }) {
  context.fillStyle = colours.now;
  context.fillRect(Math.round(x(nowS)) - 1, 0, 3, height);
}
