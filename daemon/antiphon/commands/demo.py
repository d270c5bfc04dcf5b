"""`antiphon demo`: a phrase is played in and answered, with no MIDI system and no sound card."""

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from functools import partial
from importlib.resources import as_file, files
from itertools import accumulate
from pathlib import Path
from queue import Empty, SimpleQueue

import click
from rich.console import Console

from antiphon.bundle import Bundle
from antiphon.commands.chosen import bundle_of, take_header, voice_of
from antiphon.commands.configured import chord_table_of, configuration, seed_or_chance
from antiphon.commands.demo_result import DemoResult
from antiphon.commands.options import FILE, shared
from antiphon.commands.sounding import made_audible, sound_order
from antiphon.config import Config
from antiphon.errors import Failure, WrongUse
from antiphon.events import PlayedNote, Timed
from antiphon.listen.phrase import PhraseSettings
from antiphon.midi.file import Phrase
from antiphon.midi.voice_choice import Wanted
from antiphon.perform.reports import Handover, Report
from antiphon.perform.session import Session
from antiphon.perform.settings import ClockSettings, TempoSettings
from antiphon.perform.transport import Transport
from antiphon.stage.engine import Engine
from antiphon.stage.machine.clock import Clock, SystemClock, VirtualClock
from antiphon.stage.performance_state import PerformanceTracker, RecordingStatus
from antiphon.stage.phrase_file import read_phrase
from antiphon.stage.ports.port import Loopback, Port
from antiphon.stage.screen.screen import Screen
from antiphon.stage.takes.recorder import Recorder
from antiphon.stage.voice import warm
from antiphon.timebase import Grid

_COUNT_IN_S = 0.5


@click.command()
@click.option("--phrase", "phrase_file", type=FILE, metavar="FILE.mid", help="Play this phrase, not ours.")
@shared("track", "channel")
@click.option("--listen-only", is_flag=True, help="Find tempo and bars by ear, not in the file.")
@click.option("--fast", is_flag=True, help="Compute the same music at once.")
@shared("sound", "take", "model", "temperature", "seed", "config", "json")
def demo(
    phrase_file: Path | None,
    track: str | None,
    channel: int | None,
    listen_only: bool,
    fast: bool,
    sound: str | None,
    take_dir: str | None,
    model: str | None,
    temperature: float | None,
    random_seed: int | None,
    config_file: Path | None,
    as_json: bool,
) -> None:
    """Play a phrase, answer it and write a take; --sound makes it audible."""
    if fast and sound is not None:
        raise WrongUse("--sound plays in real time: leave out --fast")
    phrase = _phrase(phrase_file, Wanted(track, channel))
    changes = {
        "sampling.temperature": temperature,
        "model.name": model,
        "take.folder": take_dir,
        "sound.by": sound,
    }
    settings = _for_one_phrase(configuration(config_file, changes), phrase, listen_only)
    chosen = bundle_of(settings)
    seed = seed_or_chance(random_seed)
    result = DemoResult(chosen.card.name, seed)
    header = take_header(settings, chosen.card, seed, chords=chord_table_of(settings))
    recorder = Recorder(Path(settings.take.folder), header, True, _say)
    if recorder.trouble is not None:
        raise Failure(recorder.trouble)
    watchers = (recorder.record, result.record)
    how = partial(_perform, listen_only=listen_only, fast=fast, quiet=as_json)
    try:
        with made_audible(None if fast else sound_order(settings), _say) as audible:
            how(settings, chosen, seed, phrase, watchers, audible=audible)
    finally:
        take = recorder.close()
    click.echo(json.dumps(result.as_json(take)) if as_json else _last_lines(take))


def _say(line: str) -> None:
    click.echo(f"antiphon: {line}", err=True)


def _phrase(file: Path | None, wanted: Wanted) -> Phrase:
    if file is not None:
        return read_phrase(file, wanted)
    if wanted:
        raise WrongUse("--track and --channel choose in the file of --phrase, which was not given")
    with as_file(files("antiphon") / "phrases" / "phrase.mid") as shipped:
        return read_phrase(shipped)


