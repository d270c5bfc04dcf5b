// The line that says what goes on: state, place in the bars, key, tempo, meter, model, lateness, take.

import { byId, say } from "./dom.js";
import { placeAt } from "./roll_view.js";

const LEADERS = { internal: "Antiphon leads", midi: "MIDI clock leads", link: "Link leads", jack: "JACK leads" };
const SILENT_PLACE = "–";

export class StatusLine {
  #state = {};
  #music;
  #nowS;
  #beats = 0;

  constructor(music, nowS) {
    this.#music = music;
    this.#nowS = nowS;
    setInterval(() => this.#showPlace(), 50);
  }

  hear(state) {
    this.#state = state;
    const { bpm, leader, meter, key, model, lateness_p99_ms: late } = state;
    document.body.dataset.state = state.state;
    say(byId("state"), state.state === "waiting" ? "waiting for the clock" : state.state);
    say(byId("key"), key ? `${key}${sureness(state.key_sure)}` : SILENT_PLACE);
    say(byId("tempo"), `${bpm.toFixed(1)} bpm`);
    say(byId("leader"), LEADERS[leader] ?? leader ?? "");
    say(byId("meter"), meter ?? SILENT_PLACE);
    say(byId("model"), model ?? SILENT_PLACE);
    say(byId("lateness"), late === null || late === undefined ? SILENT_PLACE : `${late.toFixed(1)} ms`);
    this.#showTake(state);
  }

  // The take's light is a word, too: colour alone says nothing to some.
  #showTake({ take, recording, trouble }) {
    say(byId("recording"), recording ? "● recording" : "not recording");
    byId("recording")?.classList.toggle("on", Boolean(recording));
    say(byId("take"), trouble ?? take?.replace(/\.mid$/, "") ?? "");
  }

  #showPlace() {
    const nowS = this.#nowS();
    const place = nowS === null || !this.#state.grid ? null : placeAt(this.#music.grids, nowS);
    say(byId("place"), place ? `${place.bar}.${place.beat}` : SILENT_PLACE);
    if (place) this.#showBeats(place);
  }

  #showBeats({ beat, beats }) {
    const root = byId("beats");
    if (!root) return;
    if (beats !== this.#beats) root.replaceChildren(...Array.from({ length: beats }, () => document.createElement("i")));
    this.#beats = beats;
    [...root.children].forEach((dot, index) => dot.classList.toggle("on", index === beat - 1));
  }
}

function sureness(sure) {
  return sure === null || sure === undefined ? "" : ` · ${Math.round(sure * 100)} %`;
}
