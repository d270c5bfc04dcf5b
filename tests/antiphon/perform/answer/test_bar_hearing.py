from antiphon.compose.events_model import EventModel
from antiphon.compose.sampling import SamplingSettings
from antiphon.compose.symbols import END, HOLD
from antiphon.events import PlayedNote
from antiphon.perform.answer.bar_hearing import BarHearing
from antiphon.perform.answer.programs import Programs, Voice
from antiphon.perform.answer.transcribe import Transcriber
from antiphon.perform.settings import TempoSettings
from antiphon.perform.transport import Transport
from antiphon.slices import finish
from antiphon.timebase import Grid, Meter
from fakes import VOCABULARY, random_event_weights, scripted_voice

PITCHES = (67, 72, 74, 76, 74, 72, 71, 72)
PLAYED = [PlayedNote(p, 80, 1.0 + 0.5 * n, 1.45 + 0.5 * n) for n, p in enumerate(PITCHES)]
NOW = Transport(Grid(120.0, 1.0), Meter(3, 4))


def of_events(steps_per_quarter=4):
    weights = random_event_weights(len(VOCABULARY), seed=5)
    model = EventModel(weights, VOCABULARY.id(HOLD), VOCABULARY.id(END))
    return Voice(model, VOCABULARY, steps_per_quarter)


def hear(voice, used_steps=0, known=None, now=NOW, **tempo):
    programs = Programs(voice, (), SamplingSettings(), 0)
    phrase = finish(Transcriber("highest", None).transcribe(PLAYED, now, False))
    hearing = BarHearing(TempoSettings("fixed", 120.0, **tempo), programs, known)
    return phrase, finish(hearing.hear(PLAYED, phrase, now.grid, used_steps, False)), hearing


def moments(phrase):
    return [phrase.transport.grid.time_s(note.onset_steps) for note in phrase.notes]


def test_the_notes_stay_at_their_moments_whatever_the_bars():
    for meter in ("3/4", "4/4", "heard"):
        phrase, heard, _ = hear(of_events(), meter=meter, downbeat="heard")
        assert moments(heard.transcription) == moments(phrase)
        place = heard.belief.best
        assert heard.transcription.transport.meter == place.meter
        assert heard.transcription.notes[0].onset_steps % place.bar_steps == place.steps
        assert heard.belief.first_step == heard.transcription.notes[0].onset_steps


def test_a_phrase_never_begins_before_the_steps_that_are_used():
    _, heard, _ = hear(of_events(), used_steps=36, meter="3/4", downbeat="heard")
    assert 36 <= heard.transcription.notes[0].onset_steps < 48


def test_nothing_is_heard_where_the_first_note_is_the_downbeat():
    phrase, heard, _ = hear(of_events(), meter="3/4", downbeat="first")
    assert (heard.transcription, heard.belief) == (phrase, None)


def test_a_model_or_a_meter_without_bars_leaves_the_first_note_on_the_downbeat():
    five = Transport(Grid(120.0, 1.0), Meter(5, 4))
    for voice, now in ((scripted_voice(["72"]), NOW), (of_events(), five)):
        phrase, heard, _ = hear(voice, now=now, meter=str(now.meter), downbeat="heard")
        assert (heard.transcription, heard.belief) == (phrase, None)


def test_what_is_heard_counts_once_it_is_committed():
    _, first, hearing = hear(of_events(), known=NOW, meter="3/4", downbeat="heard")
    grid = first.transcription.transport.grid
    once, again = (finish(hearing.hear(PLAYED, first.transcription, grid, 0, False)) for _ in range(2))
    assert once == again
    hearing.commit(first)
    assert finish(hearing.hear(PLAYED, first.transcription, grid, 0, False)).belief != again.belief


def test_it_is_heard_in_parts():
    programs = Programs(of_events(), (), SamplingSettings(), 0)
    phrase = finish(Transcriber("highest", None).transcribe(PLAYED, NOW, False))
    hearing = BarHearing(TempoSettings("fixed", 120.0, "heard", "heard"), programs, None)
    # Twenty places and the four of 2/4, eight at a time, for each note.
    assert len(list(hearing.hear(PLAYED, phrase, NOW.grid, 0, False))) >= 3 * len(PLAYED)
