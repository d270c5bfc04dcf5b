// The list of takes: a small roll of each, played here, downloaded, replayed, or answered anew.

import { byId, make, say } from "./dom.js";
import { fetchJson } from "./sampler.js";
import { drawSmallRoll } from "./small_roll.js";
import { TakePlayer } from "./take_player.js";

export class Takes {
  #player;
  #settingsNow;
  #notes = new Map();
  #rows = new Map();
  #seen = new IntersectionObserver((entries) => this.#appear(entries));

  /** `settingsNow` gives the settings that a take is answered anew with. */
  constructor(sound, settingsNow) {
    this.#player = new TakePlayer(sound);
    this.#settingsNow = settingsNow;
  }

  /** Fetches the list; takes that are shown already stay as they are. */
  async refresh() {
    const { takes } = await fetchJson("takes.json").catch(() => ({ takes: [] }));
    byId("takes-none").hidden = takes.length > 0;
    const names = new Set(takes.map((take) => take.name));
    for (const name of [...this.#rows.keys()]) if (!names.has(name)) this.#forget(name);
    for (const take of takes) if (!this.#rows.get(take.name)?.dataset.whole) this.#rows.set(take.name, this.#row(take));
    byId("takes").replaceChildren(...takes.map((take) => this.#rows.get(take.name)));
  }

  stop() {
    this.#player.stop();
  }

  redraw() {
    for (const [name, row] of this.#rows) this.#draw(name, row, null);
  }

  #row(take) {
    const path = `takes/${encodeURIComponent(take.name)}`;
    const canvas = make("canvas", { role: "img", "aria-label": `The notes of ${take.name}` });
    const result = make("p", { className: "result", role: "status" });
    const play = make("button", { type: "button", "aria-label": `Play ${take.name}` }, "▶ Play");
    const replay = make("button", { type: "button", title: "Is it composed the same again?" }, "Replay");
    const anew = make("button", { type: "button", title: "Answer the same phrases with the present settings" }, "Anew");
    const download = make("a", { href: `${path}.mid`, download: `${take.name}.mid` }, "MIDI file");
    const hands = make("div", { className: "row" }, play, replay, anew, download);
    const row = make("li", {}, make("h3", {}, take.name), make("p", {}, facts(take)), canvas, hands, result);
    row.dataset.take = take.name;
    if (!take.recording) row.dataset.whole = "yes";
    play.addEventListener("click", () => this.#play(take.name, row, play));
    replay.addEventListener("click", () => this.#replay(path, {}, result));
    anew.addEventListener("click", () => this.#replay(path, this.#settingsNow(), result));
    this.#seen.observe(row);
    return row;
  }

  #forget(name) {
    this.#seen.unobserve(this.#rows.get(name));
    this.#rows.delete(name);
    this.#notes.delete(name);
  }

  async #appear(entries) {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) await this.#draw(target.dataset.take, target, null);
    }
  }

  async #notesOf(name) {
    if (!this.#notes.has(name)) this.#notes.set(name, await fetchJson(`takes/${encodeURIComponent(name)}.json`));
    return this.#notes.get(name);
  }

  async #draw(name, row, atS) {
    const notes = await this.#notesOf(name).catch(() => null);
    if (notes) drawSmallRoll(row.querySelector("canvas"), notes, atS);
  }

  async #play(name, row, button) {
    if (this.#player.playing === name) return this.#player.stop();
    const notes = await this.#notesOf(name);
    this.#player.play(name, notes, {
      moved: (atS) => drawSmallRoll(row.querySelector("canvas"), notes, atS),
      ended: () => {
        say(button, "▶ Play");
        drawSmallRoll(row.querySelector("canvas"), notes, null);
      },
    });
    say(button, "■ Stop");
  }

  async #replay(path, set, result) {
    say(result, "composing …");
    try {
      const body = JSON.stringify({ set });
      const answer = await fetchJson(`${path}/replay`, { method: "POST", body, headers: { "Content-Type": "application/json" } });
      say(result, answer.text);
      if (answer.take) this.refresh();
    } catch (trouble) {
      say(result, String(trouble.message));
    }
  }
}

function facts({ phrases, answers, seconds, model, recording, wrong }) {
  if (recording) return "being recorded";
  if (wrong) return wrong;
  const time = `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
  return `${counted(phrases, "phrase")}, ${counted(answers, "answer")} · ${time} · ${model}`;
}

function counted(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
