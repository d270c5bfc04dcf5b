"""The melody of a part that plays several voices."""

from antiphon.midi.parts import parts_of
from antiphon.midi.skyline import skyline
from antiphon.midi.track import read_tracks
from midi_bytes import SCALE, TICKS, file_of, struck

TUNE = [(n, 0.95, 12 + pitch) for n, pitch in enumerate(SCALE)]


def line(*rows):
    (part,) = parts_of(read_tracks(file_of(struck([one for some in rows for one in some]))))
    return [(note.onset / TICKS, note.pitch) for note in skyline(part.notes, TICKS)]


def tune(rows=TUNE):
    return [(at, pitch) for at, _, pitch in rows]


def test_of_a_chord_the_highest_note_though_it_is_rolled():
    chords = [(n + late, 0.9, pitch - 5) for n, _, pitch in TUNE for late in (0, 0.03)]
    assert line(TUNE, chords) == tune()


def test_broken_chords_under_a_melody_are_another_voice():
    broken = [(n / 4, 0.25, 48 + (0, 7, 4, 7)[n % 4]) for n in range(32)]
    assert line(TUNE, broken) == tune()


def test_a_voice_that_enters_later_and_stays_longer_is_another_one():
    alto = [(2 * n + 0.5, 2.0, 60) for n in range(4)]
    assert line(TUNE, alto, [(n, 0.9, 55) for n in range(8)]) == tune()


def test_a_bass_that_goes_on_while_the_melody_rests_is_not_taken_for_it():
    bass = [(n, 0.9, 40) for n in range(8)]
    assert line(TUNE[:3] + TUNE[5:], bass) == tune(TUNE[:3] + TUNE[5:])


def test_legato_that_falls_is_one_voice():
    falling = [(n, 1.3, 72 - 2 * n) for n in range(8)]
    assert line(falling) == tune(falling)


def test_keys_that_are_all_held_to_the_end_are_one_voice():
    held = [(n, 8 - n, 72 - 2 * n) for n in range(8)]
    assert line(held) == tune(held)
