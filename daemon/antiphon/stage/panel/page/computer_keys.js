// The computer's keyboard as a piano: A is C, W is C sharp, and so on; Z and X change the octave.
// Keys go by their place on the keyboard, so that other layouts play the same.

const PLACES = ["KeyA", "KeyW", "KeyS", "KeyE", "KeyD", "KeyF", "KeyT", "KeyG", "KeyY", "KeyH", "KeyU", "KeyJ", "KeyK"];
const MORE = ["KeyO", "KeyL", "KeyP", "Semicolon", "Quote"];
export const SEMITONES = new Map([...PLACES, ...MORE].map((code, semitone) => [code, semitone]));
const VELOCITY = 88;
const ACCENT = 115;

/** `octave` says, and changes, the octave: {lowest, shift(octaves)}; `act` does what Space and the like ask. */
export function listenToComputerKeys(keys, octave, act) {
  const down = new Map();
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || writes(event.target)) return;
    const semitone = SEMITONES.get(event.code);
    if (semitone !== undefined) press(event, semitone);
    else if (event.code === "KeyZ" && !event.repeat) octave.shift(-1);
    else if (event.code === "KeyX" && !event.repeat) octave.shift(1);
    else if (!usesKey(event.target, event.key) && act(event.key)) event.preventDefault();
  });
  document.addEventListener("keyup", (event) => {
    const pitch = down.get(event.code);
    down.delete(event.code);
    if (pitch !== undefined) keys.release(pitch, event.code, event.timeStamp / 1000);
  });
  window.addEventListener("blur", () => down.clear());

  function press(event, semitone) {
    if (event.repeat || down.has(event.code)) return;
    const pitch = octave.lowest + semitone;
    down.set(event.code, pitch);
    keys.press(pitch, event.shiftKey ? ACCENT : VELOCITY, event.code, event.timeStamp / 1000);
  }
}

/** Letters typed there are not meant to play. */
function writes(element) {
  return element.matches("select, textarea, input:not([type=range], [type=checkbox])");
}

/** Space and Enter belong to what has the focus and knows them. */
function usesKey(element, key) {
  return [" ", "Enter"].includes(key) && element.matches("button, summary, a, [type=checkbox]");
}
