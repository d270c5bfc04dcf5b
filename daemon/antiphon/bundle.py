"""Model bundles: a folder with `model.json` and `weights.npz`, trusted only after checking.

No pickle, no code.
"""

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from antiphon import trained_model
from antiphon.compose.context import Context
from antiphon.compose.critic import CriticTrees
from antiphon.critic_file import critic_bytes
from antiphon.errors import Failure, WrongUse, shown
from antiphon.files.read import parse_json, read_file
from antiphon.model_facts import CARD_FILE, CRITIC_FILE, WEIGHTS_FILE, ModelFacts
from antiphon.timebase import Meter
from antiphon.trained_model import TrainedModel
from antiphon.weights import Weights, weights_bytes

FORMAT = 1
SHIPPED = Path(__file__).parent / "models"
DEFAULT_MODEL = "essen"
MAX_CARD_BYTES = 4 << 20
MOST_IN_A_LINE = 1000  # characters
MOST_LENGTHS = 384  # eight quarters on the finest grid
# What Keras and others keep a model in; it may say what is to be run, so it is not even opened here.
_KERAS_ENDINGS = (".h5", ".hdf5", ".keras")


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must be printable")
    return text


def _meter(text: str) -> str:
    Meter.parse(text)
    return text


Quarters = Annotated[float, Field(ge=0, le=256)]
Songs = Annotated[int, Field(ge=0)]
Line = Annotated[str, Field(max_length=MOST_IN_A_LINE), AfterValidator(_printable)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Architecture(_Part):
    """The network: one LSTM layer, over symbols ("lstm") or over notes and rests ("events"); or several,
    one above another, over symbols ("lstm-stack"). `units` are those of the last layer."""

    kind: Literal["lstm", "lstm-stack", "events"] = "lstm"
    units: Annotated[int, Field(ge=1, le=4096)]


class Corpus(_Part):
    """What the model learned from, and on what terms it may be passed on."""

    name: Line
    title: Line
    licence: Line


class Split(_Part):
    """How the songs were divided; sources of the held-out ones, so that anybody can hold them out again."""

    rule: str
    train: int
    valid: int
    test: int
    valid_sources: tuple[str, ...] = ()
    test_sources: tuple[str, ...] = ()


class Figures(_Part):
    """Bits the model needs for a held-out song: per symbol of the stream, and per note onset.

    With memory: of the song so far. Told: knowing where the song ends, and its phrases of four bars.
    """

    split: Literal["valid", "test"]
    songs: int
    bits_per_symbol: float
    bits_per_onset: float
    bits_per_onset_with_memory: float | None = None
    bits_per_onset_told: float | None = None
    bits_per_onset_told_with_memory: float | None = None


class Card(_Part):
    """`model.json`: everything needed to use the weights, and to know what they are.

    `experience` is how much a memory of the session weighs beside this model; without it there is no memory.
    `starts` is how many songs of each meter begin so many quarters into a bar; None where nobody counted.
    `lengths` are the lengths in steps that a network of events knows; without them 1–32, all that there are
    on a grid of sixteenths. Without `critic_sha256` no critic chooses among the answers.
    """

    format: int = FORMAT
    name: Line
    description: Line
    vocabulary: tuple[str, ...]
    steps_per_quarter: Annotated[int, Field(ge=1, le=48)] = 4
    lengths: Annotated[tuple[int, ...], Field(min_length=1, max_length=MOST_LENGTHS)] | None = None
    key_rule: Line
    architecture: Architecture
    context: Context
    window_length: Annotated[int, Field(ge=1, le=4096)] = 64
    recipe: dict[str, Any]
    corpus: Corpus
    split: Split
    figures: tuple[Figures, ...]
    experience: tuple[tuple[float, ...], ...] | None = None
    starts: dict[Annotated[Line, AfterValidator(_meter)], tuple[tuple[Quarters, Songs], ...]] | None = None
    weights_sha256: Line
    critic_sha256: Line | None = None


@dataclass(frozen=True, slots=True)
class Bundle(TrainedModel):
    """A checked bundle: a model that can play, and the card and folder it came from."""

    card: Card
    folder: Path


def find(name_or_folder: str) -> Path:
    """The folder of a shipped bundle by name, or any folder. Raises WrongUse that lists the names."""
    names = shipped_names()
    if name_or_folder in names:
        return SHIPPED / name_or_folder
    if os.path.isdir(name_or_folder):
        return Path(name_or_folder)
    if name_or_folder.lower().endswith(_KERAS_ENDINGS):
        raise WrongUse(
            f'model "{name_or_folder}": a file of Keras may hold code and is never opened to play; '
            'a model is a folder that "antiphon-train export" writes'
        )
    listed, given = ", ".join(names) or "none", name_or_folder[:200]
    raise WrongUse(f'model "{given}" is neither a folder nor a bundle that ships (there are: {listed})')


def shipped_names() -> list[str]:
    return sorted(path.parent.name for path in SHIPPED.glob(f"*/{CARD_FILE}"))


def load(folder: Path, with_critic: bool = True) -> Bundle:
    """Read and check a bundle, its critic unless that is to be made anew.

    Raises Failure with one line that names both sides of a mismatch.
    """
    card = read_card(folder)
    facts = facts_of(folder, card)
    trained = trained_model.load(facts if with_critic else replace(facts, critic_sha256=None))
    values = {field.name: getattr(trained, field.name) for field in fields(trained)}
    return Bundle(**values, card=card, folder=folder)


def facts_of(folder: Path, card: Card) -> ModelFacts:
    """What the playing process has to know of a card."""
    return ModelFacts(
        folder,
        card.name,
        card.vocabulary,
        card.steps_per_quarter,
        card.architecture.kind,
        card.architecture.units,
        card.context,
        card.window_length,
        card.experience,
        card.weights_sha256,
        card.starts,
        card.lengths,
        card.critic_sha256,
    )


def read_card(folder: Path) -> Card:
    """Read and check `model.json` alone."""
    path = folder / CARD_FILE
    data = read_file(path, MAX_CARD_BYTES)
    try:
        raw = parse_json(data)
        _check_format(path, raw)
        return Card.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]).replace("\n", " ")
        raise Failure(f"{path}: {place}: {first['msg']}") from None
    except ValueError as error:
        raise Failure(f"{path}: not JSON: {error}") from None


