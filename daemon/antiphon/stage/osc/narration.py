"""What is told of a performance: reports become messages. Knows no socket and no clock."""

from collections.abc import Iterator, Mapping

from antiphon import config
from antiphon.compose.symbols import HOLD
from antiphon.config import Config
from antiphon.events import Event, NoteOn, Timed
from antiphon.perform.answer_reports import Answered, Composed, Heard, Planned
from antiphon.perform.reports import Received, Released, Report, Sent, SettingChanged
from antiphon.perform.settings import State
from antiphon.stage.osc.beats import Beat
from antiphon.stage.osc.packets import Argument, Message
from antiphon.stage.osc.requests import ROOT, address_of
from antiphon.stage.performance_state import PerformanceState

# Messages of one bundle, so that each fits into a packet of any network.
TOGETHER = 14

Bundle = list[Message]


class Narration:
    """Remembers what it told last, so that nothing is told twice."""

    def __init__(self) -> None:
        self._told: dict[str, Message] = {}
        self._session: State = "idle"
        self._plans = 0
        self._beat: tuple[int, int] | None = None
        self._answers = False  # an answer is under way
        self._early: list[Bundle] = []  # its first notes, which are reported before it

    def changes(self, state: PerformanceState) -> Iterator[Bundle]:
        """What of the state is not as it was told last."""
        for message in facts(state):
            if self._told.get(message.address) != message:
                self._told[message.address] = message
                yield [message]
        yield from self._phrase(state.session)

    def _phrase(self, session: State) -> Iterator[Bundle]:
        before, self._session = self._session, session
        if before != "listening" and session == "listening":
            yield [_said("phrase/begin")]
        if before == "listening" and session != "listening":
            yield [_said("phrase/end")]

    def hear(self, report: Report, state: PerformanceState) -> Iterator[Bundle]:
        """What a report says; `state` is the state of the performance after it."""
        yield from self.changes(state)
        match report:
            case Received(Timed(event=event)):
                yield [_note("phrase/note", event)]
            case Sent(Timed(event=NoteOn() as event)) if not self._answers:
                self._early.append([_answered(event, state)])
            case Sent(Timed(event=event)) | Released(Timed(event=event)):
                yield from self._take_early()
                yield [_answered(event, state)]
            case Heard():
                self._answers = True
                yield [_said("answer/begin", *_place(state, report))]
                yield from self._take_early()
            case Answered(_, cut):
                self._answers = False
                yield [_said("answer/end", int(cut))]
            case Composed(step, symbol, draw) if symbol != HOLD:
                at_s = state.grid.time_s(step)
                yield [Message(f"{ROOT}entropy", (draw.entropy, draw.temperature), at_s)]
            case Planned():
                yield from self._plan(report, state)
            case SettingChanged(_, name, value):
                yield from ([message] for message in setting(name, value))

    def _take_early(self) -> list[Bundle]:
        early, self._early = self._early, []
        return early

    def _plan(self, planned: Planned, state: PerformanceState) -> Iterator[Bundle]:
        """All notes at once, each with its moment: a receiver may wait for it, or draw it ahead."""
        self._plans += 1
        number, quarter = self._plans, state.grid.steps_per_quarter
        first = _said("plan", number, len(planned.notes), float(state.bar_number(planned.step)))
        notes = [
            Message(
                f"{ROOT}plan/note",
                (number, note.pitch, state.bar_number(note.onset_steps), note.duration_steps / quarter),
                state.grid.time_s(note.onset_steps),
            )
            for note in planned.notes
        ]
        yield from bundled([first, *notes])

    def knows(self, beat: Beat) -> bool:
        """Whether it is the beat that was told last."""
        return self._beat == (beat.bar, beat.beat)

    def beat(self, beat: Beat) -> Iterator[Bundle]:
        """A beat; one that was told is not told again where the tempo moved it a little."""
        before, self._beat = self._beat, (beat.bar, beat.beat)
        if before is None or before[0] != beat.bar:
            yield [_said("bar", beat.bar)]
        if before != self._beat:
            yield [_said("beat", beat.beat)]


def everything(state: PerformanceState) -> Iterator[Bundle]:
    """The state, and all settings in force."""
    return bundled([*facts(state), *settings(state.settings)])


def facts(state: PerformanceState) -> Iterator[Message]:
    """The state as messages, each with an address of its own."""
    yield _said("state", state.session)
    yield _said("model", state.model)
    yield _said("meter", str(state.meter))
    # An external clock moves the tempo a little all the time.
    yield _said("tempo", round(state.grid.bpm, 1))
    if state.key is not None:
        yield _said("key", str(state.key))
    if state.key_sure is not None:
        yield _said("key_sure", round(state.key_sure, 2))
    yield _said("chords", " ".join(state.chords))
    yield _said("guess", state.guess)
    yield _said("recording", int(state.recording.recording))


def settings(now: Config) -> Iterator[Message]:
    """Each setting that has a value, at its address."""
    for section, values in config.to_plain(now).items():
        for key, value in values.items():
            yield from setting(f"{section}.{key}", value)


def setting(name: str, value: object) -> Iterator[Message]:
    """A setting at its address; a table as its rows, a list as several arguments. Nothing tells of none."""
    if isinstance(value, Mapping):
        for row, one in value.items():
            yield from setting(f"{name}.{row}", one)
    elif isinstance(value, list | tuple):
        yield Message(address_of(name), tuple(map(str, value)))
    elif isinstance(value, bool):  # Pure Data has no true and false
        yield Message(address_of(name), (int(value),))
    elif isinstance(value, int | float | str):
        yield Message(address_of(name), (value,))


def bundled(messages: list[Message]) -> Iterator[Bundle]:
    """The same messages in bundles that are not too long."""
    for first in range(0, len(messages), TOGETHER):
        yield messages[first : first + TOGETHER]


def _said(name: str, *arguments: Argument) -> Message:
    return Message(ROOT + name, arguments)


def _note(name: str, event: Event) -> Message:
    return _said(name, event.pitch, event.velocity if isinstance(event, NoteOn) else 0)


def _answered(event: Event, state: PerformanceState) -> Message:
    """A note of the answer, or of a part that goes with it."""
    part = state.settings.session.part_on(event.channel)
    return _note("answer/note" if part is None else f"answer/{part}/note", event)


def _place(state: PerformanceState, heard: Heard) -> tuple[float, float]:
    """The bar in which an answer begins, and its length in quarters; −1 where it goes on."""
    steps, quarter = heard.answer_steps, heard.grid.steps_per_quarter
    return float(state.bar_number(heard.answer_start_steps)), -1.0 if steps is None else steps / quarter
