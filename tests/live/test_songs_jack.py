"""Openings of folk songs, played in by a player that is not ours on a real JACK server."""

import signal
from dataclasses import dataclass

import mido
import numpy as np
import pytest

from antiphon.compose.symbols import decode

pytestmark = pytest.mark.live

# The server waits for its clients; else, on a busy machine, it goes on without a late one and notes are lost.
JACK_OPTIONS = ["-S"]

SCALES = {"major": {0, 2, 4, 5, 7, 9, 11}, "minor": {0, 2, 3, 5, 7, 8, 10}}


@dataclass(frozen=True)
class Opening:
    tonic: int
    mode: str
    bpm: float
    symbols: str

    @property
    def notes(self):
        return decode(self.symbols.split())

    @property
    def step_s(self):
        return 15 / self.bpm

    @property
    def messages(self):
        """[seconds from the first note, message], the notes a little shorter than written."""
        ons = [[note.onset_steps * self.step_s, [0x90, note.pitch, 80]] for note in self.notes]
        offs = [[(note.end_steps - 0.4) * self.step_s, [0x80, note.pitch, 0]] for note in self.notes]
        return sorted(ons + offs)

    def holds(self, pitch):
        return (pitch - self.tonic) % 12 in SCALES[self.mode]


# One symbol a sixteenth: a MIDI number starts a note, `_` holds it. Traditional, each in a key of its own.
OPENINGS = {
    "Ah! vous dirai-je, maman": Opening(
        7, "major", 120, "67 _ _ _ 67 _ _ _ 74 _ _ _ 74 _ _ _ 76 _ _ _ 76 _ _ _ 74 _ _ _ _ _ _ _"
    ),
    "Old MacDonald": Opening(
        0, "major", 132, "72 _ _ _ 72 _ _ _ 72 _ _ _ 67 _ _ _ 69 _ _ _ 69 _ _ _ 67 _ _ _ _ _ _ _"
    ),
    "Scarborough Fair, in three": Opening(
        4,
        "minor",
        140,
        "64 _ _ _ _ _ _ _ 64 _ _ _ 71 _ _ _ _ _ _ _ 71 _ _ _ "
        "66 _ _ _ _ _ 67 _ 66 _ _ _ 64 _ _ _ _ _ _ _ _ _ _ _",
    ),
    "Alle Vögel sind schon da": Opening(
        2, "major", 126, "62 _ _ _ _ _ 66 _ 69 _ _ _ 74 _ _ _ 71 _ _ _ 74 _ 71 _ 69 _ _ _ _ _ _ _"
    ),
    "Au clair de la lune": Opening(
        9, "major", 112, "69 _ 69 _ 69 _ 71 _ 73 _ _ _ 71 _ _ _ 69 _ 73 _ 71 _ 71 _ 69 _ _ _ _ _ _ _"
    ),
    "Hänschen klein": Opening(
        4, "major", 104, "71 _ 68 _ 68 _ _ _ 69 _ 66 _ 66 _ _ _ 64 _ 66 _ 68 _ 69 _ 71 _ 71 _ 71 _ _ _"
    ),
    "Drunken Sailor": Opening(
        2, "minor", 90, "69 _ 69 69 69 _ 69 69 69 _ 62 _ 65 _ 69 _ 67 _ 67 67 67 _ 67 67 67 _ 60 _ 64 _ 67 _"
    ),
    "Frère Jacques": Opening(
        5, "major", 80, "65 _ 67 _ 69 _ 65 _ 65 _ 67 _ 69 _ 65 _ 69 _ 70 _ 72 _ _ _ 69 _ 70 _ 72 _ _ _"
    ),
    "Ach, du lieber Augustin, in three": Opening(
        10,
        "major",
        140,
        "77 _ _ _ _ _ 79 _ 77 _ 75 _ 74 _ _ _ 70 _ _ _ 70 _ _ _ "
        "72 _ _ _ 65 _ _ _ 65 _ _ _ 74 _ _ _ 70 _ _ _ 70 _ _ _",
    ),
    "Kuckuck, Kuckuck, in three": Opening(
        3,
        "major",
        138,
        "70 _ _ _ 67 _ _ _ _ _ _ _ 70 _ _ _ 67 _ _ _ _ _ _ _ "
        "65 _ _ _ 63 _ _ _ 65 _ _ _ 63 _ _ _ _ _ _ _ _ _ _ _",
    ),
}


