"""How a left hand plays its chords: what it strikes at the eighths of a bar, as in most of its bars. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean, median

from antiphon.harmony.chord import PITCH_CLASSES
from antiphon.harmony.evidence import Note
from antiphon.harmony.figure import EIGHTH, NOTHING, WHOLE, Figure, Struck
from antiphon.harmony.progression import slot_quarters
from antiphon.timebase import Meter

# Chords are broken where so many of all groups are single notes, of so many pitches in a slot on average.
_SINGLE, _PITCHES = 0.75, 2.5
_MOST_NOTES = 96
_HIGHEST = 2  # the number of the highest note of a triad

Groups = Mapping[int, Sequence[Note]]  # what begins together, by its eighth from a bar line


def heard_figure(beside: Sequence[Note], meter: Meter) -> Figure | None:
    """The figure of an accompaniment, as its last notes tell it, in order.

    None where there is no accompaniment, or a bar has no whole number of eighths.
    """
    bar, slot = meter.quarters_per_bar / EIGHTH, slot_quarters(meter) / EIGHTH
    groups = _groups(beside[-_MOST_NOTES:])
    if not groups or bar % 1 or slot % 1:
        return None
    kinds = _kinds(groups, round(slot))
    strikes = tuple(_usual(kinds, place, round(bar)) for place in range(round(bar)))
    if all(one == NOTHING for one in strikes):
        return None
    lengths = {
        kind: [note.quarters for at, notes in groups.items() if kinds[at] == kind for note in notes]
        for kind in set(kinds.values())
    }
    bass = [length for kind, found in lengths.items() if kind.bass for length in found]
    chords = [length for kind, found in lengths.items() if kind.chord is not None for length in found]
    return Figure(strikes, median(bass or chords), median(chords or bass))


def _groups(beside: Iterable[Note]) -> Groups:
    found: dict[int, list[Note]] = defaultdict(list)
    for note in beside:
        found[round(note.at / EIGHTH)].append(note)
    return dict(sorted(found.items()))


def _kinds(groups: Groups, slot: int) -> dict[int, Struck]:
    """What each group is: bass, chord, both, or a note of a broken chord."""
    pitches: dict[int, set[int]] = defaultdict(set)
    for at, notes in groups.items():
        pitches[at // slot] |= {note.pitch for note in notes}
    single = sum(len({note.pitch for note in notes}) == 1 for notes in groups.values()) / len(groups)
    broken = single >= _SINGLE and fmean(map(len, pitches.values())) >= _PITCHES
    return {at: _kind(notes, sorted(pitches[at // slot]), broken) for at, notes in groups.items()}


def _kind(group: Sequence[Note], in_slot: Sequence[int], broken: bool) -> Struck:
    """A single note, or octaves, are the bass; a chord with the lowest note of its slot has the bass, too."""
    pitches = {note.pitch for note in group}
    if broken:
        rank = in_slot.index(min(pitches)) / max(1, len(in_slot) - 1)
        return Struck(False, round(rank * _HIGHEST) if len(pitches) == 1 else WHOLE)
    if len({pitch % PITCH_CLASSES for pitch in pitches}) == 1:
        return Struck(True, None)
    return Struck(in_slot[0] in pitches, WHOLE)


def _usual(kinds: Mapping[int, Struck], place: int, bar: int) -> Struck:
    """What is struck at a place of the bar in at least half of the bars that reach it."""
    first, last = min(kinds), max(kinds)
    reached = range(first + (place - first) % bar, last + 1, bar)
    found = [kinds[at] for at in reached if at in kinds]
    return Counter(found).most_common(1)[0][0] if found and 2 * len(found) >= len(reached) else NOTHING
