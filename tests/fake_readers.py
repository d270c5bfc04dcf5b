"""Readers of scores for worker processes, which find them by this module's name; none needs music21."""

import os
import time

from antiphon.files.memory_limit import MOST_MEMORY_BYTES
from antiphon_training.corpus.songs import ParsedSong, Score, Sound, UnreadableError


def read(score: Score) -> ParsedSong:
    """A song of one note, its title the score's content; "crash" ends the process, "bad" is unreadable,
    "greedy" wants more memory than there is for it, "divide" fails as nobody foresaw, "long" sleeps and
    "busy" works for ever."""
    if score.content == b"crash":
        os._exit(9)
    if score.content == b"bad":
        raise UnreadableError("it is bad")
    if score.content == b"greedy":
        try:
            bytearray(MOST_MEMORY_BYTES)
        except MemoryError:
            raise UnreadableError("it took too much") from None
    if score.content == b"divide":
        raise ZeroDivisionError("nobody divides by zero")
    while score.content == b"busy":
        pass
    if score.content == b"long":
        time.sleep(3600)
    return ParsedSong(score.content.decode(), score.source, (Sound(0.0, 1.0, (1.0,), 60),), (), 0.0, None)
