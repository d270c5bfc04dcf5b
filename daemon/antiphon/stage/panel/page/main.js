// The page: joins its parts to the daemon's messages.

import { listenToComputerKeys } from "./computer_keys.js";
import { pageS } from "./connection.js";
import { Controls } from "./controls.js";
import { meetDaemon, showNotice } from "./daemon.js";
import { byId, say } from "./dom.js";
import { Learn } from "./learn.js";
import { hasWebMidi, listenToMidi } from "./midi_input.js";
import { Piano } from "./piano.js";
import { PlayedKeys } from "./played_keys.js";
import { Roll } from "./roll.js";
import { Sound } from "./sound.js";
import { showSound } from "./sound_panel.js";
import { StatusLine } from "./status_line.js";
import { Takes } from "./takes.js";
import { applyTheme, followTheme } from "./theme.js";

applyTheme();
const settings = {};
const daemon = meetDaemon((message) => HEAR[message.type]?.(message));
const { connection, music, nowS } = daemon;
const sound = new Sound(connection.clock);
const keys = new PlayedKeys(connection, sound);
const learn = new Learn(connection);
const controls = new Controls(connection, learn);
const status = new StatusLine(music, nowS);
const roll = new Roll(byId("roll"), music, nowS);
const piano = new Piano(byId("piano"), keys);
const takes = new Takes(sound, () => settingsForAnotherAnswer());

const HEAR = {
  hello(message) {
    Object.assign(settings, message.settings);
    learn.know(message.controls ?? {});
    controls.greet(message);
    showParts();
    for (const past of message.history ?? []) {
      if (past.type === "state") status.hear(past);
      // What of a plan is still ahead is heard, also after a reload.
      if (past.type === "plan" || past.type === "cut") sound.hear(past);
    }
    takes.refresh();
  },
  state(message) {
    status.hear(message);
    takesMayHaveChanged(message);
  },
  setting({ name, value }) {
    settings[name] = value;
    controls.show(name, value);
    showParts();
  },
  learned: ({ name, number }) => learn.learned(name, number),
  plan(message) {
    sound.hear(message);
    tell(`An answer of ${message.notes.filter((note) => !note.part).length} notes is planned.`);
  },
  cut(message) {
    sound.hear(message);
    tell("The answer was cut off.");
  },
  sounded(message) {
    sound.hear(message);
    piano.light(message.pitch, message.on);
  },
  lost: () => sound.silence(),
  error: ({ message }) => showNoticeFor(message, 6000),
};

let recorded = "";
function takesMayHaveChanged({ take, recording }) {
  if (recorded === `${take} ${recording}`) return;
  recorded = `${take} ${recording}`;
  setTimeout(() => takes.refresh(), 500);
}

/** What is said to a screen reader; the others see it on the roll. */
function tell(text) {
  say(byId("told"), text);
}

let noticeTimer = null;
function showNoticeFor(text, ms) {
  showNotice(text);
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => connection.open && showNotice(""), ms);
}

/** The legend names the parts that play. */
function showParts() {
  for (const part of ["bass", "chords", "second_voice"]) byId(`legend-${part}`).hidden = !settings[`harmony.${part}`];
}

function settingsForAnotherAnswer() {
  const names = Object.keys(settings).filter((name) => /^(sampling|shape|answer|feel|harmony)\./.test(name));
  return Object.fromEntries(names.map((name) => [name, settings[name]]));
}

/** Nothing may go on sounding where nobody can let go of it. */
function letGo() {
  keys.releaseAll(pageS());
}

connection.addEventListener("lost", () => {
  letGo();
  sound.silence();
  takes.stop();
});
connection.addEventListener("pressed", ({ detail }) => {
  if (detail !== "panic") return;
  letGo();
  sound.silence();
  takes.stop();
});
addEventListener("blur", letGo);
addEventListener("pagehide", letGo);
document.addEventListener("visibilitychange", () => document.hidden && letGo());
document.addEventListener("pointerdown", () => sound.wake());
document.addEventListener("keydown", () => sound.wake());

listenToComputerKeys(keys, piano, (key) => (key === "Escape" && learn.cancel()) || controls.pressKey(key));
byId("octave-down").addEventListener("click", () => piano.shift(-1));
byId("octave-up").addEventListener("click", () => piano.shift(1));
byId("web-midi").hidden = !hasWebMidi();
byId("web-midi").addEventListener("click", () =>
  listenToMidi(keys, (names) => say(byId("web-midi"), names.length ? `Plays: ${names.join(", ")}` : "No MIDI keyboard yet"))
    .catch((trouble) => showNoticeFor(`The browser gives no MIDI keyboard: ${trouble.message}`, 6000)),
);
followTheme(() => {
  roll.recolour();
  takes.redraw();
});
showSound(sound);
