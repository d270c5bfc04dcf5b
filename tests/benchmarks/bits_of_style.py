"""Bits per note that models need for held-out songs of a style: alone, with a memory of the song so far, and
with a session's memory that has heard other songs of that style before.

    nice python tests/benchmarks/bits_of_style.py HELD_OUT MODEL... [--heard FOLDER]...

HELD_OUT and FOLDER are folders of scores; a MODEL is a bundle's name or folder. What is wanted: a model that
learned the songs of FOLDER needs fewer bits than `essen` with FOLDER in its memory.
"""

import argparse
from pathlib import Path

import numpy as np

from antiphon import bundle
from antiphon.compose.place import Bars
from antiphon.compose.symbols import END, is_pitch
from antiphon_training.corpus.own_files import own_files, read_own
from antiphon_training.data.gridding import RefusedError
from antiphon_training.data.preprocess import encode_song


def songs_in(folder):
    """(symbols, bars) of each song, as training hears them."""
    found = []
    for parsed in read_own(own_files([folder]), 1, None, int)[0]:
        try:
            song = encode_song(parsed, None)
        except RefusedError:
            continue
        known = song.meters and song.bars_off == 0
        found.append((song.stream, Bars(song.meters[0], -song.pickup_steps) if known else Bars()))
    return found


def hear(model, memory, ids, bars, end_id):
    """Bits of a song and its `/`; `memory` None: the network alone."""
    model.reset(bars)
    if memory is not None:
        memory.begin(bars)
    expected, bits = model.step(end_id), 0.0
    for symbol_id in (*ids, end_id):
        mixed = expected if memory is None else memory.mix(expected)
        bits -= float(np.log2(mixed[symbol_id]))
        if symbol_id != end_id:
            if memory is not None:
                memory.hear(symbol_id)
            expected = model.step(symbol_id)
    return bits


def bits_a_note(found, songs, heard=None):
    """`heard`: songs that the session's memory holds, () for none; None: no memory at all."""
    model, memory = found.model(), None if heard is None else found.memory()
    end_id = found.vocabulary.id(END)
    for stream, bars in heard or ():
        hear(model, memory, found.vocabulary.ids(stream), bars, end_id)
        memory.keep()
    bits = sum(hear(model, memory, found.vocabulary.ids(stream), bars, end_id) for stream, bars in songs)
    return bits / sum(is_pitch(symbol) for stream, _ in songs for symbol in stream)


def main():
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("held_out", type=Path)
    reading.add_argument("models", nargs="+")
    reading.add_argument("--heard", type=Path, action="append", default=[])
    asked = reading.parse_args()
    songs = songs_in(asked.held_out)
    print(f"{len(songs)} songs of {asked.held_out}, bits a note")
    for name in asked.models:
        found = bundle.load(bundle.find(name))
        print(f"{name}: alone {bits_a_note(found, songs):.3f}", end="")
        print(f", memory of the song {bits_a_note(found, songs, ()):.3f}", end="", flush=True)
        for folder in asked.heard:
            primed = bits_a_note(found, songs, songs_in(folder))
            print(f", … that has heard {folder.name} {primed:.3f}", end="", flush=True)
        print()


if __name__ == "__main__":
    main()
