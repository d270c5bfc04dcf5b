"""What a phrase says; nothing counts before it is committed."""

import pytest

from antiphon.events import GridNote, PlayedNote
from antiphon.listen.key import Key
from antiphon.perform.answer.transcribe import Transcriber, as_heard
from antiphon.perform.transport import Transport
from antiphon.slices import finish
from antiphon.timebase import Grid, Meter

TRANSPORT = Transport(Grid(120.0, 1.0), Meter())
NOTES = (GridNote(18, 2, 60), GridNote(22, 3, 64))


def phrase(pitches, origin_s=1.0, beat_s=0.6):
    moments = [origin_s + place * beat_s for place in range(len(pitches))]
    return tuple(PlayedNote(p, 80, at_s, at_s + 0.5) for p, at_s in zip(pitches, moments, strict=True))


FIRST, SECOND = phrase([60, 62, 64, 65, 67, 69, 71, 72]), phrase([66, 69, 74, 73], 9.0)


def transcribed(transcriber, played, transport=TRANSPORT, follow=True):
    return finish(transcriber.transcribe(played, transport, follow))


def said(transcription):
    return transcription.notes, transcription.key, transcription.transport


def test_transcribing_changes_nothing():
    fresh, used = Transcriber("highest", None), Transcriber("highest", None)
    for played in (SECOND, FIRST[:3], SECOND):
        transcribed(used, played)
    assert said(transcribed(used, FIRST)) == said(transcribed(fresh, FIRST))


def test_the_tempo_of_the_phrase_is_followed_where_the_player_leads():
    transcriber = Transcriber("highest", None)
    assert transcribed(transcriber, FIRST).transport.grid.bpm == pytest.approx(100.0, abs=0.5)
    assert transcribed(transcriber, FIRST, follow=False).transport == TRANSPORT


def test_a_tempo_that_is_not_certain_is_not_followed():
    """Onsets that fit no tempo better than another leave the one there was."""
    uneven = (0.0, 0.87, 1.08, 1.2, 2.1, 2.35, 2.55)
    played = tuple(PlayedNote(60 + n, 80, 1.0 + at_s, 1.05 + at_s) for n, at_s in enumerate(uneven))
    assert transcribed(Transcriber("highest", None), played).transport == TRANSPORT


def test_a_committed_phrase_counts_for_the_key_of_the_next():
    heard_before, fresh = Transcriber("highest", None), Transcriber("highest", None)
    g_major = phrase([67, 71, 74, 78, 79, 78, 74, 71])
    first = transcribed(heard_before, g_major, follow=False)
    heard_before.commit(first, 64)
    few = phrase([60, 64], 20.0)
    assert transcribed(heard_before, few, follow=False).key == Key(7, "major")
    assert transcribed(fresh, few, follow=False).key != Key(7, "major")


def test_after_an_answer_a_phrase_is_in_a_later_bar():
    transcriber = Transcriber("highest", None)
    first = transcribed(transcriber, FIRST)
    transcriber.commit(first, 48)
    # By the grid of 120 bpm this phrase begins in the bar in which the answer began.
    again = transcribed(transcriber, phrase([60, 62, 64, 65, 67, 69, 71, 72], 7.0))
    assert again.notes[0].onset_steps >= 64


def test_a_key_by_hand_holds_also_when_it_is_set_between():
    transcriber = Transcriber("highest", None)
    first = transcribed(transcriber, FIRST)
    transcriber.set("highest", Key(5, "major"))
    transcriber.commit(first, 32)
    assert transcribed(transcriber, SECOND).key == Key(5, "major")


def test_a_phrase_is_heard_from_its_first_note_on_and_its_last_one_is_held():
    assert as_heard(NOTES, 2, 28) == ("62", "_", "r", "_", "66", "_", "_", "_", "_", "_")


def test_what_lasts_longer_is_not_cut():
    assert as_heard(NOTES, 0, 20) == ("60", "_", "r", "_", "64", "_", "_")


def test_a_pitch_beyond_what_midi_can_say_is_moved_by_octaves():
    assert as_heard((GridNote(0, 1, 120),), 12, 1) == ("120",)
