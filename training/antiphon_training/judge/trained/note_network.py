"""The second judge: a small recurrent network over the notes of phrase and answer (Keras)."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from antiphon_training.judge.trained.line import Exchange, Line
from antiphon_training.network.network import keras

Floats = NDArray[np.float64]
Ids = NDArray[np.int32]
_UNITS, _EPOCHS, _BATCH, _RATE, _DROPOUT = 64, 16, 64, 0.005, 0.3
_MOST_NOTES = 28  # of the phrase, the last ones
_LOWEST, _PITCHES = 36, 60  # pitches that have a row of their own, in C major or A minor
_ENDS = (0.5, 1, 1.5, 2, 3, 4, 6, 8, 12, 16)  # upper ends of the classes of lengths, in sixteenths
_PLACES, _LEFT = 33, 17  # eighths of a quarter in a bar; quarters that are left of the line, at most
_WIDTHS = {"pitch": 16, "degree": 8, "interval": 12, "length": 8, "gap": 4, "place": 8, "left": 4, "part": 4}
_ROWS = {
    "pitch": _PITCHES + 1,
    "degree": 13,
    "interval": 27,
    "length": len(_ENDS) + 2,
    "gap": len(_ENDS) + 2,
    "place": _PLACES + 1,
    "left": _LEFT + 1,
    "part": 9,
}


class NoteNetwork:
    """Scores how likely an answer is ours: a GRU (Cho et al. 2014) reads both melodies note by note."""

    def __init__(self, exchanges: Sequence[Exchange]) -> None:
        self._notes = padded([_notes(exchange) for exchange in exchanges])
        keras().utils.set_random_seed(0)
        self._model = _model()
        self._model.optimizer.build(self._model.trainable_variables)
        self._untrained = [variable.numpy() for variable in self._variables()]

    def scores(self, learned: NDArray[np.intp], ours: NDArray[np.bool_], asked: NDArray[np.intp]) -> Floats:
        """For the exchanges `asked` (k,), after learning from those `learned`; `ours` says which are ours."""
        for variable, value in zip(self._variables(), self._untrained, strict=True):
            variable.assign(value)
        keras().utils.set_random_seed(0)
        rows, wanted = self._notes[learned], ours[learned].astype(np.float32)
        self._model.fit(rows, wanted, batch_size=_BATCH, epochs=_EPOCHS, verbose=0)
        said = self._model.predict(self._notes[asked], batch_size=256, verbose=0)
        return np.asarray(said, np.float64)[:, 0]

    def _variables(self) -> list[Any]:
        """The network's and the optimiser's, so that one network learns anew for every fold."""
        return [*self._model.variables, *self._model.optimizer.variables]


def padded(songs: Sequence[Ids]) -> Ids:
    """Shape (songs, notes, inputs), zeros after the last note of each."""
    longest = max(len(song) for song in songs)
    rows = np.zeros((len(songs), longest, len(_ROWS)), np.int32)
    for row, song in zip(rows, songs, strict=True):
        row[: len(song)] = song
    return rows


def _notes(exchange: Exchange) -> Ids:
    """(notes, inputs): a row of ids from 1 on for each note of phrase and answer."""
    known = 1 + int(exchange.mode == "minor") + 2 * exchange.last
    phrase, answer = _line(exchange.phrase, known), _line(exchange.answer, known + 4)
    rows = np.array([*phrase[-_MOST_NOTES:], *answer], np.int32).reshape(-1, len(_ROWS))
    moves = np.diff(rows[:, 0], prepend=rows[:1, 0])
    rows[:, 2] = np.clip(moves, -12, 12) + 14
    return rows


def _line(line: Line, part: int) -> list[tuple[int, ...]]:
    rows, before = [], None
    for note, degree in zip(line.notes, line.degrees, strict=True):
        gap = 0 if before is None else note.onset - before.onset - before.length
        place = 8 * (note.onset % line.bar) // line.quarter
        left = (line.steps - note.onset) // line.quarter
        ids = (_pitch(note.pitch), degree, 0, _class(note.length, line), _class(gap, line))
        rows.append(
            (*(1 + number for number in ids), 1 + min(place, _PLACES - 1), 1 + min(left, _LEFT - 1), part)
        )
        before = note
    return rows


def _pitch(pitch: int) -> int:
    return min(max(pitch - _LOWEST, 0), _PITCHES - 1)


def _class(steps: int, line: Line) -> int:
    return int(np.searchsorted(_ENDS, 4 * max(steps, 0) / line.quarter))


def _model() -> Any:
    k = keras()
    notes = k.Input((None, len(_ROWS)), dtype="int32")
    heard = [
        k.layers.Embedding(_ROWS[name], _WIDTHS[name])(notes[:, :, column])
        for column, name in enumerate(_ROWS)
    ]
    rows = k.layers.SpatialDropout1D(_DROPOUT)(k.layers.Concatenate()(heard))
    sounding = notes[:, :, 0] > 0
    forth = k.layers.GRU(_UNITS, return_sequences=True)(rows, mask=sounding)
    most = k.layers.GlobalMaxPooling1D()(forth * k.ops.cast(sounding, "float32")[:, :, None])
    said = k.layers.Dense(1)(k.layers.Dropout(_DROPOUT)(most))
    model = k.Model(notes, said)
    loss = k.losses.BinaryCrossentropy(from_logits=True)
    model.compile(k.optimizers.Adam(_RATE, global_clipnorm=1.0), loss)
    return model
