import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.events import NoteOff, NoteOn, PlayedNote, Timed
from antiphon.listen.heard import InputSettings
from antiphon.listen.phrase import MOST_NOTES, PhraseListener, PhraseSettings

BEAT_S = 0.5


def listener(*events, listened=None, **settings):
    made = PhraseListener(PhraseSettings(**settings), listened or InputSettings())
    for at_s, event in events:
        made.receive(Timed(at_s, event))
    return made


def test_nothing_played_never_ends():
    assert listener().ends_at_s(BEAT_S) is None
    assert listener((1.0, NoteOff(60))).ends_at_s(BEAT_S) is None


def test_it_ends_after_silence_in_beats():
    played = listener((1.0, NoteOn(60, 70)), (1.4, NoteOff(60)), silence_beats=2.0)
    assert played.ends_at_s(BEAT_S) == pytest.approx(2.4)
    assert played.finish(2.4) == (PlayedNote(60, 70, 1.0, 1.4),)
    assert played.empty


def test_asked_again_it_knows_another_note_tempo_and_setting():
    played = listener((1.0, NoteOn(60)), (1.45, NoteOff(60)), (1.5, NoteOn(62)), (1.95, NoteOff(62)))
    for beat_s in (0.5, 0.6, 0.5):
        assert played.ends_at_s(beat_s) == pytest.approx(1.95 + beat_s)
    played.set(PhraseSettings(silence_beats=3.0), InputSettings())
    assert played.ends_at_s(0.5) == pytest.approx(1.95 + 1.5)
    played.receive(Timed(2.0, NoteOn(64)))
    played.receive(Timed(2.4, NoteOff(64)))
    assert played.ends_at_s(0.5) == pytest.approx(2.4 + 1.5)
    played.resume(played.finish(4.0))
    assert played.ends_at_s(0.5) == pytest.approx(2.4 + 1.5)


def test_a_held_key_keeps_it_open_until_the_longest_phrase():
    played = listener((1.0, NoteOn(60)), (1.2, NoteOn(64)), (1.4, NoteOff(64)), max_beats=16)
    assert played.ends_at_s(BEAT_S) == pytest.approx(9.0)
    assert [(n.pitch, n.release_s) for n in played.finish(9.0)] == [(60, 9.0), (64, 1.4)]


def test_a_key_struck_twice_is_two_notes():
    played = listener((1.0, NoteOn(60)), (1.5, NoteOn(60)), (2.0, NoteOff(60)))
    assert [(n.onset_s, n.release_s) for n in played.finish(3.0)] == [(1.0, 1.5), (1.5, 2.0)]


def test_channels_are_apart():
    played = listener((1.0, NoteOn(60, channel=0)), (1.5, NoteOff(60, channel=1)))
    assert played.ends_at_s(BEAT_S) == pytest.approx(1.0 + 64 * BEAT_S)


def test_a_release_after_the_end_is_nobodys():
    played = listener((1.0, NoteOn(60)), max_beats=1)
    played.finish(1.5)
    played.receive(Timed(1.7, NoteOff(60)))
    assert played.empty
    assert played.ends_at_s(BEAT_S) is None


def test_a_pause_is_taken_up_again():
    played = listener((1.0, NoteOn(60)), (1.4, NoteOff(60)))
    first = played.finish(1.9)
    assert played.resumable
    played.resume(first)
    played.receive(Timed(2.0, NoteOn(62)))
    played.receive(Timed(2.4, NoteOff(62)))
    assert [n.pitch for n in played.finish(2.9)] == [60, 62]


def test_the_pedal_holds_what_is_released_and_lets_go_of_it():
    played = listener((1.0, NoteOn(60)), (1.1, NoteOn(64)))
    played.pedal(1.2, 0, down=True)
    played.receive(Timed(1.3, NoteOff(60)))
    played.receive(Timed(1.4, NoteOff(64, channel=1)))
    assert played.ends_at_s(BEAT_S) == pytest.approx(1.0 + 64 * BEAT_S)
    played.pedal(2.0, 0, down=False)
    played.receive(Timed(2.5, NoteOff(64)))
    assert [(n.pitch, n.release_s) for n in played.finish(4.0)] == [(60, 2.0), (64, 2.5)]


def test_a_key_struck_again_under_the_pedal_is_two_notes_and_stays_down():
    played = listener((1.0, NoteOn(60)))
    played.pedal(1.0, 0, down=True)
    for at_s, event in ((1.2, NoteOff(60)), (1.5, NoteOn(60))):
        played.receive(Timed(at_s, event))
    played.pedal(2.0, 0, down=False)
    assert [(n.onset_s, n.release_s) for n in played.finish(3.0)] == [(1.0, 1.5), (1.5, 3.0)]


def test_a_pedal_lifted_that_was_not_down_does_nothing():
    played = listener((1.0, NoteOn(60)))
    played.pedal(1.5, 0, down=False)
    assert played.finish(2.0)[0].release_s == 2.0


@given(
    st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.integers(58, 62), st.integers(0, 1)), max_size=40)
)
def test_every_note_on_is_one_note_of_the_phrase(steps):
    played, at_s, ons = PhraseListener(PhraseSettings(), InputSettings(min_ms=0)), 0.0, 0
    for wait_s, is_on, pitch, channel in steps:
        at_s += wait_s
        ons += is_on
        event = NoteOn(pitch, channel=channel) if is_on else NoteOff(pitch, channel)
        played.receive(Timed(at_s, event))
    notes = played.finish(at_s)
    assert len(notes) == ons
    assert all(note.release_s >= note.onset_s for note in notes)
    assert [n.onset_s for n in notes] == sorted(n.onset_s for n in notes)


