"""JACK's transport: what its position says of the host's song."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.events import Lead
from antiphon.stage.ports.jack.transport import LEAD_S, BarsBeats, Position, TransportReader
from antiphon.timebase import Meter

RATE, PERIOD = 48_000, 512
BARS = BarsBeats(3, 2, 960, 1920.0, 4.0, 4.0, 120.0)


def read(*positions, bpm=100.0):
    """What is told of positions a cycle apart."""
    reader = TransportReader(RATE, bpm)
    return [reader.feed(n * PERIOD / RATE, one, PERIOD) for n, one in enumerate(positions)]


@pytest.mark.parametrize(
    ("bars", "quarters", "meter"),
    [
        (BARS, 9.5, Meter(4, 4)),
        (replace(BARS, beats_per_bar=6.0, beat_type=8.0), 6.75, Meter(6, 8)),
        (replace(BARS, beats_per_bar=3.0), 7.5, Meter(3, 4)),
        (replace(BARS, late_frames=RATE // 4), 10.0, Meter(4, 4)),
        (replace(BARS, beat_type=5.0), 7.6, None),
    ],
)
def test_a_place_in_bars_is_counted_in_quarters(bars, quarters, meter):
    assert read(Position(True, 0, bars)) == [Lead(0.0, quarters, 120.0, True, True, meter)]


def test_without_bars_the_song_begins_at_frame_0_at_our_tempo():
    assert read(Position(True, 3 * RATE)) == [Lead(0.0, 5.0, 100.0)]
    assert read(Position(True, 0, replace(BARS, beat_type=0.0))) == [Lead(0.0, 0.0, 100.0)]


@pytest.mark.parametrize("number", ["tick", "ticks_per_beat", "beats_per_bar", "beat_type", "bpm"])
@pytest.mark.parametrize("said", [float("nan"), float("inf"), float("-inf")])
def test_bars_of_no_number_are_as_good_as_none(number, said):
    assert read(Position(True, 0, replace(BARS, **{number: said}))) == [Lead(0.0, 0.0, 100.0)]


def test_a_change_is_told_at_once_and_the_rest_now_and_then():
    stopped = Position(False, 0, BARS)
    rolling = [Position(True, n * PERIOD, BARS) for n in range(6)]
    told = read(stopped, stopped, *rolling)
    assert [lead is not None for lead in told] == [True, False, True, False, True, False, True, False]
    assert [lead.rolling for lead in told if lead] == [False, True, True, True]
    assert PERIOD / RATE < LEAD_S < 2 * PERIOD / RATE


@pytest.mark.parametrize(
    "change",
    [
        {"frame": 99 * RATE},
        {"rolling": False},
        {"bars": replace(BARS, bpm=121.0)},
        {"bars": replace(BARS, beats_per_bar=3.0)},
        {"bars": None},
    ],
)
def test_every_change_is_one(change):
    first, second = Position(True, 0, BARS), Position(True, PERIOD, BARS)
    assert read(first, second)[1] is None
    assert read(first, replace(second, **change))[1] is not None


@pytest.mark.parametrize(("counts", "bpm"), [("quarters", 120.0), ("beats", 60.0)])
def test_a_tempo_in_beats_is_known_by_how_fast_they_pass(counts, bpm):
    beats_a_second = 4.0 if counts == "quarters" else 2.0
    positions = []
    for n in range(40):
        beat, rest = divmod(n * PERIOD / RATE * beats_a_second, 1)
        bars = BarsBeats(int(beat) // 6 + 1, int(beat) % 6 + 1, int(rest * 1920), 1920.0, 6.0, 8.0, 120.0)
        positions.append(Position(True, n * PERIOD, bars))
    told = [lead for lead in read(*positions) if lead]
    assert told[-1].bpm == bpm
    assert told[-1].quarters == pytest.approx(told[-1].at_s * beats_a_second / 2, abs=0.001)


def told_in_whole_ticks(bpm, cycles, begin=0.0):
    for n in range(cycles):
        quarters = begin + n * PERIOD / RATE * bpm / 60
        beat, rest = divmod(quarters, 1)
        yield Position(
            True,
            n * PERIOD,
            BarsBeats(int(beat) // 4 + 1, int(beat) % 4 + 1, int(rest * 1920), 1920.0, 4.0, 4.0, bpm),
        )


@given(st.floats(40, 240), st.floats(0, 100))
def test_whole_ticks_do_not_hide_the_frame(bpm, begin):
    told = [lead for lead in read(*told_in_whole_ticks(bpm, 200, begin)) if lead]
    off = [lead.quarters - begin - lead.at_s * bpm / 60 for lead in told]
    a_tick = 1 / 1920
    assert all(-1.01 * a_tick < place < 1e-6 for place in off)
    assert off[-1] >= off[0] - 1e-6


def test_after_half_a_second_the_place_is_right_to_the_frame():
    told = [lead for lead in read(*told_in_whole_ticks(120.0, 100)) if lead]
    a_frame = 2 / RATE
    assert all(abs(lead.quarters - lead.at_s * 2) < a_frame for lead in told if lead.at_s > 0.5)


def test_a_tempo_that_is_told_wrong_does_not_carry_the_place_away():
    positions = [replace(one, bars=replace(one.bars, bpm=119.0)) for one in told_in_whole_ticks(120.0, 400)]
    told = [lead for lead in read(*positions) if lead]
    assert all(abs(lead.quarters - lead.at_s * 2) <= 1.01 / 1920 for lead in told)
