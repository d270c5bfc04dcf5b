"""Hostile files: each is loaded and used, or refused in a short line that names it, and nothing else."""

import hashlib
import io
import json
import os
import random
import tempfile
import tomllib
import warnings
import zipfile
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import mido
import numpy as np

from antiphon import bundle, config
from antiphon.bundle import Architecture, Card, Corpus, Split
from antiphon.compose.memory.experience import DISTANCES, RUNS
from antiphon.compose.symbols import Vocabulary
from antiphon.errors import LONGEST_LINE, MOST_LINES, Failure, WrongUse
from antiphon.events import GridNote, NoteOff, NoteOn, Timed
from antiphon.files import memory as memory_file
from antiphon.perform.answer.programs import Voice
from antiphon.perform.session import Session
from antiphon.stage import phrase_file as phrasefile
from antiphon.stage.engine import Engine
from antiphon.stage.machine.clock import VirtualClock
from antiphon.stage.phrase_file import write_melody
from antiphon.stage.ports.port import Loopback
from antiphon.stage.voice import make_voice
from antiphon.weights import weights_bytes
from fakes import random_event_weights, random_weights
from mutations import as_toml, damaged, misshapen
from tally import LIMIT_S, FindingError, Tally, run_cases

ROOT = Path(__file__).parent.parent
VOCABULARY = Vocabulary.of([["60", "62", "64", "65", "67"]])
_FOLDER = "/dev/shm" if os.path.isdir("/dev/shm") else None


def load_cases(
    name: str, case: Callable[[random.Random, Path], None], seed: int, numbers: Iterable[int]
) -> Tally:
    """Cases that load one damaged thing each; `case` writes it below a folder, loads it and uses it."""
    with tempfile.TemporaryDirectory(dir=_FOLDER) as folder, _loud():
        tally = run_cases(name, lambda chance: _outcome(case, chance, Path(folder)), seed, numbers)
    tally.findings += [f"{what} took {s:.1f} s" for s, what in tally.slowest if s > LIMIT_S]
    return tally


@contextmanager
def _loud() -> Iterable[None]:
    """What numpy would only mumble about is an error here."""
    with warnings.catch_warnings(), np.errstate(under="ignore"):
        warnings.simplefilter("error", RuntimeWarning)
        yield


def _outcome(case: Callable[[random.Random, Path], None], chance: random.Random, folder: Path) -> str:
    try:
        case(chance, folder)
    except (Failure, WrongUse) as refused:
        _check_told(refused, folder)
        return "refused"
    return "taken"


def _check_told(refused: Failure | WrongUse, folder: Path) -> None:
    lines = refused.message.split("\n")
    if isinstance(refused, Failure) and len(lines) != 1:
        raise FindingError(f"told in {len(lines)} lines: {refused.message!r}")
    if len(lines) > MOST_LINES + 1 or max(map(len, lines)) > LONGEST_LINE + 1:
        raise FindingError(f"told at length: {refused.message!r}")
    for line in lines[:MOST_LINES]:
        if not line.isprintable() or not line.startswith(str(folder)) or len(line) < len(str(folder)) + 12:
            raise FindingError(f"told as {line!r}")


