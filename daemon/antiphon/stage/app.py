"""The front of the house: hears what happens on stage and tells whom it concerns; is asked from outside.

It owns what may wait for the disk and the terminal: the take, the log, the screen, the memory's file. What it
is asked for, it checks and hands on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from antiphon.changes import changed_now, needs_restart, reread
from antiphon.config import Config
from antiphon.errors import Failure, WrongUse
from antiphon.files import memory as memory_file
from antiphon.perform.reports import Learned, MemoryKept, ProgramChosen
from antiphon.signals import has_terminal
from antiphon.stage.control.protocol import Command, Done, Reply, Request, SetOne
from antiphon.stage.control.sd_notify import Notifier
from antiphon.stage.control.server import ControlServer
from antiphon.stage.control.status import Ports, StatusBoard
from antiphon.stage.machine.clock import Clock
from antiphon.stage.machine.log import LOG
from antiphon.stage.ports.live_port import Wiring
from antiphon.stage.ports.port import PortChanged
from antiphon.stage.process.messages import LiveRequest, Ready, Waiting
from antiphon.stage.process.supervisor import Supervisor, TakenOver, Watched
from antiphon.stage.screen.event_log import EventLog
from antiphon.stage.screen.screen import Screen
from antiphon.stage.takes.recording import Recording
from antiphon.timebase import Meter


@dataclass(frozen=True, slots=True)
class Outputs:
    """What the front tells of what happens. `tell` hands an order to the sender, `read` reads the settings'
    file again, `say` says a line beside the picture."""

    tell: Callable[[LiveRequest], None]
    read: Callable[[], Config]
    recording: Recording
    screen: Screen
    notifier: Notifier
    say: Callable[[str], None]


class App:
    """`settings` are those of the file, `board` has those in force."""

    def __init__(
        self, clock: Clock, settings: Config, wiring: Wiring, board: StatusBoard, stage: Outputs
    ) -> None:
        self._clock, self._file, self._wiring = clock, settings, wiring
        self._board, self._outputs = board, stage
        self._log = EventLog(Meter.parse(settings.tempo.meter))
        self.stopping = False

    def opened(self, ready: Ready) -> None:
        """The sender has its ports."""
        self._board.opened(Ports(ready.inputs, ready.output, ready.api))
        self._outputs.notifier.ready()
        self._outputs.notifier.status(f"plays on {', '.join((*ready.inputs, ready.output))}")

    def watch(self, report: Watched) -> None:
        """Something happened."""
        if (remark := _remark(report)) is not None:
            self._outputs.say(remark)
        match report:
            case TakenOver():
                self._board.restarted()
                self._outputs.notifier.status(report.reason)
            case Waiting():
                self._outputs.notifier.status(report.message)
            case Ready():
                self.opened(report)
            case PortChanged():
                self._log.note(report)
                self._board.note(report)
            case _:
                if isinstance(report, MemoryKept):
                    self._outputs.say(self._keep(report))
                self._log.note(report)
                self._board.note(report)
                self._outputs.recording.record(report)
                self._outputs.screen.show(report)

    def tick(self) -> None:
        """A frame has passed."""
        now_s = self._clock.now_s()
        recording = self._outputs.recording
        recording.tend(now_s)
        self._board.show_recording(recording.path, recording.recording, recording.trouble)
        self._outputs.screen.show_recording(recording.recording)
        self._outputs.screen.tick(now_s)
        self._outputs.notifier.alive()

    def closing(self) -> None:
        """The end is wanted."""
        self._outputs.notifier.stopping()

    def _keep(self, memory: MemoryKept) -> str:
        """Write the memory; gives what to say of it. The music goes on even if it cannot be written."""
        file = self._board.settings.memory.file
        if not file:
            return "The memory has no file: [memory] file in config.toml names one."
        try:
            memory_file.write(Path(file), memory.symbols)
        except Failure as failure:
            return failure.message
        return f"The memory is in {file}."

    def serve(self, request: Request) -> Reply:
        """Do what is asked. Raises WrongUse or Failure with what to reply instead."""
        match request:
            case SetOne(name, value):
                self._change(changed_now(self._board.settings, name, value))
                self._outputs.say(f"{name} is {value} now.")
            case Command("status"):
                return Done({"status": self._board.status(self._clock.now_s()).to_plain()})
            case Command("panic"):
                self._outputs.tell("panic")
            case Command("reload"):
                self.reload()
            case Command("stop"):
                self.stopping = True
        return Done()

    def reload(self) -> None:
        """Read the settings again. Raises WrongUse with what is wrong in the file: then nothing changes."""
        self._outputs.notifier.reloading()
        try:
            before, after = self._file, self._outputs.read()
            self._change(reread(before, after, self._board.settings))
            self._file = after
            waiting = needs_restart(before, after)
            self._outputs.say("The settings are read again." if not waiting else _waits(waiting))
        finally:
            self._outputs.notifier.ready()

    def hang_up(self) -> None:
        """As `reload`, where nobody waits for the reply."""
        try:
            self.reload()
        except (WrongUse, Failure) as mistake:
            LOG.error("%s", mistake.message)
            self._outputs.say(f"{mistake.message}\nNothing is changed.")

    def _change(self, settings: Config) -> None:
        source = settings.clock.source
        if source == "midi" and self._wiring.clock_input is None:
            raise WrongUse(
                'clock.source can only become "midi" where a port for the clock was opened at the start: '
                "[control] clock, or this source, in config.toml"
            )
        LOG.setLevel(settings.log.level.upper())
        self._outputs.tell(settings.session)
        self._board.set_to(settings)


def attend(
    live: Supervisor,
    front: App,
    control: ControlServer,
    stopping: Callable[[], bool],
    hung_up: Callable[[], bool],
) -> None:
    """Until somebody wants the end: let the front hear, and be asked."""
    on_terminal = has_terminal()

    def tick() -> None:
        control.poll()
        front.tick()
        if hung_up():
            # A terminal that is closed says it in the same way as whoever wants the settings read again.
            if on_terminal and not has_terminal():
                front.stopping = True
            else:
                front.hang_up()

    try:
        live.attend(front.watch, tick, lambda: stopping() or front.stopping)
    finally:
        front.closing()


def _waits(names: tuple[str, ...]) -> str:
    return f"The settings are read again; {', '.join(names)} will count at the next start."


def _remark(report: Watched) -> str | None:
    """What is said beside the picture."""
    match report:
        case PortChanged(name, present):
            return f"{name} is {'back' if present else 'gone; waiting for it to return'}."
        case Learned(_, name, control):
            line = f"{name} = {control}"
            return f"{name} is control {control} now; to keep it: [control] {line} in config.toml"
        case ProgramChosen(_, program, None):
            return f"There is no program {program + 1}; [model] programs in config.toml lists them."
        case ProgramChosen(_, program, name):
            return f"Program {program + 1}: {name} answers from the next phrase on."
        case TakenOver(reason):
            return f"{reason}; another takes over."
        case Waiting(message):
            return f"{message}; waiting for it."
        case Ready():
            return "Playing again."
    return None
