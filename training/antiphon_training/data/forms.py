"""What a song is told of its form in an epoch: as playing tells it, and sometimes nothing.

A phrase is answered: the song's first bars are the phrase, and the form is told from there on, as an answer's
is, or from the beginning. Knows nothing of batches or networks.
"""

import numpy as np

from antiphon.compose.event_grid import EventGrid
from antiphon.compose.form import NO_FORM, Form
from antiphon.compose.place import Bars
from antiphon_training.data.song_events import EventSong
from antiphon_training.recipe import Recipe

# How long phrases are, in bars, and how likely each is where the song is long enough.
_PHRASES = {1: 4, 2: 20, 3: 4, 4: 36, 5: 3, 6: 8, 7: 1, 8: 20, 12: 2, 16: 2}
_USUAL_PHRASE = 4
_BAR_WITHOUT_METER = 4  # quarters
# Of the songs that are told a form, so many are told it from their beginning.
_FROM_THE_BEGINNING = 0.5


def told_by_chance(
    song: EventSong, bars: Bars, recipe: Recipe, grid: EventGrid, rng: np.random.Generator
) -> EventSong:
    """The song as one epoch tells it of its form; `bars` are its true ones, which it may not know itself."""
    if not recipe.knows_form:
        return song
    bar = _bar_steps(bars)
    phrase = bar * _phrase_bars((song.steps + min(bars.offset_steps, 0)) // bar, rng)
    chance, knows_phrase = rng.random(), rng.random() < recipe.phrase_told
    answered = phrase - bars.offset_steps if phrase else 0
    from_step = 0 if rng.random() < _FROM_THE_BEGINNING else answered
    form = Form(phrase_steps=phrase if knows_phrase else 0)
    if chance < recipe.close_told:
        form = Form(song.steps, False, form.phrase_steps)
    elif phrase and chance < recipe.close_told + recipe.open_told:
        pause = answered + (phrase if from_step else int(rng.integers(2)) * phrase)
        # What ends no earlier than in the song's last bar is its close.
        closes = pause + bar > song.steps
        form = Form(song.steps if closes else pause, not closes, form.phrase_steps)
    return song if form == NO_FORM else song.told(form, grid, from_step)


def usual_form(steps: int, bars: Bars) -> Form:
    """What a song of so many steps is told to be measured by: its end, and phrases of four bars."""
    return Form(steps, False, _USUAL_PHRASE * _bar_steps(bars))


def _bar_steps(bars: Bars) -> int:
    return bars.steps or _BAR_WITHOUT_METER * bars.steps_per_quarter


def _phrase_bars(most: int, rng: np.random.Generator) -> int:
    """Bars of a phrase that is shorter than the song's `most` bars; 0 where none is."""
    fitting = {bars: weight for bars, weight in _PHRASES.items() if bars < most}
    if not fitting:
        return 0
    weights = np.array(list(fitting.values()), float)
    return int(rng.choice(list(fitting), p=weights / weights.sum()))
