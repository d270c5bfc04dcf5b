"""Is a network that Keras saved one that Antiphon plays? Asked of its description alone; nothing is run.

It must be: an input of one symbol of V at each step, one or more LSTM, Dropout where it likes, Dense with
softmax. Both the descriptions of Keras 2, with its old keywords, and those of Keras 3 are read.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from antiphon.compose.lstm_weights import MOST_LAYERS
from antiphon.errors import shown

WANTED = f"an input, 1–{MOST_LAYERS} LSTM layers, Dropout, Dense with softmax"
_CHAINS = ("Functional", "Model", "Sequential")
# What a setting must be; where a description does not name it, Keras's default is what it must be.
_LSTM: dict[str, Any] = {
    "activation": "tanh",
    "recurrent_activation": "sigmoid",
    "use_bias": True,
    "go_backwards": False,
    "return_state": False,
    "stateful": False,
    "time_major": False,
}
_DENSE: dict[str, Any] = {"activation": "softmax", "use_bias": True}


@dataclass(frozen=True, slots=True)
class ForeignNetwork:
    """The layers that hold weights, by name in order; `steps` of the input, None where any are heard."""

    lstms: tuple[str, ...]
    dense: str
    steps: int | None


def foreign_network(config: Any) -> ForeignNetwork:
    """What a model's configuration describes. Raises ValueError naming what Antiphon cannot play of it."""
    kind, inside = _part(config)
    if kind not in _CHAINS:
        raise ValueError(f"it holds {shown(kind)}; Antiphon plays {WANTED}")
    layers = [_Layer.of(one) for one in _list(inside.get("layers"))]
    if kind != "Sequential":
        _check_chain(layers)
    hearing = [layer for layer in layers if layer.kind not in ("InputLayer", "Dropout")]
    if [layer.kind for layer in layers if layer.kind == "InputLayer"] not in ([], ["InputLayer"]):
        raise ValueError(f"it has several inputs; Antiphon plays {WANTED}")
    for layer in hearing:
        if layer.kind not in ("LSTM", "Dense"):
            raise ValueError(f"layer {shown(layer.name)} is {shown(layer.kind)}; Antiphon plays {WANTED}")
    kinds = [layer.kind for layer in hearing]
    if not 2 <= len(kinds) <= MOST_LAYERS + 1 or kinds != ["LSTM"] * (len(kinds) - 1) + ["Dense"]:
        raise ValueError(f"its layers are {', '.join(kinds) or 'none'}; Antiphon plays {WANTED}")
    *lstms, dense = hearing
    for number, layer in enumerate(lstms, 1):
        layer.check(_LSTM | {"return_sequences": number < len(lstms)})
    dense.check(_DENSE)
    return ForeignNetwork(tuple(layer.name for layer in lstms), dense.name, layers[0].steps())


@dataclass(frozen=True, slots=True)
class _Layer:
    kind: str
    name: str
    config: Mapping[str, Any]
    hears: tuple[str, ...]

    @classmethod
    def of(cls, said: Any) -> "_Layer":
        kind, config = _part(said)
        name = config.get("name")
        if not isinstance(name, str):
            raise ValueError(f"a layer of its description has no name: {shown(said)}")
        return cls(kind, name, config, tuple(_heard(said.get("inbound_nodes"))))

    def check(self, wanted: Mapping[str, Any]) -> None:
        for setting, value in wanted.items():
            found = self.config.get(setting, value if setting != "return_sequences" else False)
            if found != value:
                raise ValueError(
                    f"{self.kind} {shown(self.name)} has {setting} {shown(found)}; it must be {value}"
                )

    def steps(self) -> int | None:
        """The length that the input has, where it has one."""
        shape = self.config.get("batch_shape") or self.config.get("batch_input_shape")
        fixed = shape[1] if isinstance(shape, list) and len(shape) == 3 else None
        return fixed if isinstance(fixed, int) else None


def _part(said: Any) -> tuple[str, Mapping[str, Any]]:
    """The class that a part of a description names, and its settings."""
    kind, config = (said.get("class_name"), said.get("config")) if isinstance(said, dict) else (None, None)
    if isinstance(config, list):  # of a Sequential of Keras before 2.2.3
        config = {"layers": config}
    if not isinstance(kind, str) or not isinstance(config, dict):
        raise ValueError(f"its description is damaged at {shown(said)}")
    return kind, config


def _list(said: Any) -> list[Any]:
    if not isinstance(said, list):
        raise ValueError("its description names no layers")
    return said


def _check_chain(layers: Sequence[_Layer]) -> None:
    """Each layer must hear the one before it, and nothing else."""
    for before, layer in pairwise(layers):
        if layer.hears != (before.name,):
            heard = ", ".join(layer.hears) or "nothing"
            raise ValueError(
                f"layer {shown(layer.name)} hears {heard}, not {before.name} alone; Antiphon plays {WANTED}"
            )


def _heard(nodes: Any) -> Iterator[str]:
    """The layers that a layer hears: [[["lstm", 0, 0, {}]]] in Keras 2, a `keras_history` each in Keras 3."""
    waiting = [nodes]
    while waiting:
        here = waiting.pop()
        if isinstance(here, dict):
            history = here.get("keras_history")
            if isinstance(history, list) and history:
                yield str(history[0])
            else:
                waiting += here.values()
        elif isinstance(here, list):
            if here and isinstance(here[0], str):
                yield here[0]
            else:
                waiting += here
