"""The bars of a phrase are heard: the model says how likely the phrase is at each place in the bar.

What is heard counts once it is committed.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from antiphon.compose.place import Bars
from antiphon.events import GridNote, PlayedNote, melody_of
from antiphon.listen.accompaniment import accompanied
from antiphon.listen.bars import BarBelief, accents, believed, certain, expected, on_beats, places
from antiphon.listen.repertoire import HEARD_METERS, BarPlace, places_apart
from antiphon.perform.answer.programs import Programs
from antiphon.perform.answer.transcribe import Transcription
from antiphon.perform.settings import HEARD, TempoSettings
from antiphon.perform.transport import Transport
from antiphon.slices import Sliced
from antiphon.timebase import Grid, Meter

# Two bars of 2/4 are one of 4/4: both are asked, and 4/4 is what is heard.
_DOUBLE, _HALF = Meter(4, 4), Meter(2, 4)
# Of a phrase longer than this, in notes, only the beginning is asked about.
_MOST_NOTES = 48


@dataclass(frozen=True, slots=True)
class HeardBars:
    """A phrase in its bars, and what is believed of them; None where they were not asked about."""

    transcription: Transcription
    belief: BarBelief | None = None

    @property
    def sure(self) -> float | None:
        """The probability of the place that was chosen."""
        return None if self.belief is None else self.belief.chances[self.belief.best]


class BarHearing:
    """Hears the bars of one phrase after another; `known` is where they were when the session began."""

    def __init__(self, tempo: TempoSettings, programs: Programs, known: Transport | None) -> None:
        self._programs = programs
        steps = programs.steps_per_quarter
        self._belief = None if known is None else certain(known.meter, steps)
        self.set(tempo)

    def set(self, tempo: TempoSettings) -> None:
        """Other settings, from the next phrase on. The meters stay those that the session began with."""
        self._tempo = tempo

    @property
    def hears_meter(self) -> bool:
        """Whether the meter is heard, where nobody leads."""
        return self._tempo.downbeat == self._tempo.meter == HEARD and self._programs.knows_bars

    def hear(
        self,
        played: Sequence[PlayedNote],
        phrase: Transcription,
        before: Grid,
        used_steps: int,
        follows: bool,
    ) -> Sliced[HeardBars]:
        """Move the bars of a phrase to where they are heard, in small parts.

        before       the grid that held while it was played
        used_steps   the phrase does not begin before this step
        follows      whether the player sets the tempo
        """
        meters = self._meters(phrase.transport.meter)
        if self._tempo.downbeat != HEARD or not meters or not self._programs.knows_bars:
            return HeardBars(phrase)
        first = phrase.notes[0].onset_steps
        steps = self._programs.steps_per_quarter
        melody = melody_of(played)
        first_s = min(note.onset_s for note in melody)
        on_old_grid = _nearest(before.steps_at(first_s), first, places_apart(steps))
        options = places(meters, first, steps)
        prior = expected(self._belief, options, on_old_grid, follows, self._programs.repertoire)
        yield
        said = yield from self._said(options, phrase)
        loud = accents(options, phrase.notes, melody)
        beside = accompanied(options, phrase.notes, played)
        on_beat = on_beats(options, phrase.notes) if follows else dict.fromkeys(options, 0.0)
        heard = {place: loud[place] + beside[place] + on_beat[place] for place in options}
        chances = believed(prior, said, heard)
        best = BarBelief(chances, 0).best
        yield
        moved = _moved(phrase, best, on_old_grid, used_steps)
        return HeardBars(moved, BarBelief(chances, moved.notes[0].onset_steps))

    def keep(
        self, played: Sequence[PlayedNote], phrase: Transcription, before: Grid, used_steps: int
    ) -> HeardBars:
        """The bars go on from the grid before: the player was counted in."""
        first, steps = phrase.notes[0].onset_steps, phrase.transport.grid.steps_per_quarter
        first_s = min(note.onset_s for note in played)
        on_old_grid = _nearest(before.steps_at(first_s), first, places_apart(steps))
        meter = phrase.transport.meter
        place = BarPlace(meter, on_old_grid % phrase.transport.bar_steps, steps)
        moved = _moved(phrase, place, on_old_grid, used_steps)
        return HeardBars(moved, certain(meter, place.steps, moved.notes[0].onset_steps, steps))

    def commit(self, heard: HeardBars) -> None:
        """The answer to this phrase sounds: its bars stay."""
        if heard.belief is not None:
            self._belief = heard.belief

    def _meters(self, now: Meter) -> tuple[Meter, ...]:
        """Those to choose from; none where the model knows none of them."""
        if self._tempo.meter == HEARD:
            return tuple(HEARD_METERS)
        return (now,) if Bars(str(now)).steps else ()

    def _said(self, options: Sequence[BarPlace], phrase: Transcription) -> Sliced[dict[BarPlace, float]]:
        """What the model says of each place: natural logarithms."""
        doubles = [place for place in options if self._tempo.meter == HEARD and place.meter == _DOUBLE]
        asked = [*options, *dict.fromkeys(map(_half, doubles))]
        bars = [Bars.begun_at(place.meter, place.steps, place.steps_per_quarter) for place in asked]
        found = yield from self._programs.log_likelihoods(phrase, bars, _MOST_NOTES)
        said = dict(zip(asked, found, strict=True))
        return {place: _either(place, said) for place in options}


def _half(place: BarPlace) -> BarPlace:
    """The place in 2/4 of one in 4/4."""
    half = replace(place, meter=_HALF)
    return replace(half, steps=place.steps % half.bar_steps)


def _either(place: BarPlace, said: dict[BarPlace, float]) -> float:
    half = _half(place)
    if place.meter != _DOUBLE or half not in said:
        return said[place]
    one, other = said[place], said[half]
    return max(one, other) + math.log((1 + math.exp(-abs(one - other))) / 2)


def _nearest(steps: float, like: int, apart: int) -> int:
    """The nearest step that is an eighth, or between two eighths, as another one is."""
    return like % apart + apart * round((steps - like % apart) / apart)


def _moved(phrase: Transcription, place: BarPlace, on_old_grid: int, used_steps: int) -> Transcription:
    """The same notes at the same moments, in bars that place the first one so."""
    first = phrase.notes[0].onset_steps
    bar = place.bar_steps
    lowest = max(used_steps, 0)
    target = on_old_grid + (place.steps - on_old_grid + bar // 2) % bar - bar // 2
    if target < lowest:
        target = lowest + (place.steps - lowest) % bar
    shift, grid = target - first, phrase.transport.grid
    if shift == 0 and place.meter == phrase.transport.meter:
        return phrase
    notes = tuple(GridNote(n.onset_steps + shift, n.duration_steps, n.pitch) for n in phrase.notes)
    moved = replace(grid, origin_s=grid.origin_s - shift * grid.step_s)
    return replace(phrase, notes=notes, transport=Transport(moved, place.meter))
