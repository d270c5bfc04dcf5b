"""What is evaluated: a trained network with its vocabulary, out of a bundle or a run folder."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from antiphon import bundle
from antiphon.compose.context import Context
from antiphon.compose.events_model import EventWeights
from antiphon.compose.memory import Experience, Memory
from antiphon.compose.model import Model
from antiphon.compose.place import Bars
from antiphon.compose.symbols import END, HOLD, Vocabulary
from antiphon.errors import Failure
from antiphon.trained_model import build_model
from antiphon.weights import Weights
from antiphon_training.data.batches import song_ids
from antiphon_training.data.song_events import event_song
from antiphon_training.fit import run_folder
from antiphon_training.score import event_bits
from antiphon_training.score.memory_weights import Floats, Tune, bits_remembering
from antiphon_training.score.symbol_bits import Network


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A song to be measured on: its symbols and the bars they lie in."""

    stream: tuple[str, ...]
    bars: Bars


@dataclass(frozen=True, slots=True)
class EvaluatedModel:
    """A network and how it listens; `experience` None where no memory belongs to it (yet)."""

    name: str
    weights: Weights
    vocabulary: Vocabulary
    context: Context
    window_length: int
    experience: Experience | None = None

    def model(self) -> Model:
        """A model at the start of a song."""
        return build_model(self.weights, self.vocabulary, self.context, self.window_length)

    def memory(self) -> Memory | None:
        if self.experience is None:
            return None
        return Memory(self.experience, len(self.vocabulary), self.vocabulary.id(HOLD))

    def bits(self, songs: Sequence[HeldOut]) -> Floats:
        """Bits of each song, its `/` included, without memory."""
        hold_id, end_id = self.vocabulary.id(HOLD), self.vocabulary.id(END)
        if isinstance(self.weights, EventWeights):
            events = [event_song(song.stream, self.vocabulary, song.bars) for song in songs]
            return event_bits.song_bits(self.weights, events, hold_id, end_id)
        network = Network(self.weights, self.context, self.window_length, end_id)
        return network.bits(song_ids([song.stream for song in songs], self.vocabulary))

    def bits_remembering(self, songs: Sequence[HeldOut]) -> Floats | None:
        """The same, each with a memory of itself; None where there is no memory."""
        if self.experience is None:
            return None
        tunes = self.tunes(songs)
        return bits_remembering(self.model(), self.experience, tunes, self.vocabulary)

    def tunes(self, songs: Sequence[HeldOut]) -> list[Tune]:
        return [Tune(self.vocabulary.ids(song.stream), song.bars) for song in songs]


def evaluated_model(folder_or_name: str) -> EvaluatedModel:
    """Read a run folder, a bundle's folder or a shipped bundle's name. Raises WrongUse or Failure."""
    if (Path(folder_or_name) / run_folder.RUN_FILE).is_file():
        return _of_run(Path(folder_or_name))
    found = bundle.load(bundle.find(folder_or_name))
    card = found.card
    return EvaluatedModel(
        card.name, found.weights, found.vocabulary, card.context, card.window_length, found.experience
    )


def evaluated_models(models: Sequence[str]) -> list[EvaluatedModel]:
    """Bundles or run folders read, in their order; those that share a name go by what was asked for.

    Raises WrongUse or Failure.
    """
    found = [evaluated_model(model) for model in models]
    often = Counter(what.name for what in found)
    return [
        replace(what, name=model) if often[what.name] > 1 else what
        for what, model in zip(found, models, strict=True)
    ]


def _of_run(folder: Path) -> EvaluatedModel:
    run = run_folder.read_run(folder)
    try:
        vocabulary = Vocabulary(tuple(run["vocabulary"]))
        recipe = run["recipe"]
        context, length = recipe["context"], recipe["window_length"]
    except (KeyError, TypeError, ValueError) as error:
        raise Failure(f"{folder / run_folder.RUN_FILE}: {error}") from None
    return EvaluatedModel(folder.name, run_folder.read_weights(folder), vocabulary, context, length)
