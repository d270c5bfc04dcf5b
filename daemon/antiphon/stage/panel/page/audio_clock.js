// Which moment of an AudioContext is which moment of the page. Knows no AudioContext.

const WINDOW_S = 4;

/**
 * The clock of an AudioContext moves on in blocks, so a reading is up to a block behind, never ahead. The
 * reading of the last seconds that is furthest ahead is the nearest to the truth.
 */
export class AudioClock {
  #readings = [];

  read(pageS, contextS) {
    this.#readings = this.#readings.filter((one) => one.pageS > pageS - WINDOW_S);
    this.#readings.push({ pageS, aheadS: contextS - pageS });
  }

  /** The context was suspended: its clock stood still. */
  forget() {
    this.#readings = [];
  }

  get known() {
    return this.#readings.length > 0;
  }

  toContext(pageS) {
    return pageS + Math.max(...this.#readings.map((one) => one.aheadS));
  }
}
