"""What plays of a bundle: its weights, read and checked, and the facts of its card that playing needs.

Loads neither pydantic nor the card: the playing process is told the facts by the process that read them.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from antiphon.compose.context import Context
from antiphon.compose.critic import Critic
from antiphon.compose.event_grid import SIXTEENTHS, EventGrid
from antiphon.compose.event_weights import EventWeights
from antiphon.compose.events_model import EventModel
from antiphon.compose.lstm_weights import multiplications
from antiphon.compose.memory.experience import Experience
from antiphon.compose.memory.memory import Memory
from antiphon.compose.model import Model, build
from antiphon.compose.symbols import END, HOLD, Vocabulary
from antiphon.critic_file import MAX_CRITIC_BYTES, parse_critic
from antiphon.errors import Failure
from antiphon.files.read import read_file
from antiphon.listen.repertoire import Starts
from antiphon.model_facts import CARD_FILE, CRITIC_FILE, WEIGHTS_FILE, ModelFacts
from antiphon.weights import MAX_WEIGHTS_BYTES, Weights, parse_weights

# All states of a window hear every symbol: its length times the numbers of the layers, at most some 20 ms.
MAX_WINDOW_WORK = 1 << 28


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """A model that can play: its vocabulary, its weights, how much its memory weighs, where its songs begin
    in the bar, and the critic that chooses among its answers."""

    name: str
    vocabulary: Vocabulary
    weights: Weights
    experience: Experience | None
    grid: EventGrid
    context: Context
    window_length: int
    starts: Starts | None
    critic: Critic | None

    @property
    def steps_per_quarter(self) -> int:
        return self.grid.steps_per_quarter

    def model(self, context: Context | None = None) -> Model:
        """A model at the start of a song; `context` as the card says unless given. Of events: the song."""
        context = context or self.context
        return build_model(self.weights, self.vocabulary, context, self.window_length, self.grid)

    def memory(self) -> Memory | None:
        """An empty memory for a session with this model."""
        if self.experience is None:
            return None
        hold_id = self.vocabulary.id(HOLD)
        return Memory(self.experience, len(self.vocabulary), hold_id, self.steps_per_quarter)


def build_model(
    weights: Weights,
    vocabulary: Vocabulary,
    context: Context,
    window_length: int,
    grid: EventGrid = SIXTEENTHS,
) -> Model:
    """A model at the start of a song, of either kind of network; `grid` is that of a network of events."""
    if isinstance(weights, EventWeights):
        return EventModel(weights, vocabulary.id(HOLD), vocabulary.id(END), grid)
    return build(weights, context, window_length, vocabulary.id(END))


def load(facts: ModelFacts) -> TrainedModel:
    """Read and check the weights. Raises Failure with one line that names both sides of a mismatch."""
    data = _checked(facts.folder / WEIGHTS_FILE, MAX_WEIGHTS_BYTES, facts.weights_sha256)
    try:
        vocabulary = Vocabulary(facts.vocabulary)
        weights = parse_weights(data)
        experience = None if facts.experience is None else Experience(facts.experience)
        grid = _grid(facts)
    except ValueError as error:
        raise Failure(f"{facts.folder}: {error}") from None
    _check_sizes(facts, weights, grid)
    _check_work(facts, weights)
    return TrainedModel(
        facts.name,
        vocabulary,
        weights,
        experience,
        grid,
        facts.context,
        facts.window_length,
        facts.starts,
        _critic(facts),
    )


def _checked(path: Path, most_bytes: int, sha256: str) -> bytes:
    """The bytes of a file whose checksum the card names."""
    data = read_file(path, most_bytes)
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise Failure(f"{path}: checksum {found[:12]}… is not the {sha256[:12]}… that {CARD_FILE} names")
    return data


def _critic(facts: ModelFacts) -> Critic | None:
    if facts.critic_sha256 is None:
        return None
    path = facts.folder / CRITIC_FILE
    data = _checked(path, MAX_CRITIC_BYTES, facts.critic_sha256)
    try:
        return Critic(parse_critic(data))
    except ValueError as error:
        raise Failure(f"{path}: {error}") from None


def _grid(facts: ModelFacts) -> EventGrid:
    """A card without a table of lengths is of sixteenths, or of a network over symbols, which needs none."""
    if facts.lengths is not None:
        return EventGrid(facts.steps_per_quarter, facts.lengths)
    return EventGrid(facts.steps_per_quarter)


def _check_sizes(facts: ModelFacts, weights: Weights, grid: EventGrid) -> None:
    if facts.kind != weights.kind:
        raise Failure(
            f"{facts.folder}: {CARD_FILE} names kind {facts.kind}, {WEIGHTS_FILE} holds {weights.kind}"
        )
    pairs = {
        "symbols": (len(facts.vocabulary), weights.symbols),
        "units": (facts.units, weights.units),
    }
    if isinstance(weights, EventWeights):
        pairs["steps to a quarter"] = (grid.steps_per_quarter, weights.steps_per_quarter)
        pairs["classes of lengths"] = (grid.classes, weights.lengths)
    for what, (said, found) in pairs.items():
        if said != found:
            raise Failure(f"{facts.folder}: {CARD_FILE} names {said} {what}, {WEIGHTS_FILE} holds {found}")


def _check_work(facts: ModelFacts, weights: Weights) -> None:
    if isinstance(weights, EventWeights):
        return
    of_a_symbol = multiplications(weights)
    if facts.window_length * of_a_symbol > MAX_WINDOW_WORK:
        most = MAX_WINDOW_WORK // of_a_symbol
        raise Failure(
            f"{facts.folder}: window_length must be 1–{most} with {weights.units} units, "
            f"got {facts.window_length}"
        )