def _check_format(path: Path, raw: object) -> None:
    found = raw.get("format") if isinstance(raw, dict) else None
    if found != FORMAT:
        raise Failure(f"{path}: bundle format {shown(found)}, this Antiphon reads format {FORMAT}")


def is_free(folder: Path) -> bool:
    """Whether a bundle may be written there: nothing is there, or a bundle, which is replaced."""
    return not folder.exists() or (folder / CARD_FILE).is_file()


def save(folder: Path, card: Card, weights: Weights, half: bool = False) -> Bundle:
    """Write a bundle beside `folder`, check it, then rename it into place; an older bundle there is replaced.

    `card.weights_sha256` is filled in; the bundle has no critic yet. `half` as in `weights_bytes`. Raises
    Failure where the folder holds something else or is read-only.
    """
    data = weights_bytes(weights, half)
    checksums = {"weights_sha256": hashlib.sha256(data).hexdigest(), "critic_sha256": None}
    complete = card.model_copy(update=checksums)
    if not is_free(folder):
        raise Failure(f"{folder}: exists and is not a model bundle; name another folder")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise Failure(f"{folder}: {error.strerror}") from None
    try:
        os.chmod(beside, 0o755)
        (beside / WEIGHTS_FILE).write_bytes(data)
        (beside / CARD_FILE).write_bytes(_card_bytes(complete))
        load(beside)
        shutil.rmtree(folder, ignore_errors=True)
        beside.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return load(folder)


def save_critic(folder: Path, trees: CriticTrees) -> Bundle:
    """Write a critic into a bundle; an older one there is replaced. Raises Failure where it cannot write."""
    data = critic_bytes(trees)
    card = read_card(folder).model_copy(update={"critic_sha256": hashlib.sha256(data).hexdigest()})
    _replace(folder / CRITIC_FILE, data)
    _replace(folder / CARD_FILE, _card_bytes(card))
    return load(folder)


def _card_bytes(card: Card) -> bytes:
    return (card.model_dump_json(indent=1) + "\n").encode()


def _replace(path: Path, data: bytes) -> None:
    """A file is there whole, as it was or as it will be."""
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise Failure(f"{path}: {error.strerror}") from None