@dataclass(frozen=True)
class Exchange:
    """One phrase and its answer: what was played when, and what came back when."""

    opening: Opening
    onsets_s: list
    answer: list

    def steps(self):
        """Where the answer's onsets fall on the player's grid, as it was played and not as it was meant."""
        written = [note.onset_steps for note in self.opening.notes]
        step_s, first_s = np.polyfit(written, self.onsets_s, 1)
        return np.array([(moment - first_s) / step_s for moment, _ in self.answer])

    def off_the_grid(self):
        """How far the answer's notes are from the grid, in steps; read at the tempo played or at its double.

        Half the tempo's grid is part of the grid.
        """
        return min(strayed(steps) for steps in (self.steps(), 2 * self.steps()))


def strayed(steps):
    """The median distance from the grid, for a single note may have been held up by the machine."""
    return float(np.median(np.abs(steps - np.round(steps))))


def exchange(player, daemon, opening, number, wait_for):
    """Play the opening, number 1, 2 …, and wait for the answer to end."""
    heard_before = len(player.onsets())
    messages = opening.messages
    left_s = player.play(messages)
    onsets_s = [left for left, (_, message) in zip(left_s, messages, strict=True) if message[0] == 0x90]
    wait_for(lambda: daemon.log.read_text().count("antiphon  ") >= number, "the answer to end")
    wait_for(lambda: not player.sounding(), "silence after the answer")
    return Exchange(opening, onsets_s, player.onsets()[heard_before:])


def test_ten_songs_are_answered_in_time_and_in_key_and_kept(antiphon, player, wait_for, tmp_path):
    daemon, someone = antiphon("--random-seed", "1", "--bpm", "120"), player()
    exchanges = {
        name: exchange(someone, daemon, opening, number, wait_for)
        for number, (name, opening) in enumerate(OPENINGS.items(), 1)
    }
    daemon.send_signal(signal.SIGINT)
    assert daemon.wait(60) == 0, daemon.log.read_text()
    log = daemon.log.read_text()
    assert not someone.sounding()
    assert "cut short" not in log
    assert [name for name, one in exchanges.items() if not one.answer] == []
    # Two processes and a server lie between; a quarter of a step would be heard as out of time. A busy
    # machine may hold up one song of the ten.
    off = {name: round(one.off_the_grid(), 3) for name, one in exchanges.items()}
    assert sorted(off.values())[-2] < 0.25, f"{off}\n{log}"
    in_key = {name: [one.opening.holds(p) for _, p in one.answer] for name, one in exchanges.items()}
    counted = [held for answer in in_key.values() for held in answer]
    assert sum(counted) >= 0.75 * len(counted), f"{in_key}\n{log}"
    kept = mido.MidiFile(next(tmp_path.glob("*.mid"))).tracks[1:]
    phrases, answers = ([m.note for m in track if m.type == "note_on" and m.velocity] for track in kept)
    assert phrases == [note.pitch for opening in OPENINGS.values() for note in opening.notes]
    assert answers == [pitch for one in exchanges.values() for _, pitch in one.answer]


def test_a_song_in_three_is_answered_in_its_bars_at_a_fixed_tempo(antiphon, player, wait_for, tmp_path):
    settings = tmp_path / "config.toml"
    # It begins with a downbeat, and is to be heard so.
    settings.write_text('[tempo]\nmode = "fixed"\nbpm = 138.0\nmeter = "3/4"\ndownbeat = "first"\n')
    daemon, someone = antiphon("--random-seed", "1", "--config", str(settings)), player()
    one = exchange(someone, daemon, OPENINGS["Kuckuck, Kuckuck, in three"], 1, wait_for)
    steps = one.steps()
    assert len(steps)
    assert strayed(steps) < 0.25, steps
    # Four bars of the phrase, one in which its end is known, and four of the answer.
    assert round(steps[0]) >= 60
    assert round(steps[-1]) < 108
