"""Checks of a network's arrays: their shapes, and that their numbers are weights. Knows no network."""

from collections.abc import Mapping, Sequence

import numpy as np

from antiphon.compose.lstm import Floats

# Trained weights are below 100; with none beyond this no sum of them leaves what float32 can say.
LARGEST_WEIGHT = 1e4


def check_dimensions(holder: object, names: Sequence[str], dimensions: int) -> None:
    """Raises ValueError, naming the attribute, where an array has not so many dimensions."""
    for name in names:
        array: Floats = getattr(holder, name)
        if array.ndim != dimensions:
            raise ValueError(f"{name} must have shape ({', '.join('…' * dimensions)}), got {array.shape}")


def check_arrays(holder: object, shapes: Mapping[str, tuple[int, ...]]) -> None:
    """Raises ValueError, naming the attribute, where a shape is another or a number is no weight."""
    for name, shape in shapes.items():
        array: Floats = getattr(holder, name)
        if array.shape != shape:
            raise ValueError(f"{name} must have shape {shape}, got {array.shape}")
        if not np.isfinite(array).all():
            raise ValueError(f"{name} holds a number that is not finite")
        if array.size and (largest := float(np.abs(array).max())) > LARGEST_WEIGHT:
            raise ValueError(f"{name} must hold numbers of at most {LARGEST_WEIGHT:g}, got {largest:g}")
