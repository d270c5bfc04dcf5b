"""Passes on what the playing process reports, and answers what is asked from outside.

Owns what may wait for the disk and the terminal: the take, the log, the screen, the memory's file. Knows no
MIDI port and makes no music.
"""

from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from antiphon.changes import change_now, needs_restart, reread
from antiphon.config import Config
from antiphon.errors import Failure, WrongUse, shown
from antiphon.events import Timed
from antiphon.files import memory as memory_file
from antiphon.perform.controls.control_settings import Button
from antiphon.perform.controls.midi_controls import LEARNABLE
from antiphon.perform.reports import Joined, MemoryKept, Report, SettingChanged
from antiphon.perform.setting_changes import LEARN, MODEL_NAME, Changes, SettingChange, applied
from antiphon.signals import has_terminal
from antiphon.stage.control.protocol import Command, Done, Reply, Request, SetOne
from antiphon.stage.control.sd_notify import Notifier
from antiphon.stage.control.server import ControlServer
from antiphon.stage.control.status import status_of
from antiphon.stage.machine.clock import Clock
from antiphon.stage.machine.free_memory import return_free_memory
from antiphon.stage.machine.log import LOG
from antiphon.stage.performance_state import PerformanceTracker, RecordingStatus
from antiphon.stage.ports.port import PortChanged
from antiphon.stage.ports.wiring import Wiring
from antiphon.stage.process.messages import Join, LiveRequest, Ready, Waiting
from antiphon.stage.process.supervisor import Supervisor, TakenOver, Watched
from antiphon.stage.screen.event_log import log_event
from antiphon.stage.screen.remarks import remark
from antiphon.stage.screen.screen import Screen
from antiphon.stage.takes.recording import Recording

if TYPE_CHECKING:  # it is loaded only where OSC is wanted
    from antiphon.stage.osc.link import OscLink
    from antiphon.stage.panel.link import PanelLink


