// The piano on the screen, for a mouse and for several fingers: sliding to the next key plays it.

const BLACK = new Set([1, 3, 6, 8, 10]);
const NAMES = ["C", "C sharp", "D", "E flat", "E", "F", "F sharp", "G", "A flat", "A", "B flat", "B"];
const LETTERS = ["A", "W", "S", "E", "D", "F", "T", "G", "Y", "H", "U", "J", "K", "O", "L", "P"];
const LEAST_WIDTH = 34; // of a white key, in CSS pixels

export class Piano {
  lowest = 60;
  #root;
  #keys;
  #fingers = new Map();

  constructor(root, keys) {
    this.#root = root;
    this.#keys = keys;
    new ResizeObserver(() => this.draw()).observe(root);
    root.addEventListener("pointerdown", (event) => this.#down(event));
    root.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
      root.addEventListener(end, (event) => this.#up(event));
    }
    keys.addEventListener("key", ({ detail }) => this.#show(detail.pitch, detail.velocity > 0));
  }

  /** Moves by octaves within what MIDI has. */
  shift(octaves) {
    this.lowest = Math.min(96, Math.max(12, this.lowest + 12 * octaves));
    this.draw();
  }

  draw() {
    const whites = Math.min(22, Math.max(8, Math.floor(this.#root.clientWidth / LEAST_WIDTH)));
    const pitches = [];
    for (let pitch = this.lowest, white = 0; white < whites && pitch < 128; pitch += 1) {
      pitches.push(pitch);
      white += BLACK.has(pitch % 12) ? 0 : 1;
    }
    let white = 0;
    this.#root.replaceChildren(
      ...pitches.map((pitch) => {
        const black = BLACK.has(pitch % 12);
        const key = keyOf(pitch, black, LETTERS[pitch - this.lowest]);
        key.style.left = `${((white - (black ? 0.3 : 0)) * 100) / whites}%`;
        key.style.width = `${((black ? 0.6 : 1) * 100) / whites}%`;
        white += black ? 0 : 1;
        return key;
      }),
    );
  }

  /** A note of an answer begins or ends. */
  light(pitch, on) {
    this.#root.querySelector(`[data-pitch="${pitch}"]`)?.classList.toggle("answered", on);
  }

  #down(event) {
    const key = event.target.closest?.("[data-pitch]");
    if (!key || event.button > 0) return;
    event.preventDefault();
    this.#root.setPointerCapture(event.pointerId);
    this.#to(event, key);
  }

  #move(event) {
    if (!this.#fingers.has(event.pointerId)) return;
    const under = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-pitch]");
    if (under && Number(under.dataset.pitch) !== this.#fingers.get(event.pointerId)) this.#to(event, under);
  }

  #to(event, key) {
    this.#up(event);
    const pitch = Number(key.dataset.pitch);
    this.#fingers.set(event.pointerId, pitch);
    this.#keys.press(pitch, velocityAt(event, key), fingerOf(event), event.timeStamp / 1000);
  }

  #up(event) {
    const pitch = this.#fingers.get(event.pointerId);
    this.#fingers.delete(event.pointerId);
    if (pitch !== undefined) this.#keys.release(pitch, fingerOf(event), event.timeStamp / 1000);
  }

  #show(pitch, on) {
    this.#root.querySelector(`[data-pitch="${pitch}"]`)?.classList.toggle("held", on);
  }
}

function fingerOf(event) {
  return `pointer ${event.pointerId}`;
}

/** Nearer to the front edge is louder, as there is no other way to say it with a finger. */
function velocityAt(event, key) {
  const box = key.getBoundingClientRect();
  const depth = Math.min(1, Math.max(0, (event.clientY - box.top) / box.height));
  return Math.round(55 + 60 * depth);
}

export function nameOf(pitch) {
  return `${NAMES[pitch % 12]} ${Math.floor(pitch / 12) - 1}`;
}

function keyOf(pitch, black, letter) {
  const key = document.createElement("div");
  key.className = black ? "black" : "white";
  key.dataset.pitch = pitch;
  key.title = letter ? `${nameOf(pitch)}, key ${letter}` : nameOf(pitch);
  key.textContent = letter ?? "";
  return key;
}
