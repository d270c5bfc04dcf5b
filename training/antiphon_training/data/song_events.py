"""A song as a network over events hears it: notes and rests with their lengths, each at its place in the bar.

Knows nothing of batches or networks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from antiphon.compose.event_grid import EventGrid
from antiphon.compose.form import FORM_INPUTS, Form
from antiphon.compose.place import Bars
from antiphon.compose.symbols import HOLD, REST, Vocabulary
from antiphon_training.data.batches import Ids
from antiphon_training.data.dataset import Dataset


@dataclass(frozen=True, slots=True)
class EventSong:
    """A song of n notes and rests.

    symbols  (n,)       ids in the vocabulary
    lengths  (n,)       in steps
    places   (n + 1, 3) place in the bar, number of the bar and place within the quarter where each begins,
                        then where the song ends
    form     (n + 1, 4) what is told of the song's form there, as `FormRows`; all 0 where nothing is
    """

    symbols: Ids
    lengths: Ids
    places: Ids
    form: Ids
    bars: Bars

    @property
    def steps(self) -> int:
        return int(self.lengths.sum())

    @property
    def stream_symbols(self) -> int:
        """Symbols of the stream, the `/` at its end included."""
        return self.steps + 1

    def in_bars(self, bars: Bars) -> "EventSong":
        """The same notes with the bar lines elsewhere."""
        return replace(self, bars=bars, places=_places(self.lengths, bars))

    def told(self, form: Form, grid: EventGrid, from_step: int = 0) -> "EventSong":
        """The same song, heard knowing a form from a step on; `grid` is the song's."""
        onsets, ids = _onsets(self.lengths).tolist(), self.symbols.tolist()
        rows = np.zeros_like(self.form)
        for place, step in enumerate(onsets):
            if step >= from_step:
                rows[place] = form.rows(step, onsets[:place], ids[:place], self.bars, grid)
        return replace(self, form=rows)

    def ids(self, hold_id: int) -> Ids:
        """The song as the ids of its symbol stream, without the `/`."""
        ids = np.full(self.steps, hold_id, np.int32)
        ids[_onsets(self.lengths)[:-1]] = self.symbols
        return ids


def event_song(stream: Sequence[str], vocabulary: Vocabulary, bars: Bars) -> EventSong:
    """The events of a stream. Unknown symbols go to the nearest known; a hold without a note is a rest."""
    ids = np.array(vocabulary.ids(stream), np.int32)
    if len(ids) and ids[0] == vocabulary.id(HOLD):
        ids[0] = vocabulary.id(REST)
    onsets = np.flatnonzero(ids != vocabulary.id(HOLD))
    lengths = np.diff(np.append(onsets, len(ids))).astype(np.int32)
    untold = np.zeros((len(lengths) + 1, FORM_INPUTS), np.int32)
    return EventSong(ids[onsets], lengths, _places(lengths, bars), untold, bars)


def event_songs(dataset: Dataset, split: str) -> list[EventSong]:
    """The songs of one side of the split, in their order."""
    return [event_song(song.stream, dataset.vocabulary, dataset.bars_of(song)) for song in dataset.of(split)]


def _onsets(lengths: Ids) -> Ids:
    """(n + 1,): the step where each begins, then where the song ends."""
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)


def _places(lengths: Ids, bars: Bars) -> Ids:
    steps = _onsets(lengths).tolist()
    return np.array([(*bars.at(step), bars.within_quarter(step)) for step in steps], np.int32)
