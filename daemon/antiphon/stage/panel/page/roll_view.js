// Where things are on the roll: which moments and pitches it shows, and where bars and beats are.
// Arithmetic only. Moments are seconds of the daemon's clock.

const LEAST_PITCHES = 20;

/** The moments at the left and right edge: so many bars back, and ahead as far as the plan goes. */
export function timeWindow(nowS, planEndsS, grid, width) {
  const barS = grid ? grid.quarterS * grid.quartersABar : 2;
  const bars = width < 600 ? 2 : 4;
  const ahead = Math.max(bars * barS, (planEndsS ?? nowS) - nowS + barS / 4);
  return { fromS: nowS - bars * barS, toS: nowS + ahead };
}

/** The window on its way from `shown` to `wanted`, so that it widens within about half a second. */
export function eased(shown, wanted, elapsedS) {
  const share = 1 - Math.exp(-elapsedS * 6);
  return Math.abs(wanted - shown) < 0.001 ? wanted : shown + (wanted - shown) * share;
}

/** The lowest and the highest pitch to show, at least an octave and a half; `before` is kept while it fits. */
export function pitchRange(pitches, before) {
  if (!pitches.length) return before ?? { low: 55, high: 79 };
  let low = Math.min(...pitches) - 2;
  let high = Math.max(...pitches) + 2;
  const room = LEAST_PITCHES - (high - low);
  if (room > 0) [low, high] = [low - Math.floor(room / 2), high + Math.ceil(room / 2)];
  const fits = before && before.low <= low + 2 && before.high >= high - 2 && before.high - before.low <= high - low + 12;
  return fits ? before : { low, high };
}

/** Bar lines and beats between two moments: [{atS, bar, beat}], beats counted from 1. */
export function beatLines(grids, fromS, toS) {
  return grids.flatMap((grid, index) => {
    const next = grids[index + 1];
    const untilS = next ? Math.min(toS, next.sinceS - 0.01) : toS;
    const lines = linesOf(grid, Math.max(fromS, grid.sinceS), untilS);
    // Where a slower grid took over, the one before would count the same bar once more.
    return next ? lines.filter((line) => line.bar < next.bar) : lines;
  });
}

function linesOf(grid, fromS, untilS) {
  const beatS = grid.quarterS * grid.beatQuarters;
  const beats = Math.round(grid.quartersABar / grid.beatQuarters);
  if (!(beatS > 0.02) || beats < 1) return [];
  const lines = [];
  for (let number = Math.ceil((fromS - grid.barBeginsS) / beatS - 1e-6); ; number += 1) {
    const atS = grid.barBeginsS + number * beatS;
    if (atS > untilS) return lines;
    const bars = Math.floor(number / beats);
    lines.push({ atS, bar: grid.bar + bars, beat: number - bars * beats + 1 });
  }
}

/** The bar and beat of a moment, both counted from 1; null while no bars are counted. */
export function placeAt(grids, atS) {
  const grid = grids.findLast((one) => one.sinceS <= atS) ?? null;
  if (!grid) return null;
  const beats = Math.round(grid.quartersABar / grid.beatQuarters);
  const number = Math.floor((atS - grid.barBeginsS) / (grid.quarterS * grid.beatQuarters) + 1e-6);
  const bars = Math.floor(number / beats);
  return { bar: grid.bar + bars, beat: number - bars * beats + 1, beats };
}
