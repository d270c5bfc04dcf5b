"""One score, read into plain values; music21 is imported only when a Kern or MusicXML score is read."""

import contextlib
import io
import re
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeVar
from xml.etree import ElementTree

from antiphon_training.corpus.abc_melody import read_tune
from antiphon_training.corpus.melody import signature_of, song_of
from antiphon_training.corpus.midi_song import read_midi
from antiphon_training.corpus.musicxml import leave_sung_part, score_of
from antiphon_training.corpus.songs import ParsedSong, Score, UnreadableError

MAX_SCORE_BYTES = 4 << 20
Read = TypeVar("Read")


@contextlib.contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Ends a reading that hangs; without alarms, or beside the main thread, there is no limit."""
    if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def give_up(_signal: int, _frame: object) -> None:
        raise UnreadableError(f"reading takes longer than {seconds:g} s")

    before = signal.signal(signal.SIGALRM, give_up)
    # Again and again: what music21 catches by the way must not be the end of it.
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def read_score(score: Score, limit_s: float = 60.0) -> ParsedSong:
    """Read one score; its title is empty where it says none. Raises UnreadableError, whatever went wrong."""
    return replace(guarded(score, _READERS[score.format], limit_s), source=score.source)


def guarded(score: Score, read: Callable[[Score], Read], limit_s: float = 60.0) -> Read:
    """What `read` makes of a score. Raises UnreadableError, whatever went wrong, and where it takes long."""
    if score.trouble:
        raise UnreadableError(score.trouble)
    if len(score.content) > MAX_SCORE_BYTES:
        raise UnreadableError(f"larger than {MAX_SCORE_BYTES >> 20} MiB")
    try:
        with _time_limit(limit_s), contextlib.redirect_stderr(io.StringIO()):
            return read(score)
    except UnreadableError:
        raise
    except Exception as error:  # music21 raises nearly anything on a broken file
        raise UnreadableError(" ".join(f"{error}".split())[:200] or type(error).__name__) from error


def text_of(content: bytes) -> str:
    """UTF-8 where it is that, else Latin-1, which old collections are written in."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _read_abc(score: Score) -> ParsedSong:
    return read_tune(text_of(score.content))


def _read_kern(score: Score) -> ParsedSong:
    from music21 import converter

    text = text_of(score.content)
    title = re.search(r"(?m)^!!!OTL[^:\n]*:[ \t]*(.*)", text)
    key = re.search(r"(?m)^(?:\*[^\t\n]*\t)*\*([A-Ga-g])([#-]?):(\w*)", text)
    parsed = converter.parseData(text, format="humdrum")
    said = _kern_key(*key.groups()) if key else None
    return song_of(parsed, title[1].strip() if title else "", said, score.wanted)


def _kern_key(letter: str, accidental: str, mode: str) -> str:
    words = {"dor": "dorian", "phr": "phrygian", "lyd": "lydian", "mix": "mixolydian", "loc": "locrian"}
    plain = "minor" if letter.islower() else "major"
    return f"{letter.upper()}{accidental.replace('-', 'b')} {words.get(mode[:3], plain)}"


def _read_musicxml(score: Score) -> ParsedSong:
    """A part that is asked for by its number is counted as music21 counts."""
    root = score_of(score.content)
    sung = leave_sung_part(root) if score.wanted.track is None else None
    parsed = _sounding(root)
    title = getattr(parsed.metadata, "bestTitle", None) or ""
    song = song_of(parsed, title, _written_key(parsed), score.wanted)
    return replace(song, track=sung[0], voice=sung[1]) if sung else song


def _written_key(parsed: Any) -> str | None:
    """The first key that is written; where none is, the first signature."""
    found = list(parsed.recurse().getElementsByClass("KeySignature"))
    keys = [one for one in found if "Key" in one.classes] or found
    return signature_of(keys[0]) if keys else None


def parsed_musicxml(content: bytes) -> Any:
    """A MusicXML file as music21's stream, at the pitches that sound."""
    return _sounding(score_of(content))


def _sounding(root: ElementTree.Element) -> Any:
    from music21 import converter

    parsed = converter.parseData(ElementTree.tostring(root, encoding="unicode"), format="musicxml")
    parsed.toSoundingPitch(inPlace=True)
    return parsed


_READERS: dict[str, Callable[[Score], ParsedSong]] = {
    "abc": _read_abc,
    "kern": _read_kern,
    "musicxml": _read_musicxml,
    "midi": read_midi,
}