def test_beyond_what_anybody_plays_nothing_is_kept():
    heard = PhraseListener(PhraseSettings(), InputSettings(min_ms=0))
    for place in range(MOST_NOTES + 100):
        heard.receive(Timed(place / 1e4, NoteOn(place % 128)))
    assert len(heard.so_far(2.0)) == MOST_NOTES
    phrase = heard.finish(2.0)
    heard.receive(Timed(3.0, NoteOn(60)))
    heard.receive(Timed(3.1, NoteOff(60)))
    heard.resume(phrase)
    assert len(heard.finish(4.0)) == MOST_NOTES


def test_a_phrase_as_long_as_may_be_cannot_be_resumed():
    heard = PhraseListener(PhraseSettings(max_beats=4.0))
    heard.receive(Timed(0.0, NoteOn(60)))
    assert heard.ends_at_s(0.5) == 2.0
    heard.finish(2.0)
    assert not heard.resumable
    heard.receive(Timed(2.1, NoteOn(62)))
    assert [note.pitch for note in heard.so_far(2.2)] == [62]
    assert heard.ends_at_s(0.5) == pytest.approx(4.1)


def test_more_than_is_kept_keeps_the_phrase_open():
    heard = PhraseListener(PhraseSettings())
    for place in range(2 * MOST_NOTES):
        heard.receive(Timed(place / 100, NoteOn(60)))
        heard.receive(Timed(place / 100 + 0.001, NoteOff(60)))
    assert heard.ends_at_s(10.0) == pytest.approx(2 * MOST_NOTES / 100 + 10, abs=0.02)


def test_notes_outside_the_range_neither_belong_to_it_nor_keep_it_open():
    played = listener((0.5, NoteOn(40)), listened=InputSettings(lowest_note=60))
    assert played.empty
    for at_s, event in ((1.0, NoteOn(72)), (1.1, NoteOn(45)), (1.5, NoteOff(72))):
        played.receive(Timed(at_s, event))
    assert played.ends_at_s(BEAT_S) == pytest.approx(1.5 + BEAT_S)
    assert [note.pitch for note in played.finish(2.0)] == [72]


def test_another_range_holds_from_the_next_note_on():
    played = listener((1.0, NoteOn(72)))
    played.set(PhraseSettings(), InputSettings(lowest_note=80))
    for at_s, event in ((1.4, NoteOff(72)), (1.4, NoteOn(74)), (1.8, NoteOff(74))):
        played.receive(Timed(at_s, event))
    assert [(note.pitch, note.release_s) for note in played.finish(2.0)] == [(72, 1.4)]


@pytest.mark.parametrize("master", [0, 15])
def test_the_pedal_of_an_mpe_master_channel_holds_the_notes_of_all_channels(master):
    played = listener()
    played.pedal(1.0, master, down=True)
    for channel in (1, 2, 14):
        played.receive(Timed(1.0, NoteOn(60 + channel, channel=channel)))
        played.receive(Timed(1.2, NoteOff(60 + channel, channel)))
    assert played.ends_at_s(BEAT_S) == pytest.approx(1.0 + 64 * BEAT_S)
    played.pedal(2.0, master, down=False)
    assert {note.release_s for note in played.finish(3.0)} == {2.0}


def test_where_notes_come_on_channel_1_its_pedal_holds_only_those():
    played = listener((0.5, NoteOn(50)), (0.9, NoteOff(50)))
    played.pedal(1.0, 0, down=True)
    for channel in (0, 1):
        played.receive(Timed(1.0, NoteOn(60, channel=channel)))
        played.receive(Timed(1.2, NoteOff(60, channel)))
    played.pedal(2.0, 0, down=False)
    assert sorted(note.release_s for note in played.finish(3.0)) == [0.9, 1.2, 2.0]


def test_the_pedal_of_another_channel_holds_only_its_own_notes():
    played = listener()
    played.pedal(1.0, 5, down=True)
    for at_s, event in ((1.0, NoteOn(60, channel=6)), (1.2, NoteOff(60, 6))):
        played.receive(Timed(at_s, event))
    assert played.finish(3.0)[0].release_s == 1.2


def test_a_phrase_that_is_nearly_too_long_can_go_on_with_its_newest_half():
    keys = [(at, NoteOn(60 + at)) for at in range(8)] + [(at + 0.9, NoteOff(60 + at)) for at in range(8)]
    played = listener(*sorted(keys, key=lambda one: one[0]), max_beats=20.0)
    assert played.trim(6.0, BEAT_S) is None
    assert played.trim(7.9, BEAT_S) == 3.0
    assert [note.pitch for note in played.so_far(8.0)] == [63, 64, 65, 66, 67]
    assert played.begins_s == 3.0


def test_of_a_phrase_without_a_newest_half_nothing_is_taken_away():
    played = listener((0.0, NoteOn(60)), (0.9, NoteOff(60)), max_beats=20.0, silence_beats=32.0)
    assert played.trim(9.0, BEAT_S) is None
    assert played.so_far(9.0)
    assert listener().trim(9.0, BEAT_S) is None
