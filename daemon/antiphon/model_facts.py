"""The facts of a bundle's card that playing needs, as plain values: they travel between processes."""

from dataclasses import dataclass
from pathlib import Path

from antiphon.compose.context import Context
from antiphon.listen.repertoire import Starts

CARD_FILE, WEIGHTS_FILE, CRITIC_FILE = "model.json", "weights.npz", "critic.npz"


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """The fields of `bundle.Card` of the same names, and the bundle's folder."""

    folder: Path
    name: str
    vocabulary: tuple[str, ...]
    steps_per_quarter: int
    kind: str
    units: int
    context: Context
    window_length: int
    experience: tuple[tuple[float, ...], ...] | None
    weights_sha256: str
    starts: Starts | None = None
    lengths: tuple[int, ...] | None = None
    critic_sha256: str | None = None