@cache
def phrases() -> tuple[bytes, ...]:
    """Whole MIDI files: our own, and one with what others put into theirs."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m.mid"
        write_melody(path, [GridNote(4 * n, 3, 60 + n) for n in range(6)], 97)
        ours = path.read_bytes()
    voice = [
        mido.MetaMessage("track_name", name="Größe"),
        mido.MetaMessage("key_signature", key="F#m"),
        mido.Message("program_change", program=3, channel=2),
        mido.Message("sysex", data=[1, 2, 3]),
        *(mido.Message("note_on", note=n % 128, velocity=n % 3 * 40, channel=2, time=90) for n in range(40)),
    ]
    tempo = [mido.MetaMessage("set_tempo", tempo=400_000), mido.MetaMessage("smpte_offset")]
    out = io.BytesIO()
    mido.MidiFile(type=1, ticks_per_beat=96, tracks=[mido.MidiTrack(tempo), mido.MidiTrack(voice)]).save(
        file=out
    )
    shipped = (ROOT / "daemon" / "antiphon" / "phrases" / "phrase.mid").read_bytes()
    return ours, out.getvalue(), shipped


def phrase_case(chance: random.Random, folder: Path) -> None:
    path = folder / "p.mid"
    path.write_bytes(damaged(chance.choice(phrases()), chance))
    phrasefile.read(path, 4, 120.0)


@dataclass(frozen=True)
class _Whole:
    card: dict[str, object]
    weights: bytes


@cache
def bundles() -> tuple[_Whole, ...]:
    """One whole bundle of each kind, and one whose weights are packed."""
    card = Card(
        name="toy",
        description="nobody's songs",
        vocabulary=VOCABULARY.symbols,
        key_rule="C major or A minor",
        architecture=Architecture(units=2),
        context="stream",
        window_length=4,
        recipe={"name": "none"},
        corpus=Corpus(name="none", title="Nothing", licence="none"),
        split=Split(rule="none", train=0, valid=0, test=0, test_sources=("a", "b")),
        figures=(),
        experience=((1.0,) * RUNS,) * DISTANCES,
        weights_sha256="",
    )
    windowed = card.model_copy(update={"context": "window"})
    events = card.model_copy(update={"architecture": Architecture(kind="events", units=2)})
    lstm_data = weights_bytes(random_weights(len(VOCABULARY), units=2))
    return (
        _Whole(json.loads(card.model_dump_json()), lstm_data),
        _Whole(json.loads(windowed.model_dump_json()), _packed(lstm_data)),
        _Whole(json.loads(events.model_dump_json()), weights_bytes(random_event_weights(len(VOCABULARY), 2))),
    )


def _packed(data: bytes) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as whole,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for name in whole.namelist():
            packed.writestr(name, whole.read(name))
    return out.getvalue()


def bundle_case(chance: random.Random, folder: Path) -> None:
    """Card and weights damaged apart and together; half of the time the checksum fits the damage."""
    whole, what = chance.choice(bundles()), chance.choice(("card", "text", "weights", "arrays", "both"))
    data, card = whole.weights, dict(whole.card)
    if what in ("weights", "both"):
        data = damaged(data, chance)
    elif what == "arrays":
        data = _odd_arrays(data, chance)
    card["weights_sha256"] = hashlib.sha256(data).hexdigest() if chance.random() < 0.9 else "0" * 64
    text = json.dumps(misshapen(card, chance) if what in ("card", "both") else card).encode()
    _load_bundle(folder, damaged(text, chance) if what == "text" else text, data)


def _load_bundle(folder: Path, card: bytes, data: bytes) -> None:
    (folder / bundle.CARD_FILE).write_bytes(card)
    (folder / bundle.WEIGHTS_FILE).write_bytes(data)
    loaded = bundle.load(folder)
    voice = make_voice(loaded, None, ("60", "", "_", "127"))
    answer(voice, config.Config())


def _odd_arrays(data: bytes, chance: random.Random) -> bytes:
    """The zip whole, its arrays odd: other numbers, shapes and types, or names."""
    with np.load(io.BytesIO(data)) as found:
        arrays = {name: found[name] for name in found.files}
    name = chance.choice(list(arrays))
    array = arrays.pop(name)
    odd = (1e4, -1e4, 1e5, 3e38, float("nan"), float("inf"), 0.0)
    changed = chance.choice(
        [
            np.where(
                np.random.default_rng(chance.randrange(99)).random(array.shape) < 0.2,
                chance.choice(odd),
                array,
            ),
            np.full_like(array, chance.choice(odd)),
            array * np.float32(chance.choice((1e2, 1e4, -1e4))),
            array.T,
            array.ravel(),
            array[:-1],
            array.astype(chance.choice(("f2", ">f4", "f8", "i4", "c8", "?", "U3", "S5", "O", "M8[s]"))),
            np.zeros((0, *array.shape[1:]), np.float32),
            np.float32(1),
        ]
    )
    arrays[chance.choice((name, name, name, name, "kernel", "../x", "a\nb"))] = changed
    out = io.BytesIO()
    with np.errstate(all="ignore"):
        chance.choice((np.savez, np.savez_compressed))(out, **arrays)
    return out.getvalue()


def answer(voice: Voice, settings: config.Config) -> None:
    """A short phrase is answered in virtual time, and every note is ended."""
    clock = VirtualClock()
    phrase = [
        Timed(0.5, NoteOn(60)),
        Timed(0.8, NoteOff(60)),
        Timed(0.9, NoteOn(64)),
        Timed(1.2, NoteOff(64)),
    ]
    port = Loopback(clock, phrase)
    session = Session(voice, settings.session, 1)
    Engine(clock, port, session, lambda _: None).run(until=lambda: clock.now_s() > 6.0)
    ons = sum(isinstance(timed.event, NoteOn) for timed in port.sent)
    if 2 * ons != len(port.sent):
        raise FindingError(f"{ons} notes begun, {len(port.sent) - ons} ended")


@cache
def _settings() -> dict[str, object]:
    plain = config.to_plain(config.Config())
    plain["control"] = {name: number for number, name in enumerate(plain["control"])}
    return {name: {k: v for k, v in of.items() if v is not None} for name, of in plain.items()}


@cache
def _voice() -> Voice:
    whole = bundles()[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        card = whole.card | {"weights_sha256": hashlib.sha256(whole.weights).hexdigest()}
        (folder / bundle.CARD_FILE).write_text(json.dumps(card))
        (folder / bundle.WEIGHTS_FILE).write_bytes(whole.weights)
        return make_voice(bundle.load(folder), None)


def config_case(chance: random.Random, folder: Path) -> None:
    """Half of them odd values in sound TOML, half damaged text; now and then what is taken is played with."""
    text = (ROOT / "config.toml").read_bytes()
    how = chance.random()
    if how < 0.5:
        text = as_toml(misshapen(_settings(), chance)).encode("utf-8", "replace")
    elif how < 0.75:
        text = damaged(as_toml(_settings()).encode(), chance)
    else:
        text = damaged(text, chance)
    path = folder / "config.toml"
    path.write_bytes(text)
    taken = config.load(path)
    tomllib.loads(text.decode("utf-8-sig"))  # nothing else was taken
    if chance.random() < 0.2:
        answer(_voice(), taken)


def memory_case(chance: random.Random, folder: Path) -> None:
    kept = [chance.choice(("60", "127", "_", "r", "", "/")) for _ in range(chance.choice((0, 5, 200, 4096)))]
    path = folder / "memory.json"
    memory_file.write(path, kept)
    whole = path.read_bytes()
    if chance.random() < 0.5:
        path.write_text(json.dumps(misshapen(json.loads(whole), chance)))
    else:
        path.write_bytes(damaged(whole, chance))
    remembered = memory_file.read(path)
    memory = _voice().memory
    if memory is None:
        raise FindingError("a voice without a memory")
    ids = {symbol: number for number, symbol in enumerate((*VOCABULARY.symbols, ""))}
    memory.restore([ids["" if not symbol else VOCABULARY.nearest(symbol)] for symbol in remembered])
