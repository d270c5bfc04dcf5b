"""A call is understood and its answer planned, with what was heard while it was played."""

from antiphon.compose.sampling import SamplingSettings
from antiphon.events import NoteOn, PlayedNote
from antiphon.listen.key import Key
from antiphon.perform.answer.planner import Planner
from antiphon.perform.answer.programs import Programs
from antiphon.perform.answer.scheduler import Scheduler
from antiphon.perform.settings import AnswerSettings, SessionSettings, TempoSettings
from antiphon.perform.transport import Transport
from antiphon.timebase import Grid, Meter
from fakes import scripted_voice

TRANSPORT = Transport(Grid(120.0), Meter())
CALL = [PlayedNote(pitch, 80, 0.5 * beat, 0.5 * beat + 0.45) for beat, pitch in enumerate((67, 71, 74))]
PLAIN = SamplingSettings(sure_factor=1.0, unsure_factor=1.0, longest_steps=0, most_repeats=0)


def respondent(**changes):
    settings = SessionSettings(tempo=TempoSettings("fixed", 120.0), sampling=PLAIN, channel=3, **changes)
    voice = scripted_voice(["72", "_", "_", "_"])
    return Planner(settings, Programs(voice, (), PLAIN, 1), 0), settings, voice


def test_an_answer_is_planned_in_the_key_and_the_bars_of_its_call():
    one, settings, _ = respondent()
    scheduler = Scheduler(0.1)
    response = one.plan(CALL, TRANSPORT, False, 1.6, settings.live_settings, scheduler)
    assert (response.heard.key, response.heard.at_s) == (Key(7, "major"), 1.6)
    assert (response.heard.answer_start_steps, response.heard.answer_steps) == (16, 16)
    assert response.transport == TRANSPORT
    response.answer.compose()
    response.answer.compose()
    (first,) = scheduler.due(2.0, 2.0)
    # C in the model's key is G in the player's; in the register of what was played there is one, a fourth up.
    assert (first.at_s, first.event) == (2.0, NoteOn(79, first.event.velocity, 3))


def test_what_was_heard_while_it_was_played_is_not_heard_again():
    one, settings, voice = respondent()
    one.prime(CALL, TRANSPORT, False)
    before = len(voice.model.heard)
    one.plan(CALL, TRANSPORT, False, 1.6, settings.live_settings, Scheduler(0.1))
    assert before > 8
    assert len(voice.model.heard) - before < 8


def test_other_settings_count_from_the_next_call_on():
    one, settings, _ = respondent()
    one.set(SessionSettings(key=Key(0, "major")))
    assert one.plan(CALL, TRANSPORT, False, 1.6, settings.live_settings, Scheduler(0.1)).heard.key == Key(
        0, "major"
    )


def test_without_end_there_is_no_length():
    one, settings, _ = respondent(answer=AnswerSettings("continue"))
    heard = one.plan(CALL, TRANSPORT, False, 1.6, settings.live_settings, Scheduler(0.1)).heard
    assert heard.answer_steps is None
