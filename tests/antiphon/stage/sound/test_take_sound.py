import wave

import numpy as np
import pytest

from antiphon.errors import Failure
from antiphon.events import ControlChange, NoteOff, NoteOn, Timed, Turned
from antiphon.stage.sound.mixer import Instrument, Sample
from antiphon.stage.sound.take_sound import RATE_HZ, mixed, write_wav

STEP = Instrument("step", (Sample(np.ones(RATE_HZ, np.float32), 60, 0, 127, 0.05),))
QUIET_BEFORE_S = 0.1


def sound(*voices):
    return np.concatenate(list(mixed(voices, [STEP] * len(voices))))


def bounds_s(wave):
    sounding = np.flatnonzero(wave)
    return sounding[0] / RATE_HZ, sounding[-1] / RATE_HZ


def note(pitch, begin_s, end_s):
    return [Timed(begin_s, NoteOn(pitch, 100)), Timed(end_s, NoteOff(pitch))]


def test_a_note_sounds_from_its_moment_to_its_release():
    begun_s, ended_s = bounds_s(sound(note(60, 1000.0, 1000.5)))
    assert begun_s == pytest.approx(QUIET_BEFORE_S, abs=1e-4)
    assert ended_s == pytest.approx(QUIET_BEFORE_S + 0.5 + 0.05, abs=1e-3)


def test_both_voices_sound_each_at_its_moment():
    made = sound(note(60, 5.0, 5.2), note(60, 6.0, 6.2))
    edges = np.flatnonzero(np.diff((made > 0).astype(int)) > 0)
    assert np.diff(edges) / RATE_HZ == pytest.approx([1.0], abs=1e-3)


def test_a_note_that_was_never_ended_ends_with_the_last_event():
    _, ended_s = bounds_s(sound([Timed(1.0, NoteOn(60)), *note(62, 1.1, 1.4)]))
    assert ended_s == pytest.approx(QUIET_BEFORE_S + 0.4 + 0.05, abs=1e-3)


def test_the_pedal_holds_a_note():
    pedal = [Turned(1.05, ControlChange(64, 127)), Turned(1.5, ControlChange(64, 0))]
    _, ended_s = bounds_s(sound([*note(60, 1.0, 1.1), *pedal]))
    assert ended_s == pytest.approx(QUIET_BEFORE_S + 0.5 + 0.05, abs=1e-3)


def test_of_nothing_there_is_no_sound():
    assert list(mixed([[], []], [STEP, STEP])) == []


def test_a_file_holds_what_was_mixed(tmp_path):
    file = tmp_path / "take.wav"
    seconds = write_wav(file, mixed([note(60, 0.0, 0.3)], [STEP]))
    with wave.open(str(file)) as read:
        assert (read.getnchannels(), read.getsampwidth(), read.getframerate()) == (1, 2, RATE_HZ)
        kept = np.frombuffer(read.readframes(read.getnframes()), "<i2") / 32767
    assert len(kept) == round(seconds * RATE_HZ)
    assert np.allclose(kept, sound(note(60, 0.0, 0.3)), atol=1e-4)


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(Failure, match=r"nowhere/take.wav: cannot be written: No such file"):
        write_wav(tmp_path / "nowhere" / "take.wav", mixed([note(60, 0.0, 0.3)], [STEP]))
