"""What is evaluated: a trained network with its vocabulary, out of a bundle or a run folder."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from antiphon import bundle
from antiphon.bundle import Bundle
from antiphon.compose.context import Context
from antiphon.compose.critic import Critic
from antiphon.compose.event_grid import SIXTEENTHS, EventGrid
from antiphon.compose.event_weights import EventWeights
from antiphon.compose.memory.experience import Experience
from antiphon.compose.memory.memory import Memory
from antiphon.compose.model import Model
from antiphon.compose.place import Bars
from antiphon.compose.symbols import END, HOLD, Vocabulary, regridded
from antiphon.errors import Failure
from antiphon.timebase import STEPS_PER_QUARTER
from antiphon.trained_model import build_model
from antiphon.weights import Weights
from antiphon_training.data.batches import song_ids
from antiphon_training.data.dataset import lengths_of
from antiphon_training.data.forms import usual_form
from antiphon_training.data.song_events import event_song
from antiphon_training.fit import run_folder
from antiphon_training.score import event_bits
from antiphon_training.score.memory_weights import Floats, Tune, bits_remembering
from antiphon_training.score.symbol_bits import Network


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A song to be measured on: its symbols and the bars they lie in, which tell the grid."""

    stream: tuple[str, ...]
    bars: Bars

    def on_grid(self, steps_per_quarter: int) -> "HeldOut | None":
        """The same song on another grid; None where that cannot say it."""
        steps = self.bars.steps_per_quarter
        stream = regridded(self.stream, steps, steps_per_quarter)
        offset, rest = divmod(self.bars.offset_steps * steps_per_quarter, steps)
        if rest or regridded(stream, steps_per_quarter, steps) != self.stream:
            return None
        return HeldOut(stream, Bars(self.bars.meter, offset, steps_per_quarter))


@dataclass(frozen=True, slots=True)
class EvaluatedModel:
    """A network and how it listens; `experience` None where no memory belongs to it (yet), `critic` None
    where none chooses among its answers."""

    name: str
    weights: Weights
    vocabulary: Vocabulary
    context: Context
    window_length: int
    experience: Experience | None = None
    grid: EventGrid = SIXTEENTHS
    critic: Critic | None = None

    def model(self) -> Model:
        """A model at the start of a song."""
        return build_model(self.weights, self.vocabulary, self.context, self.window_length, self.grid)

    def memory(self) -> Memory | None:
        if self.experience is None:
            return None
        hold_id, steps = self.vocabulary.id(HOLD), self.grid.steps_per_quarter
        return Memory(self.experience, len(self.vocabulary), hold_id, steps)

    def says(self, song: HeldOut) -> bool:
        """Whether the model's grid, and its table of lengths, can say a song."""
        there = song.on_grid(self.grid.steps_per_quarter)
        if there is None or not isinstance(self.weights, EventWeights):
            return there is not None
        longest = self.grid.lengths[-1]
        return all(length > longest or self.grid.may_end(length) for length in lengths_of(there.stream))

    def _heard(self, songs: Sequence[HeldOut]) -> list[HeldOut]:
        """The songs on the model's grid. Raises Failure where that cannot say one."""
        found = [there for song in songs if (there := song.on_grid(self.grid.steps_per_quarter)) is not None]
        if len(found) < len(songs):
            raise Failure(f"{self.name}: its grid cannot say {len(songs) - len(found)} of the songs")
        return found

    @property
    def knows_form(self) -> bool:
        """Whether it can be told of a song's form."""
        return isinstance(self.weights, EventWeights) and self.weights.knows_form

    def bits(self, songs: Sequence[HeldOut], told: bool = False) -> Floats:
        """Bits of each song, its `/` included, without memory; `told`: knowing the usual form.

        Raises Failure, as all of these, where the model's grid cannot say a song.
        """
        songs = self._heard(songs)
        hold_id, end_id = self.vocabulary.id(HOLD), self.vocabulary.id(END)
        if isinstance(self.weights, EventWeights):
            events = [event_song(song.stream, self.vocabulary, song.bars) for song in songs]
            if told:
                events = [song.told(usual_form(song.steps, song.bars), self.grid) for song in events]
            return event_bits.song_bits(self.weights, events, hold_id, end_id, self.grid)
        network = Network(self.weights, self.context, self.window_length, end_id)
        return network.bits(song_ids([song.stream for song in songs], self.vocabulary))

    def bits_remembering(self, songs: Sequence[HeldOut], told: bool = False) -> Floats | None:
        """The same, each with a memory of itself; None where there is no memory."""
        if self.experience is None:
            return None
        tunes = self.tunes(songs)
        if told:
            tunes = [replace(tune, form=usual_form(len(tune.ids), tune.bars)) for tune in tunes]
        return bits_remembering(self.model(), self.experience, tunes, self.vocabulary)

    def tunes(self, songs: Sequence[HeldOut]) -> list[Tune]:
        return [Tune(self.vocabulary.ids(song.stream), song.bars) for song in self._heard(songs)]


def evaluated_model(folder_or_name: str) -> EvaluatedModel:
    """Read a run folder, a bundle's folder or a shipped bundle's name. Raises WrongUse or Failure."""
    if (Path(folder_or_name) / run_folder.RUN_FILE).is_file():
        return _of_run(Path(folder_or_name))
    return of_bundle(bundle.load(bundle.find(folder_or_name)))


def of_bundle(found: Bundle) -> EvaluatedModel:
    card = found.card
    return EvaluatedModel(
        card.name,
        found.weights,
        found.vocabulary,
        card.context,
        card.window_length,
        found.experience,
        found.grid,
        found.critic,
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
        steps = recipe.get("steps_per_quarter", STEPS_PER_QUARTER)
        grid = EventGrid(steps, tuple(run.get("lengths", SIXTEENTHS.lengths)))
    except (KeyError, TypeError, ValueError) as error:
        raise Failure(f"{folder / run_folder.RUN_FILE}: {error}") from None
    weights = run_folder.read_weights(folder)
    return EvaluatedModel(folder.name, weights, vocabulary, context, length, grid=grid)
