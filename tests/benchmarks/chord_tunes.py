"""Tunes with chords as MIDI files, for benchmarks: a track of the melody, then one of block chords.

The Nottingham dataset, cleaned by Jukedeck (GPL-3; github.com/jukedeck/nottingham-dataset), has them so in
its folder MIDI: with repeats played out, a key with its mode, and a first bar that is filled up where there
is a pickup. Nothing of it is in this repository, and no number of Antiphon was fitted to it. music21, which
reads its ABC, takes seconds for a tune, and plays some repeats out three times.
"""

import random
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import mido
from prepared import ROOT  # noqa: F401 - it says where the packages are

from antiphon.harmony.chord import PITCH_CLASSES, TRIADS, Chord, triad_of
from antiphon.harmony.evidence import Note
from antiphon.harmony.progression import Progression
from antiphon.timebase import Meter, is_meter
from antiphon_training.corpus.chord_songs import ChordSong

FEWEST_BARS = 8
_HEAD_INTERVALS = 16


def tunes_of(folder: Path, seed: int) -> list[ChordSong]:
    """Those of one key and one meter and at least eight bars, in an order by chance; of two that begin with
    the same intervals one."""
    found: dict[tuple[int, ...], ChordSong] = {}
    left_out: Counter[str] = Counter()
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".mid", ".midi"))
    if not paths:
        raise SystemExit(f"no MIDI files below {folder}")
    for path in paths:
        try:
            song = _tune(mido.MidiFile(path))
        except (OSError, EOFError, ValueError, KeyError) as error:
            left_out[str(error) or type(error).__name__] += 1
            continue
        pitches = [note.pitch for note in song.notes[: _HEAD_INTERVALS + 1]]
        found.setdefault(tuple(b - a for a, b in pairwise(pitches)), song)
    print(f"{len(found)} of {len(paths)} tunes; left out: {dict(left_out.most_common(5))}, and variants")
    tunes = list(found.values())
    random.Random(seed).shuffle(tunes)
    return tunes


def _tune(file: mido.MidiFile) -> ChordSong:
    messages = [message for track in file.tracks for message in track]
    meters = {(m.numerator, m.denominator) for m in messages if m.type == "time_signature"}
    keys = {triad_of(m.key) for m in messages if m.type == "key_signature"}
    tracks = [notes for track in file.tracks if (notes := _notes(track, file.ticks_per_beat))]
    if len(meters) != 1 or len(keys) != 1 or len(tracks) != 2:
        raise ValueError("more than one key or meter, or not two tracks of notes")
    (top, bottom), key = meters.pop(), keys.pop()
    if key is None or not is_meter(f"{top}/{bottom}"):
        raise ValueError("a key or a meter that is not known")
    meter, melody = Meter(top, bottom), tuple(tracks[0])
    ends = max(note.at + note.quarters for note in melody)
    song = ChordSong(meter, key, melody, _progression(tracks[1], ends))
    if song.slots.count < FEWEST_BARS * song.slots.in_bar:
        raise ValueError("fewer than eight bars")
    return song


def _notes(track: mido.MidiTrack, ticks_per_quarter: int) -> list[Note]:
    ticks, begun, found = 0, {}, []
    for message in track:
        ticks += message.time
        if message.type == "note_on" and message.velocity:
            begun[message.note] = ticks
        elif message.type in ("note_on", "note_off") and message.note in begun:
            at = begun.pop(message.note)
            found.append(Note(at / ticks_per_quarter, (ticks - at) / ticks_per_quarter, message.note))
    return sorted(found, key=lambda note: (note.at, note.pitch))


def _progression(notes: Sequence[Note], ends: float) -> Progression:
    """The chord of what is struck together, to where the next one is struck."""
    struck: dict[float, list[int]] = {}
    for note in notes:
        struck.setdefault(round(note.at, 3), []).append(note.pitch)
    chords: list[tuple[float, Chord]] = []
    for at, pitches in sorted(struck.items()):
        chord = chord_of(pitches)
        if chord is not None and at < ends and (not chords or chords[-1][1] != chord):
            chords.append((at, chord))
    if not chords:
        raise ValueError("no chords")
    return Progression(tuple(chords), ends)


def chord_of(pitches: Sequence[int]) -> Chord | None:
    """The triad among some notes, rather on the lowest of them; a diminished one as `triad_of` folds it."""
    classes = {pitch % PITCH_CLASSES for pitch in pitches}
    roots = [min(pitches) % PITCH_CLASSES, *sorted(classes)]
    triads = (TRIADS[root + PITCH_CLASSES * minor] for root in roots for minor in (0, 1))
    whole = next((triad for triad in triads if classes.issuperset(triad.tones)), None)
    if whole is not None:
        return whole
    dim = next((root for root in roots if {(root + 3) % 12, (root + 6) % 12} <= classes), None)
    return None if dim is None else Chord((dim + 8) % PITCH_CLASSES)
