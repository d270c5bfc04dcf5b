"""A phrase is heard and its answer planned; it counts once it is committed."""

from dataclasses import replace

from antiphon.compose.form import Form
from antiphon.compose.model import StreamModel
from antiphon.compose.sampling import SamplingSettings
from antiphon.compose.shape import ShapeSettings
from antiphon.events import NoteOn, PlayedNote
from antiphon.listen.key import Key
from antiphon.perform.answer.planner import Planner
from antiphon.perform.answer.programs import Programs, Voice
from antiphon.perform.answer.scheduler import Scheduler
from antiphon.perform.answer_reports import Composed
from antiphon.perform.settings import AnswerSettings, SessionSettings, TempoSettings
from antiphon.perform.transport import Transport
from antiphon.slices import finish
from antiphon.timebase import Grid, Meter
from fakes import VOCABULARY, random_weights, scripted_voice

TRANSPORT = Transport(Grid(120.0), Meter())
PHRASE = [PlayedNote(pitch, 80, 0.5 * beat, 0.5 * beat + 0.45) for beat, pitch in enumerate((67, 71, 74))]
PLAIN = SamplingSettings(sure_factor=1.0, unsure_factor=1.0, longest_steps=0, most_repeats=0)


def planner_for(**changes):
    settings = SessionSettings(tempo=TempoSettings("fixed", 120.0), sampling=PLAIN, channel=3, **changes)
    voice = scripted_voice(["72", "_", "_", "_"])
    return Planner(settings, Programs(voice, (), PLAIN, 1), 0), settings, voice


def plan(planner, settings, scheduler=None):
    heard = finish(planner.hear(PHRASE, TRANSPORT, False, True, 1.6, settings.answer))
    return finish(
        planner.plan(heard, PHRASE, PHRASE, 1.6, settings.live_settings, scheduler or Scheduler(0.1))
    )


def test_an_answer_is_planned_in_the_key_and_the_bars_of_its_phrase():
    planner, settings, _ = planner_for()
    scheduler = Scheduler(0.1)
    planned = plan(planner, settings, scheduler)
    assert (planned.heard.key, planned.heard.at_s) == (Key(7, "major"), 1.6)
    assert (planned.heard.answer_start_steps, planned.heard.answer_steps) == (16, 16)
    assert planned.bars.transcription.transport == TRANSPORT
    planned.answer.compose()
    planned.answer.compose()
    (first,) = scheduler.due(2.0, 2.0)
    # C in the model's key is G in the player's; in the register of what was played there is one, a fourth up.
    assert (first.at_s, first.event) == (2.0, NoteOn(79, first.event.velocity, 3))


def test_the_model_hears_a_phrase_once_and_in_parts():
    planner, settings, voice = planner_for()
    parts = list(planner.hear(PHRASE, TRANSPORT, False, True, 1.6, settings.answer))
    assert len(parts) >= 3
    before = len(voice.model.heard)
    assert before == 1 + 16  # the end of a song, and the phrase up to where its answer begins
    plan(planner, settings)
    assert len(voice.model.heard) == before


def test_other_settings_count_from_the_next_phrase_on():
    planner, settings, _ = planner_for()
    planner.set(SessionSettings(key=Key(0, "major")))
    assert plan(planner, settings).heard.key == Key(0, "major")


def test_without_end_there_is_no_length():
    planner, settings, _ = planner_for(answer=AnswerSettings("continue"))
    assert plan(planner, settings).heard.answer_steps is None


def test_only_a_committed_answer_has_used_its_random_numbers():
    """Each answer has a random stream of its own, by its number."""

    def composed(commits):
        sampling = SamplingSettings(temperature=2.0)
        settings = SessionSettings(
            tempo=TempoSettings("fixed", 120.0), sampling=sampling, answer=AnswerSettings(bars=4)
        )
        model = StreamModel(random_weights(len(VOCABULARY)))
        planner = Planner(settings, Programs(Voice(model, VOCABULARY, 4), (), sampling, 1), 0)
        for commit in commits:
            planned = plan(planner, settings)
            planned.answer.compose()  # an answer that is cut short does not change the next
            if commit:
                planner.commit(planned)
            else:
                planned.answer.withdraw()
        planned = plan(planner, settings)
        told = [report for _ in range(12) for report in planned.answer.compose()]
        return [report.symbol for report in told if isinstance(report, Composed)]

    assert composed([]) == composed([False]) == composed([False, False])
    assert composed([True]) == composed([False, True])
    assert composed([]) != composed([True])


def test_a_model_is_told_the_form_of_its_answer_once_its_phrase_was_heard():
    planner, settings, voice = planner_for(shape=ShapeSettings(cadence=1.0))
    told = []
    voice.model.tell = lambda form: told.append((len(voice.model.heard), form))
    plan(planner, settings)
    assert told == [(17, Form(32, False, 16))]
    planner.set(settings)
    never = replace(settings, shape=ShapeSettings(cadence=0.0))
    plan(planner, never)
    assert told[1:] == [(17, Form(32, True, 16))]
