// The keys that are held in the page, whichever of its keyboards they are played on: each press sounds at once
// and goes to the daemon with its own moment, and each is let go of exactly once.

export class PlayedKeys extends EventTarget {
  #held = new Map();
  #connection;
  #sound;

  constructor(connection, sound) {
    super();
    this.#connection = connection;
    this.#sound = sound;
  }

  /** `by` names the finger: the same pitch may be held by two, and sounds until both let go. */
  press(pitch, velocity, by, atS) {
    if (pitch < 0 || pitch > 127) return;
    const fingers = this.#held.get(pitch) ?? new Set();
    this.#held.set(pitch, fingers.add(by));
    if (fingers.size > 1) return;
    this.#sound.wake();
    this.#sound.keyDown(pitch, velocity);
    this.#tell(pitch, velocity, atS);
  }

  release(pitch, by, atS) {
    const fingers = this.#held.get(pitch);
    if (!fingers?.delete(by) || fingers.size) return;
    this.#held.delete(pitch);
    this.#sound.keyUp(pitch);
    this.#tell(pitch, 0, atS);
  }

  releaseAll(atS) {
    for (const [pitch, fingers] of [...this.#held]) for (const by of [...fingers]) this.release(pitch, by, atS);
  }

  #tell(pitch, velocity, atS) {
    const { clock } = this.#connection;
    this.#connection.send({ type: "note", pitch, velocity, at_s: clock.known ? clock.toDaemon(atS) : null });
    this.dispatchEvent(new CustomEvent("key", { detail: { pitch, velocity } }));
  }
}