def _for_one_phrase(settings: Config, phrase: Phrase, listen_only: bool) -> Config:
    """The file's tempo and meter, or those of the settings; its rests are part of the phrase, however long;
    one answer.
    """
    tempo = settings.tempo if listen_only else TempoSettings("fixed", phrase.bpm, str(phrase.meter), "first")
    beats_per_s = tempo.bpm / 60.0
    longest = max(_silences_s(phrase.notes), default=0.0) * beats_per_s
    length = (phrase.notes[-1].release_s - phrase.notes[0].onset_s) * beats_per_s
    listening = PhraseSettings(
        max(settings.phrase.silence_beats, longest + 0.25),
        max(settings.phrase.max_beats, length + 1.0),
        settings.phrase.voice,
    )
    answer = replace(settings.answer, mode="answer")  # the other ways of playing need a player to end them
    return replace(settings, tempo=tempo, phrase=listening, answer=answer)


def _silences_s(notes: Sequence[PlayedNote]) -> Iterator[float]:
    """The silence before each note but the first; `notes` by onset."""
    released_s = accumulate((note.release_s for note in notes), max)
    return (after.onset_s - before_s for before_s, after in zip(released_s, notes[1:], strict=False))


def _perform(
    settings: Config,
    chosen: Bundle,
    random_seed: int,
    phrase: Phrase,
    watchers: Sequence[Callable[[Report], None]],
    *,
    listen_only: bool,
    fast: bool,
    quiet: bool,
    audible: Callable[[Port], Port],
) -> None:
    clock = VirtualClock() if fast else SystemClock()
    voice = voice_of(chosen, settings)
    warm(voice.model)
    begin_s = clock.now_s() + _COUNT_IN_S - phrase.notes[0].onset_s  # nobody waits for a pickup
    port = Loopback(clock, [Timed(begin_s + timed.at_s, timed.event) for timed in phrase.events])
    # Nobody leads here: the phrase is played in by ourselves.
    alone = replace(settings.session, clock=ClockSettings())
    bars = Transport(Grid(phrase.bpm, begin_s, voice.steps_per_quarter), phrase.meter)
    session = Session(voice, alone, random_seed, handover=Handover(None if listen_only else bars))
    performance = Performance(clock, audible(port), session)

    def over() -> bool:
        return port.exhausted and session.state == "idle"

    tracker = PerformanceTracker(settings, chosen.card.name, voice.steps_per_quarter)
    tracker.record(RecordingStatus(recording=True))
    with Screen(Console(quiet=quiet), tracker) as screen:

        def watch(report: Report) -> None:
            for watcher in (*watchers, tracker.hear, screen.show):
                watcher(report)

        if fast:
            performance.play_at_once(over, watch)
        else:
            performance.play(over, watch, lambda: screen.tick(clock.now_s()))


def _last_lines(take: Path | None) -> str:
    return (
        f"The take: {take}\n"
        "It holds your phrase and the answer; open it in a DAW or any MIDI player.\n"
        "Go live:  antiphon play\n"
        "with a keyboard on antiphon:in and a synthesizer on antiphon:out."
    )


_FRAME_S = 0.04


class Performance:
    """Plays a session; `watch` is called with every report in order, `tick` about 25 times a second."""

    def __init__(self, clock: Clock, port: Port, session: Session) -> None:
        self._reports: SimpleQueue[Report] = SimpleQueue()
        self._engine = Engine(clock, port, session, self._reports.put)

    def play(
        self, until: Callable[[], bool], watch: Callable[[Report], None], tick: Callable[[], None]
    ) -> None:
        """Play in real time until `until()` holds. Whatever ends it, the engine ends first and in order."""
        with ThreadPoolExecutor(1, "engine") as pool:
            playing = pool.submit(self._engine.run, until)
            try:
                self._attend(playing, watch, tick)
            finally:
                self._engine.stop()
                wait([playing])
                self._hand_over(watch)
        playing.result()

    def play_at_once(self, until: Callable[[], bool], watch: Callable[[Report], None]) -> None:
        """Play on this thread, for a virtual clock; the watchers hear of it afterwards."""
        self._engine.run(until)
        self._hand_over(watch)

    def _attend(
        self, playing: Future[None], watch: Callable[[Report], None], tick: Callable[[], None]
    ) -> None:
        while not playing.done():
            self._hand_over(watch)
            tick()
            wait([playing], timeout=_FRAME_S)

    def _hand_over(self, watch: Callable[[Report], None]) -> None:
        for report in self._waiting():
            watch(report)

    def _waiting(self) -> Iterator[Report]:
        while True:
            try:
                yield self._reports.get_nowait()
            except Empty:
                return
