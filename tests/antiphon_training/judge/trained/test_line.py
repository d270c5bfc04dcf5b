"""Phrase and answer are cut, counted from their bar lines, and shortened."""

from antiphon_training.judge.trained.line import Sound, exchange_of
from toy_answers import toy_answer

EXCHANGE = exchange_of(
    toy_answer("55 _ 60 _ _ _ 62 _ r _", "64 _ _ _ 65 _ _ _ 67 _", bar_steps=4, pickup_steps=2)
)


def test_the_phrase_is_counted_from_its_first_bar_line_and_the_answer_from_its_own() -> None:
    assert EXCHANGE.phrase.notes == (Sound(-2, 2, 55), Sound(0, 4, 60), Sound(4, 2, 62))
    assert EXCHANGE.answer.notes == (Sound(0, 4, 64), Sound(4, 4, 65), Sound(8, 2, 67))
    assert (EXCHANGE.phrase.steps, EXCHANGE.answer.steps) == (8, 10)


def test_what_is_read_off_a_line() -> None:
    phrase = EXCHANGE.phrase
    assert phrase.degrees == [7, 0, 2]
    assert phrase.intervals == [5, 2]
    assert phrase.sixteenths == [2, 4, 2]
    assert phrase.sounding == 6
    assert phrase.weights == [1, 2, 2]  # in 4/16 every sixteenth is a beat


def test_bars_are_counted_each_from_its_own_line_and_the_last_may_be_short() -> None:
    bars = EXCHANGE.answer.bars()
    assert [bar.notes for bar in bars] == [(Sound(0, 4, 64),), (Sound(0, 4, 65),), (Sound(0, 2, 67),)]
    assert [bar.steps for bar in bars] == [4, 4, 2]


def test_a_note_that_goes_on_ends_where_the_answer_is_cut() -> None:
    held = exchange_of(toy_answer("60 _ _ _", "64 _ 65 _ _ _ _ _", bar_steps=4))
    assert held.first_bars(1).answer.notes == (Sound(0, 2, 64), Sound(2, 2, 65))
    assert held.first_bars(9) == held


def test_a_minor_song_counts_from_a() -> None:
    assert exchange_of(toy_answer("69 _ _ _", "72 _ _ _", key="A minor")).answer.degrees == [3]
