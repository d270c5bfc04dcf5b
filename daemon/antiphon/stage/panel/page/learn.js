// Which MIDI control turns which knob, and learning another one: the next control that is moved is taken.

import { make, say } from "./dom.js";

export class Learn {
  #connection;
  #labels = new Map();
  #numbers = {};
  #waiting = null;

  constructor(connection) {
    this.#connection = connection;
  }

  /** The button beside a control that says its MIDI number and learns another one. */
  buttonFor({ control, title }) {
    const button = make("button", { type: "button", className: "learn" });
    button.addEventListener("click", () => this.#wait(this.#waiting === control ? null : control));
    this.#labels.set(control, { button, title });
    this.#show(control);
    return button;
  }

  /** The numbers of all controls: {name: number or null}. A control that is not named cannot be learned. */
  know(numbers) {
    this.#numbers = numbers;
    this.#showAll();
  }

  learned(name, number) {
    this.#numbers[name] = number;
    if (this.#waiting === name) this.#waiting = null;
    this.#showAll();
  }

  /** Gives up waiting; whether there was anything to give up. */
  cancel() {
    if (this.#waiting === null) return false;
    this.#wait(null);
    return true;
  }

  #wait(control) {
    this.#waiting = control;
    this.#connection.send({ type: "learn", name: control });
    this.#showAll();
  }

  #showAll() {
    for (const control of this.#labels.keys()) this.#show(control);
  }

  #show(control) {
    const { button, title } = this.#labels.get(control);
    const number = this.#numbers[control];
    const waiting = this.#waiting === control;
    button.hidden = !(control in this.#numbers);
    button.setAttribute("aria-pressed", waiting);
    button.title = waiting ? "Move a control of your keyboard" : `Learn a control for ${title}`;
    button.setAttribute("aria-label", `${title}: ${number == null ? "no MIDI control" : `MIDI control ${number}`}, learn`);
    say(button, waiting ? "move it …" : number == null ? "learn" : `CC ${number}`);
  }
}
