"""A live performance, from the configuration to the finished take: parts are opened and closed in order."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import cast

import click
from rich.console import Console

from antiphon.bundle import Card, facts_of
from antiphon.commands.chosen import cards_of, configuration, seed_or_chance, take_header
from antiphon.config import Config
from antiphon.errors import Failure
from antiphon.files import memory as memory_file
from antiphon.perform.settings import Button, Knob
from antiphon.signals import PauseKey, hangup_signal, stop_signals
from antiphon.stage.app import App, Outputs, attend
from antiphon.stage.control.sd_notify import Notifier
from antiphon.stage.control.server import asked_through
from antiphon.stage.control.status import StatusBoard
from antiphon.stage.machine.clock import SystemClock
from antiphon.stage.machine.log import logging_to
from antiphon.stage.machine.single_instance import Instance
from antiphon.stage.ports.live_port import Wiring
from antiphon.stage.process.entry import serve
from antiphon.stage.process.handle import PlayerHandle, end_all
from antiphon.stage.process.messages import LoadOrder, Ready, StartPlaying
from antiphon.stage.process.supervisor import Supervisor
from antiphon.stage.screen.screen import Screen
from antiphon.stage.takes.library import finish_what_was_cut_off
from antiphon.stage.takes.recorder import Limits, Recorder
from antiphon.stage.takes.recording import Recording
from antiphon.timebase import Meter


def perform(
    first: PlayerHandle,
    config_file: Path | None,
    given: Mapping[str, object],
    changes: Sequence[str],
    random_seed: int | None,
    learn: str | None,
    quiet: bool,
) -> None:
    """Play with the process that was started first, as the options say."""
    read = partial(configuration, config_file, given, changes)
    settings, clock, seed = read(), SystemClock(), seed_or_chance(random_seed)
    cards = cards_of(settings)
    (_, card), *programs = cards
    remembered = memory_file.read(Path(settings.memory.file)) if settings.memory.file else ()
    order = _order(settings, cards, seed, remembered)
    first.tell(order)
    session = replace(settings.session, learn=cast(Knob | Button | None, learn))
    start = StartPlaying(session, _wiring(settings))
    board = StatusBoard(settings, card.name, clock.now_s(), card.steps_per_quarter)
    header = take_header(settings, card, seed, [one for _, one in programs], remembered)
    console, log = Console(quiet=quiet), settings.log
    say = partial(_say, console)
    with (
        Instance(settings.midi.client_name) as instance,
        logging_to(log.file, log.level, stderr_free=quiet or not sys.stderr.isatty()),
        hangup_signal() as hung_up,
        asked_through(instance.socket_path) as control,
        _pause_key(console) as pause,
        Supervisor(first, serve, order, start, lambda: board.settings.session, pause) as live,
    ):
        ready = live.ready()
        with stop_signals(end_all) as stopping:
            folder, kept = Path(settings.take.folder), settings.take
            for line in finish_what_was_cut_off(folder):
                click.echo(line)
            limits = Limits(kept.longest_minutes, kept.largest_mb)
            recording = Recording(
                lambda begin: Recorder(folder, header, begin, say, limits), kept.record, say
            )
            try:
                click.echo(_opened(ready))
                with _screen(console, settings, card) as screen:
                    stage = Outputs(live.ask, read, recording, screen, Notifier(clock), say)
                    front = App(clock, settings, start.wiring, board, stage)
                    front.opened(ready)
                    control.serve = front.serve
                    attend(live, front, control, stopping, hung_up)
            finally:
                take = recording.close()
    click.echo(f"The take is {take}." if take else "No take is kept: nothing was played, or recorded.")
    if recording.failure is not None:
        raise Failure(recording.failure)


def _order(
    settings: Config, cards: Sequence[tuple[Path, Card]], seed: int, remembered: tuple[str, ...]
) -> LoadOrder:
    model, *programs = [facts_of(folder, card) for folder, card in cards]
    on_jack = settings.midi.api == "jack"
    return LoadOrder(model, tuple(programs), settings.model.context, seed, on_jack, remembered)


def _pause_key(console: Console) -> PauseKey:
    """The shell that comes to the front needs the terminal's cursor, which the picture hides."""

    def show(shown: bool) -> None:
        if console.is_terminal and not console.quiet:
            console.show_cursor(shown)

    return PauseKey(before=partial(show, True), after=partial(show, False))


def _screen(console: Console, settings: Config, card: Card) -> Screen:
    meter = Meter.parse(settings.tempo.meter)
    mode = settings.answer.mode
    return Screen(console, settings.tempo.bpm, meter, card.name, card.steps_per_quarter, mode)


def _say(console: Console, line: str) -> None:
    console.print(line, highlight=False, markup=False, emoji=False, soft_wrap=True)


def _opened(ready: Ready) -> str:
    return (
        f"{', '.join(ready.inputs)} and {ready.output} are open ({ready.api}; {ready.allowed}).\n"
        "Play a phrase; Ctrl-C ends."
    )


def _wiring(settings: Config) -> Wiring:
    """The ports that the settings ask for; the channel counted from 0."""
    midi, clock = settings.midi, settings.clock
    chosen_by_knob = settings.control.clock is not None
    return Wiring(
        midi.api,
        midi.client_name,
        midi.inputs,
        midi.output,
        midi.input_channel - 1 if midi.input_channel else None,
        midi.thru,
        midi.exact,
        clock.input if clock.source == "midi" or chosen_by_knob else None,
        clock.output if clock.send else None,
        settings.tempo.bpm if clock.source == "jack" or chosen_by_knob else None,
    )