@dataclass(frozen=True, slots=True)
class Models:
    """The names of the models that are `loaded`, and of those that anybody may choose; `join` says how
    another one is loaded, and raises WrongUse or Failure where it cannot be."""

    loaded: tuple[str, ...]
    offered: tuple[str, ...]
    join: Callable[[str], Join]


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where the app passes things on. `tell` sends a request to the playing process, `read` reads the
    configuration file again, `say` prints a line beside the picture."""

    tell: Callable[[LiveRequest], None]
    read: Callable[[], Config]
    recording: Recording
    screen: Screen
    notifier: Notifier
    say: Callable[[str], None]
    osc: "OscLink | None" = None
    panel: "PanelLink | None" = None
    models: "Models | None" = None


class App:
    """`settings` are those of the configuration file; `performance` knows those in force."""

    def __init__(
        self,
        clock: Clock,
        settings: Config,
        wiring: Wiring,
        performance: PerformanceTracker,
        outputs: Outputs,
    ) -> None:
        self._clock, self._file, self._wiring = clock, settings, wiring
        self._performance, self._outputs = performance, outputs
        self._loaded = set(outputs.models.loaded if outputs.models is not None else ())
        self._begun_s = clock.now_s()
        self.stopping = False

    def opened(self, ready: Ready) -> None:
        """The playing process has opened its ports."""
        self._performance.opened(ready.inputs, ready.output, ready.api)
        return_free_memory()
        if self._outputs.panel is not None:
            self._outputs.panel.back()
        self._outputs.notifier.ready()
        self._outputs.notifier.status(f"plays on {', '.join((*ready.inputs, ready.output))}")

    def watch(self, report: Watched) -> None:
        """Pass on what happened."""
        outputs = self._outputs
        match report:
            case TakenOver(reason):
                outputs.say(f"{reason}; another takes over.")
                self._performance.restarted()
                outputs.notifier.status(reason)
                if outputs.panel is not None:
                    outputs.panel.lose(reason)
            case Waiting(message):
                outputs.say(f"{message}; trying again.")
                outputs.notifier.status(message)
                if outputs.panel is not None:
                    outputs.panel.lose(message)
            case Ready():
                outputs.say("Playing again.")
                self.opened(report)
            case _:
                self._hear(report)

    def _hear(self, report: Report | PortChanged) -> None:
        outputs = self._outputs
        self._performance.hear(report)
        log_event(report, self._performance.state)
        if (line := remark(report)) is not None:
            outputs.say(line)
        if isinstance(report, Joined):
            self._loaded.add(report.name)
        if isinstance(report, MemoryKept):
            outputs.say(self._keep(report))
        if not isinstance(report, PortChanged):
            outputs.recording.record(report)
            outputs.screen.show(report)
            if outputs.osc is not None:
                outputs.osc.hear(report, self._performance.state)
            if outputs.panel is not None:
                outputs.panel.hear(report)

    def tick(self) -> None:
        """To be called 25 times a second."""
        if self._outputs.osc is not None:
            self._outputs.osc.poll(self)
        if self._outputs.panel is not None:
            self._outputs.panel.poll(self)
        now_s = self._clock.now_s()
        recording = self._outputs.recording
        recording.tend(now_s)
        take = None if recording.path is None else str(recording.path)
        self._performance.record(RecordingStatus(take, recording.recording, recording.trouble))
        self._outputs.screen.tick(now_s)
        self._outputs.notifier.alive()

    def closing(self) -> None:
        """The program is about to end."""
        self._outputs.notifier.stopping()

    def _keep(self, memory: MemoryKept) -> str:
        """Write the memory; gives the line to say. The music goes on even if it cannot be written."""
        file = self._performance.state.settings.memory.file
        if not file:
            return "The memory has no file: [memory] file in config.toml names one."
        try:
            steps = self._performance.state.grid.steps_per_quarter
            memory_file.write(Path(file), memory.symbols, steps)
        except Failure as failure:
            return failure.message
        return f"The memory is in {file}."

    def serve(self, request: Request) -> Reply:
        """Do what a client asks. Raises WrongUse or Failure with the reply to send instead."""
        match request:
            case SetOne(name, value):
                self._make(change_now(self._performance.state.settings, name, value))
                self._outputs.say(f"{name} is {value} now.")
            case Command("status"):
                status = status_of(self._performance.state, self._begun_s, self._clock.now_s())
                panel = self._outputs.panel and self._outputs.panel.address
                return Done({"status": {**status.to_plain(), "panel": panel}})
            case Command("panic" | "again" | "motif" as button):
                self._outputs.tell(button)
            case Command("reload"):
                self.reload()
            case Command("stop"):
                self.stopping = True
        return Done()

    @property
    def wakers(self) -> "list[Connection[Any, Any]]":
        """What is to be waited for beside the playing process: `tick` reads it."""
        links = (self._outputs.osc, self._outputs.panel)
        return [link.requests for link in links if link is not None]

    def change(self, name: str, value: object) -> None:
        """Change one setting, unless that is its value. Raises WrongUse.

        Who asks may be elsewhere: of the models, the names that are offered are known, and no folders.
        """
        before = self._performance.state.settings
        changes = change_now(before, name, value)
        if name == MODEL_NAME and value not in self._loaded:
            self._check_offered(str(value))
        if any(applied(before, change.name, change.value) != before for change in changes):
            self._make(changes)

    def press(self, button: Button) -> None:
        """Do what a button does."""
        self._outputs.tell(button)

    def learn(self, name: str | None) -> None:
        """The next control change is for this knob or button from then on. Raises WrongUse."""
        if name not in (None, *LEARNABLE):
            raise WrongUse(f"there is no knob or button {shown(name)} (there are: {', '.join(LEARNABLE)})")
        self._outputs.tell((SettingChange(LEARN, name),))

    def play(self, timed: Timed) -> None:
        """A note that the player plays without a MIDI port."""
        self._outputs.tell(timed)

    def reload(self) -> None:
        """Read the configuration file again. Raises WrongUse with its mistakes: then nothing changes."""
        self._outputs.notifier.reloading()
        try:
            before, after = self._file, self._outputs.read()
            self._make(reread(before, after, self._performance.state.settings))
            self._file = after
            self._outputs.say(_reloaded(needs_restart(before, after)))
        finally:
            self._outputs.notifier.ready()

    def hang_up(self) -> None:
        """As `reload`, where no client waits for a reply."""
        try:
            self.reload()
        except (WrongUse, Failure) as mistake:
            LOG.error("%s", mistake.message)
            self._outputs.say(f"{mistake.message}\nNothing is changed.")

    def _make(self, changes: Changes) -> None:
        """Let the playing process make the changes. Raises WrongUse, and makes none, where one cannot be."""
        if SettingChange("clock.source", "midi") in changes and self._wiring.clock_input is None:
            raise WrongUse(
                'clock.source can become "midi" only if Antiphon opened a clock port at its start: '
                "set it, or control.clock, in config.toml"
            )
        music = []
        for change in changes:
            if change.name == MODEL_NAME and change.value not in self._loaded:
                self._outputs.tell(self._joining(str(change.value)))
            elif change.name == "log.level":  # the log is written here
                LOG.setLevel(str(change.value).upper())
                self._performance.hear(SettingChanged(self._clock.now_s(), change.name, change.value))
            else:
                music.append(change)
        if music:
            self._outputs.tell(tuple(music))

    def _check_offered(self, name: str) -> None:
        models = self._outputs.models
        if models is None or name not in models.offered:
            offered = ", ".join(models.offered if models is not None else ())
            raise WrongUse(f"model.name must be one of {offered}, got {shown(name)}")

    def _joining(self, name: str) -> Join:
        if self._outputs.models is None:
            raise WrongUse("no other model can be loaded here")
        return self._outputs.models.join(name)


def attend(
    live: Supervisor,
    app: App,
    control: ControlServer,
    stopping: Callable[[], bool],
    hung_up: Callable[[], bool],
) -> None:
    """Run the app until `stopping()`, or until a client asks for the end."""
    on_terminal = has_terminal()

    def tick() -> None:
        control.poll()
        app.tick()
        if hung_up():
            # SIGHUP means two things: the terminal was closed, or the configuration is to be read again.
            if on_terminal and not has_terminal():
                app.stopping = True
            else:
                app.hang_up()

    try:
        live.attend(app.watch, tick, lambda: stopping() or app.stopping, app.wakers)
    finally:
        app.closing()


def _reloaded(waiting: tuple[str, ...]) -> str:
    if not waiting:
        return "The configuration is read again."
    return f"The configuration is read again; {', '.join(waiting)} will count at the next start."
