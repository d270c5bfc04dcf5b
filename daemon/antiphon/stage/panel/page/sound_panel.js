// Which instrument sounds for whom, how loud, and whether this page sounds at all.

import { byId, make, say } from "./dom.js";
import { fetchJson } from "./sampler.js";

const VOICES = [["player", "You"], ["answer", "Antiphon"]];
const PREFERRED = { player: ["piano"], answer: ["flute", "fiddle"] };

const STATES = {
  off: "",
  waiting: "Sound begins with your first key or click.",
  running: "",
};

/** Puts the choices into the page; without samples it says so. */
export async function showSound(sound) {
  const on = byId("sound-here");
  on.checked = sound.choices.on;
  on.addEventListener("change", () => sound.choose({ on: on.checked }));
  setInterval(() => say(byId("sound-state"), STATES[sound.state]), 500);
  try {
    const { instruments } = await fetchJson("samples/samples.json");
    byId("voices").replaceChildren(...VOICES.map(([voice, title]) => choices(sound, voice, title, instruments)));
  } catch (trouble) {
    byId("voices").replaceChildren(make("p", {}, `There are no instruments: ${trouble.message}`));
  }
}

function choices(sound, voice, title, instruments) {
  const names = Object.keys(instruments);
  const chosen = sound.choices[voice];
  if (!names.includes(chosen.instrument)) {
    chosen.instrument = PREFERRED[voice].find((name) => names.includes(name)) ?? names[0];
  }
  sound.choose({ [voice]: chosen });
  const select = make("select", { id: `instrument-${voice}` });
  select.append(...names.map((name) => new Option(instruments[name].title ?? name, name)));
  select.value = chosen.instrument;
  select.addEventListener("change", () => sound.choose({ [voice]: { ...sound.choices[voice], instrument: select.value } }));
  const volume = make("input", { type: "range", min: 0, max: 1, step: 0.05, value: chosen.volume });
  volume.setAttribute("aria-label", `Volume of ${title}`);
  volume.addEventListener("input", () => sound.choose({ [voice]: { ...sound.choices[voice], volume: Number(volume.value) } }));
  return make("div", { className: "voice" }, make("label", { for: select.id }, title), select, volume);
}
