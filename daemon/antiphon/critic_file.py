"""The critic's file in a bundle: the arrays of its trees. No pickle, no code."""

import io
from dataclasses import asdict

import numpy as np

from antiphon.arrays_file import array_in, names_in, npz_bytes
from antiphon.compose.critic import CriticTrees
from antiphon.errors import shown

MAX_CRITIC_BYTES = 4 << 20
_TYPES = {
    "version": ("int32",),
    "asked": ("int16",),
    "thresholds": ("float32",),
    "leaves": ("float32",),
    "bias": ("float32",),
}


def critic_bytes(trees: CriticTrees) -> bytes:
    """The critic's file: the same trees give the same bytes."""
    return npz_bytes(asdict(trees))


def parse_critic(data: bytes) -> CriticTrees:
    """The trees of a critic's file. Raises ValueError."""
    try:
        names = names_in(data, MAX_CRITIC_BYTES, "the critic's arrays")
        if names != sorted(_TYPES):
            raise ValueError(f"a critic must hold {', '.join(_TYPES)}; it holds {shown(names)}")
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return CriticTrees(**{name: array_in(arrays, name, types) for name, types in _TYPES.items()})
    except ValueError:
        raise
    except Exception as error:  # zipfile and numpy raise nearly anything on damaged bytes
        raise ValueError(f"the critic cannot be read: {str(error) or type(error).__name__}") from None
