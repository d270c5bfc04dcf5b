"""The next pitch, with lengths and rests summed out."""

import math
from collections.abc import Sequence

import numpy as np
import pytest

from antiphon.compose.event_grid import SIXTEENTHS
from antiphon.compose.events_model import EventModel
from antiphon.compose.memory.memory import Memory
from antiphon.compose.model import Model
from antiphon.compose.place import NO_BARS, Bars
from antiphon.compose.symbols import END, HOLD, Vocabulary
from antiphon_training.score.memory_weights import UNTRIED, Tune
from antiphon_training.score.pitch_bits import Listener, collection_of
from fakes import random_event_weights

WORDS = Vocabulary(("60", "62", "/", "_", "r"))
C, D, _, HELD, RESTS = range(5)


class Told(Model):
    """Says what it was told to after a pitch, a rest and the beginning; 60, 62, /, _ and r in this order."""

    def __init__(self, note: Sequence[float], rest: Sequence[float], begin: Sequence[float]) -> None:
        self._of = {END: begin, "60": note, "62": note, "r": rest}
        self._last = END

    def reset(self, bars: Bars = NO_BARS) -> None:  # noqa: ARG002 - it knows no bars
        self._last = END

    def hear(self, symbol_id: int) -> None:
        symbol = WORDS.symbols[symbol_id]
        self._last = self._last if symbol == HOLD else symbol

    def expected(self) -> np.ndarray:
        return np.array(self._of[self._last])


BEGIN = [0.75, 0.25, 0.0, 0.0, 0.0]


def test_lengths_are_summed_out_and_the_end_of_the_song_does_not_count() -> None:
    model = Told([0.3, 0.1, 0.1, 0.5, 0.0], BEGIN, BEGIN)
    listener = Listener(model, None, WORDS)
    listener.begin(Tune([], NO_BARS))
    assert listener.next_pitches() == pytest.approx([0.75, 0.25, 0, 0, 0])
    listener.hear(C)
    assert listener.next_pitches() == pytest.approx([0.75, 0.25, 0, 0, 0])


def test_a_note_may_come_after_a_rest() -> None:
    model = Told([0.25, 0.0, 0.0, 0.5, 0.25], [0.0, 0.5, 0.0, 0.5, 0.0], BEGIN)
    listener = Listener(model, None, WORDS)
    listener.begin(Tune([], NO_BARS))
    listener.hear(D)
    assert listener.next_pitches() == pytest.approx([0.5, 0.5, 0, 0, 0], abs=0.01)


def test_a_song_costs_the_bits_of_its_notes_alone() -> None:
    model = Told([0.25, 0.25, 0.0, 0.5, 0.0], BEGIN, BEGIN)
    found = Listener(model, None, WORDS).bits(Tune([C, HELD, HELD, RESTS, D, HELD], NO_BARS))
    assert found == pytest.approx([-math.log2(0.75), 1.0])


def test_to_ask_changes_nothing_of_a_network_and_its_memory() -> None:
    heard = [C, HELD, D, HELD, RESTS, C, HELD, D]

    def listener() -> Listener:
        model = EventModel(random_event_weights(len(WORDS)), WORDS.id(HOLD), WORDS.id(END), SIXTEENTHS)
        found = Listener(model, Memory(UNTRIED, len(WORDS), HELD), WORDS)
        found.begin(Tune([], Bars("2/4")))
        return found

    asked, silent = listener(), listener()
    for symbol_id in heard:
        asked.next_pitches()
        asked.hear(symbol_id)
        silent.hear(symbol_id)
    following = asked.next_pitches()
    assert following.tolist() == silent.next_pitches().tolist()
    assert following.sum() == pytest.approx(1)
    assert following[[HELD, RESTS]].tolist() == [0, 0]


@pytest.mark.parametrize(
    ("source", "collection"),
    [
        ("europa/elsass/elsass01.krn", "elsass"),
        ("kinder0.abc#12", "kinder"),
        ("lot.abc#1", "lot"),
    ],
)
def test_a_collection_is_a_folder_or_a_file(source: str, collection: str) -> None:
    assert collection_of(source) == collection
