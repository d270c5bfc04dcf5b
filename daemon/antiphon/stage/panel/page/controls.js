// Knobs, choices and buttons: each shows what is in force, also where another one changed it, and asks for another value.

import { BUTTONS, CHOICES, KNOBS } from "./control_table.js";
import { byId, make, say } from "./dom.js";

const SEND_EVERY_MS = 50;
const HELD_MS = 400; // what is told about a knob that is being turned here is older than the hand

export class Controls {
  #connection;
  #learn;
  #knobs = new Map();
  #choices = new Map();

  constructor(connection, learn) {
    this.#connection = connection;
    this.#learn = learn;
    byId("knobs").append(...KNOBS.map((row) => this.#knob(row)));
    byId("choices").append(...CHOICES.map((row) => this.#choice(row)));
    byId("buttons").append(...BUTTONS.map((row) => this.#button(row)));
  }

  /** What the daemon says at the beginning: all settings, the models, and what the settings may be. */
  greet({ settings, models = [], ranges = {} }) {
    for (const { setting, choices } of CHOICES) {
      const offered = setting === "model.name" ? models : (ranges[setting]?.choices ?? choices);
      this.#offer(this.#choices.get(setting), offered);
    }
    for (const [name, value] of Object.entries(settings)) this.show(name, value);
  }

  /** A setting has another value. */
  show(name, value) {
    this.#knobs.get(name)?.show(value);
    const choice = this.#choices.get(name);
    if (!choice) return;
    if (![...choice.options].some((option) => option.value === value)) choice.add(new Option(value, value));
    choice.value = value;
  }

  /** Presses the button of a key of the computer's keyboard; whether there is one. */
  pressKey(key) {
    const row = BUTTONS.find((one) => one.key === key);
    if (row) this.#press(row);
    return Boolean(row);
  }

  #knob(row) {
    const id = `knob-${row.control}`;
    const slider = make("input", { type: "range", id, min: row.low, max: row.high, step: row.step });
    const value = make("output", { for: id });
    const knob = new Knob(row, slider, value, (wanted) => this.#set(row.setting, wanted));
    this.#knobs.set(row.setting, knob);
    const label = make("label", { for: id, title: row.setting }, row.title);
    return make("div", { className: "knob" }, label, value, this.#learn.buttonFor(row), slider);
  }

  #choice(row) {
    const id = `choice-${row.setting}`;
    const select = make("select", { id });
    this.#offer(select, row.choices);
    select.addEventListener("change", () => this.#set(row.setting, select.value));
    this.#choices.set(row.setting, select);
    const learn = row.control ? [this.#learn.buttonFor(row)] : [];
    return make("div", { className: "choice" }, make("label", { for: id, title: row.setting }, row.title), select, ...learn);
  }

  #button(row) {
    const key = make("kbd", { "aria-hidden": "true" }, row.shown);
    const button = make("button", { type: "button", title: row.help, id: `button-${row.control}` }, row.title, key);
    button.setAttribute("aria-keyshortcuts", row.key === " " ? "Space" : row.key);
    button.addEventListener("click", () => this.#press(row));
    return make("div", { className: "button" }, button, this.#learn.buttonFor(row));
  }

  #press({ control }) {
    byId(`button-${control}`).animate?.([{ filter: "brightness(1.6)" }, { filter: "none" }], 250);
    this.#connection.send({ type: "press", button: control });
    this.#connection.dispatchEvent(new CustomEvent("pressed", { detail: control }));
  }

  #set(name, value) {
    this.#connection.send({ type: "set", name, value });
  }

  #offer(select, choices) {
    const { value } = select;
    select.replaceChildren(...choices.map((one) => new Option(one, one)));
    if (choices.includes(value)) select.value = value;
  }
}

class Knob {
  #row;
  #slider;
  #output;
  #send;
  #turnedMs = -Infinity;
  #timer = null;

  constructor(row, slider, output, send) {
    this.#row = row;
    this.#slider = slider;
    this.#output = output;
    this.#send = send;
    slider.addEventListener("input", () => this.#turn());
  }

  show(value) {
    if (performance.now() - this.#turnedMs < HELD_MS) return;
    // A file may set more than the knob reaches; the slider then reaches so far, too.
    if (value > Number(this.#slider.max)) this.#slider.max = value;
    this.#slider.value = value;
    this.#write(value);
  }

  // A hand makes more steps than anybody needs to be told; the last one is always told.
  #turn() {
    this.#turnedMs = performance.now();
    this.#write(Number(this.#slider.value));
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#send(Number(this.#slider.value));
    }, SEND_EVERY_MS);
  }

  #write(value) {
    const { step, zero, unit = "" } = this.#row;
    const text = value === 0 && zero ? zero : `${step < 1 ? value.toFixed(2) : value}${unit}`;
    say(this.#output, text);
    this.#slider.setAttribute("aria-valuetext", text);
  }
}
