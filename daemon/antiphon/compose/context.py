"""How much a model hears of what came before. Loads nothing, so that a configuration can name it."""

from typing import Literal

Context = Literal["stream", "window"]  # all of the song, or its last symbols
