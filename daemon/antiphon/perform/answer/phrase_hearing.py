"""A phrase is heard: its notes on the grid, its key and bars, its chords, and the player's feel.

What is heard counts once it is committed.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from antiphon.events import PlayedNote, melody_of
from antiphon.harmony.theory import ChordTable
from antiphon.listen import feel
from antiphon.listen.feel import Feel, HeardFeel
from antiphon.listen.feel_grid import FeelGrid
from antiphon.listen.harmony import chords
from antiphon.perform.answer.bar_hearing import BarHearing, HeardBars
from antiphon.perform.answer.programs import Programs
from antiphon.perform.answer.transcribe import Transcriber, Transcription
from antiphon.perform.answer_reports import ChordsHeard, NamedChord
from antiphon.perform.settings import SessionSettings
from antiphon.perform.transport import Transport
from antiphon.slices import Sliced

# The bars of a phrase are those of the grid; or those that were counted in, at the player's tempo; or the
# player's.
BarsBy = Literal["grid", "count-in", "player"]


class PhraseHearing:
    """Hears phrase after phrase; `known` is where the bars were when the session began."""

    def __init__(self, settings: SessionSettings, programs: Programs, known: Transport | None = None) -> None:
        self._transcriber = Transcriber(settings.phrase.voice, settings.key)
        self._bars = BarHearing(settings.tempo, programs, known)
        self._feel, self._programs = Feel(), programs

    @property
    def chord_table(self) -> ChordTable:
        """What is known of chords."""
        return self._programs.chord_table

    @property
    def used_steps(self) -> int:
        """A later phrase does not begin before this step."""
        return self._transcriber.used_steps

    def set(self, settings: SessionSettings) -> None:
        """Other settings, from the next phrase on."""
        self._transcriber.set(settings.phrase.voice, settings.key)
        self._bars.set(settings.tempo)

    def hear(
        self, phrase: Sequence[PlayedNote], before: Transport, follows: bool, bars_by: BarsBy
    ) -> Sliced[tuple[HeardBars, HeardFeel]]:
        """Transcribe a phrase in small parts, and what is known of the player's feel with it.

        `before` holds until it is over; `follows` says whether the player sets the tempo.
        """
        counted_in, used = bars_by == "count-in", self.used_steps
        meter_heard = bars_by == "player" and self._bars.hears_meter
        melody = melody_of(phrase)
        transcription = yield from self._transcriber.transcribe(
            melody, before, follows, meter_heard, counted_in
        )
        bars = HeardBars(transcription)
        if counted_in:
            bars = self._bars.keep(melody, transcription, before.grid, used)
        elif bars_by == "player":
            bars = yield from self._bars.hear(phrase, transcription, before.grid, used, follows)
        bars = yield from _with_chords(bars, phrase, self._programs.chord_table)
        return bars, (yield from self._felt(melody, bars.transcription, follows))

    def _felt(self, phrase: Sequence[PlayedNote], heard: Transcription, follows: bool) -> Sliced[HeardFeel]:
        grid = heard.transport.grid
        notes = yield from feel.matched(heard.notes, phrase, grid.step_s)
        places = FeelGrid.of(grid, heard.transport.meter)
        return (yield from feel.hear(self._feel, notes, places, grid, follows))

    def commit(self, heard: HeardBars, known: Feel, answer_steps: int) -> None:
        """The answer to this phrase sounds, from a step on: from now on the phrase counts."""
        self._transcriber.commit(heard.transcription, answer_steps)
        self._bars.commit(heard)
        self._feel = known


def _with_chords(bars: HeardBars, phrase: Sequence[PlayedNote], table: ChordTable) -> Sliced[HeardBars]:
    """The chords that were played with the melody, in its bars."""
    heard = bars.transcription
    by_hand, transport = heard.tracker.by_hand, heard.transport
    keys = heard.tracker.chances if by_hand is None else {by_hand: 1.0}
    found = yield from chords.hear(
        heard.notes, phrase, transport.meter, transport.grid.steps_per_quarter, keys, table
    )
    return bars if found is None else replace(bars, transcription=replace(heard, chords=found))


def chords_heard(heard: Transcription, at_s: float) -> ChordsHeard | None:
    """What is reported of the chords of a phrase that was over at a moment."""
    if heard.chords is None:
        return None
    grid, found = heard.transport.grid, heard.chords

    def moment_s(quarter: float) -> float:
        return grid.time_s(grid.steps_of_beats(quarter))

    starts = [start for start, _ in found.progression.chords]
    named = zip(starts, found.names, strict=True)
    named_chords = tuple(NamedChord(moment_s(start), name) for start, name in named)
    return ChordsHeard(at_s, named_chords, moment_s(found.progression.ends))
