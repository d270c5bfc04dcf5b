// The offset between this page's clock and the daemon's, from pings. Knows no socket and no page.
// All moments are seconds; "page" is performance.now() / 1000, "daemon" the daemon's monotonic clock.

const KEPT = 31;

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export class ClockOffset {
  #pings = [];

  /** A ping left at `sentS`, the daemon answered at `daemonS` of its clock, the answer came at `receivedS`. */
  answered(sentS, receivedS, daemonS) {
    const offsetS = daemonS - (sentS + receivedS) / 2;
    this.#pings.push({ roundTripS: receivedS - sentS, offsetS });
    this.#pings.splice(0, this.#pings.length - KEPT);
  }

  /** Another daemon may answer from now on, with another clock. */
  forget() {
    this.#pings = [];
  }

  get known() {
    return this.#pings.length > 0;
  }

  /** The median of the quicker half: a slow ping says little about the moment at which it was answered. */
  get offsetS() {
    const quick = [...this.#pings].sort((a, b) => a.roundTripS - b.roundTripS);
    const half = quick.slice(0, Math.ceil(quick.length / 2));
    return half.length ? median(half.map((ping) => ping.offsetS)) : 0;
  }

  toDaemon(pageS) {
    return pageS + this.offsetS;
  }

  toPage(daemonS) {
    return daemonS - this.offsetS;
  }
}
