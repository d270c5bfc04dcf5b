import pytest

from antiphon.compose.symbols import parse
from antiphon.errors import Failure, WrongUse
from antiphon.events import ControlChange, GridNote, NoteOff, NoteOn
from antiphon.listen.key import Key
from antiphon.listen.phrase import MOST_NOTES
from antiphon.midi import smf
from antiphon.midi.file import track_chunk
from antiphon.midi.messages import to_bytes
from antiphon.midi.voice_choice import Wanted
from antiphon.stage import phrase_file as phrasefile
from antiphon.stage.phrase_file import write_melody
from antiphon.timebase import Meter
from midi_bytes import SCALE, file_of, named, row, struck

TUNE = """X:1
T:Try
M:3/4
L:1/8
K:Dm
D2 F2 A2|d3 c A2|G2 E2 ^C2|D6|
"""


def test_a_midi_file_is_read_here_at_its_own_tempo(tmp_path):
    path = tmp_path / "x.MID"
    notes = [GridNote(0, 4, 62), GridNote(4, 2, 64), GridNote(8, 8, 65)]
    write_melody(path, notes, bpm=77, meter=Meter(3, 4))
    read = phrasefile.read(path, 4, bpm=120)
    assert read.symbols == parse("62 _ _ _ 64 _ _ _ 65 _ _ _ _ _ _ _")
    assert read.bpm == pytest.approx(77, abs=0.01)
    assert (read.meter, read.key) == (Meter(3, 4), None)


@pytest.mark.train
def test_a_score_is_read_with_its_key(tmp_path):
    path = tmp_path / "x.abc"
    path.write_text(TUNE)
    read = phrasefile.read(path, 4, bpm=90)
    assert read.symbols[:12] == parse("62 _ _ _ 65 _ _ _ 69 _ _ _")
    assert len(read.symbols) == 48
    assert (read.key, read.meter, read.bpm) == (Key(2, "minor"), Meter(3, 4), 90)


def test_the_last_note_fills_its_beat(tmp_path):
    path = tmp_path / "x.mid"
    write_melody(path, [GridNote(0, 4, 62), GridNote(4, 7, 64)], bpm=120)
    assert len(phrasefile.read(path, 4, 120).symbols) == 12


@pytest.mark.parametrize("overlap", [24, 96, 144])
def test_notes_held_into_the_next_are_as_long_as_they_were_written(tmp_path, overlap):
    """Quarters of 480 ticks, each released so many ticks late: the last one has no next note to end it."""
    onsets = [480 * n for n in range(4)]
    events = sorted(
        [(at, to_bytes(NoteOn(60 + at // 240))) for at in onsets]
        + [(at + 480 + overlap, to_bytes(NoteOff(60 + at // 240))) for at in onsets]
    )
    (tmp_path / "x.mid").write_bytes(smf.header(1, 480) + track_chunk(events))
    read = phrasefile.read(tmp_path / "x.mid", 4, 120)
    assert read.symbols == parse("60 _ _ _ 62 _ _ _ 64 _ _ _ 66 _ _ _")


def test_notes_that_a_pedal_holds_are_as_long_as_their_time(tmp_path):
    """Quarters struck for a fifth of their time, the pedal down from the first to the end of the last."""
    pitches = [60, 62, 64, 65, 67, 65, 64, 62]
    strikes = [(480 * n, to_bytes(NoteOn(pitch))) for n, pitch in enumerate(pitches)]
    releases = [(480 * n + 96, to_bytes(NoteOff(pitch))) for n, pitch in enumerate(pitches)]
    pedal = [(0, to_bytes(ControlChange(64, 127))), (3840, to_bytes(ControlChange(64, 0)))]
    events = sorted([*strikes, *releases, *pedal], key=lambda timed: timed[0])
    (tmp_path / "x.mid").write_bytes(smf.header(1, 480) + track_chunk(events))
    read = phrasefile.read(tmp_path / "x.mid", 4, 120)
    assert read.symbols == parse(" ".join(f"{pitch} _ _ _" for pitch in pitches))


@pytest.mark.parametrize("name", ["x.wav", "x", "x.krn.txt"])
def test_an_ending_nobody_reads(tmp_path, name):
    with pytest.raises(WrongUse, match=r"a phrase must be one of \.mid, \.midi, \.kar, \.rmi, \.krn"):
        phrasefile.read(tmp_path / name, 4, 120)


@pytest.mark.parametrize("name", ["x.mid", "x.abc"])
def test_a_file_that_is_not_there(tmp_path, name):
    with pytest.raises(Failure, match=rf"{name}: [Nn]o such file"):
        phrasefile.read(tmp_path / name, 4, 120)


@pytest.mark.parametrize("text", ["", "nonsense", "X:1\nK:C\n"])
def test_a_score_that_is_none_is_one_line_naming_it(tmp_path, text):
    path = tmp_path / "x.abc"
    path.write_text(text)
    with pytest.raises(Failure) as caught:
        phrasefile.read(path, 4, 120)
    assert str(path) in caught.value.message
    assert len(caught.value.message.splitlines()) == 1


def test_without_the_trainers_libraries_it_says_what_to_install(tmp_path, monkeypatch):
    path = tmp_path / "x.abc"
    path.write_text(TUNE)
    (tmp_path / "music21.py").write_text("raise ImportError('not here')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(Failure, match=r"pip install '\.\[train\]'"):
        phrasefile.read(path, 4, 120)


def test_who_reads_without_end_is_ended(tmp_path, monkeypatch):
    path = tmp_path / "x.abc"
    path.write_text(TUNE)
    (tmp_path / "music21.py").write_text("while True: pass")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(phrasefile, "MAX_SCORE_S", 1.0)
    with pytest.raises(Failure, match=r"x\.abc: reading it takes longer than 1 s"):
        phrasefile.read(path, 4, 120)


@pytest.mark.parametrize("said", ["", "{}", "[]", '{"key": 1, "key_from": "score"}'])
def test_a_reader_that_says_something_else_is_one_line(tmp_path, monkeypatch, said):
    path = tmp_path / "x.abc"
    path.write_text(TUNE)
    (tmp_path / "antiphon_training.py").write_text(f"print({said!r})")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(Failure, match=r"x\.abc: it could not be read"):
        phrasefile.read(path, 4, 120)


def test_a_large_score_and_a_device_are_not_even_handed_over(tmp_path):
    path = tmp_path / "x.abc"
    path.write_bytes(bytes(phrasefile.MAX_SCORE_BYTES + 1))
    with pytest.raises(Failure, match="is larger than 4 MiB"):
        phrasefile.read(path, 4, 120)
    (tmp_path / "zero.krn").symlink_to("/dev/zero")
    with pytest.raises(Failure, match="is not a regular file"):
        phrasefile.read(tmp_path / "zero.krn", 4, 120)


def test_every_reason_names_the_file(tmp_path):
    path = tmp_path / "bad.mid"
    for data, reason in (
        (b"", "it ends too early"),
        (smf.header(0, 480), "it has no notes"),
    ):
        path.write_bytes(data)
        with pytest.raises(Failure, match=rf"bad\.mid: .*{reason}"):
            phrasefile.read_phrase(path)


def test_a_phrase_is_limited_in_its_notes_its_length_and_its_bytes(tmp_path, monkeypatch):
    path = tmp_path / "p.mid"
    write_melody(path, [GridNote(n, 1, 60) for n in range(MOST_NOTES + 1)], 300)
    with pytest.raises(Failure, match="has 2049 notes; a phrase may have 1–2048"):
        phrasefile.read_phrase(path)
    write_melody(path, [GridNote(0, 8000, 60)], 120)
    with pytest.raises(Failure, match="lasts 1000 s; a phrase may last 600 s"):
        phrasefile.read_phrase(path)
    monkeypatch.setattr(phrasefile, "MAX_MIDI_BYTES", 10)
    with pytest.raises(Failure, match="larger than"):
        phrasefile.read_phrase(path)


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path):
    path = tmp_path / "folder.mid"
    path.mkdir()
    with pytest.raises(Failure, match=r"folder\.mid: cannot be written"):
        write_melody(path, [GridNote(0, 4, 60)], 120)
    with pytest.raises(Failure, match=r"nowhere/m\.mid: cannot be written"):
        write_melody(tmp_path / "nowhere" / "m.mid", [GridNote(0, 4, 60)], 120)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["x.kar", "x.rmi"])
def test_files_of_midi_by_other_names(tmp_path, name):
    write_melody(tmp_path / name, [GridNote(0, 4, 62)], bpm=120)
    assert phrasefile.read(tmp_path / name, 4, 120).symbols == parse("62 _ _ _")


def case(tmp_path, *tracks):
    path = tmp_path / "case.mid"
    path.write_bytes(file_of(*tracks))
    return path


def symbols_of(rows):
    return parse(" ".join(" ".join([str(pitch), *["_"] * (round(4 * n) - 1)]) for _, n, pitch in rows))


QUARTERS = [(n, 1, pitch) for n, pitch in enumerate(SCALE)]


@pytest.mark.parametrize("gate", [0.5, 0.75, 0.95, 1.0])
def test_a_phrase_is_as_it_is_written_at_every_gate(tmp_path, gate):
    written = row((1, 0.5, 0.5, 1.5, 0.5, 1, 1, 2))
    path = case(tmp_path, struck(row((1, 0.5, 0.5, 1.5, 0.5, 1, 1, 2), gate=gate)))
    assert phrasefile.read(path, 4, 120).symbols == symbols_of(written)


def test_three_notes_in_an_eighth_move_nothing_after_them(tmp_path):
    fast = [(n / 6, 1 / 6, 69 + 2 * n) for n in range(3)]
    later = [(0.5 + n, 1, pitch) for n, pitch in enumerate(SCALE)]
    read = phrasefile.read(case(tmp_path, struck(fast + later)), 4, 120)
    assert read.symbols == (*parse("69 71"), *symbols_of(later))


def test_the_melody_is_read_and_another_track_where_it_is_asked_for(tmp_path):
    drums = struck([(n / 2, 0.25, 36) for n in range(16)], 9)
    bass = named("Bass") + struck([(n, 1, 36 + 7 * (n % 2)) for n in range(8)], 1)
    path = case(tmp_path, drums, bass, named("Melody") + struck(QUARTERS, 3))
    assert phrasefile.read(path, 4, 120).symbols == symbols_of(QUARTERS)
    assert [note.pitch for note in phrasefile.read_phrase(path).notes] == list(SCALE)
    for wanted in (Wanted("bass"), Wanted("2"), Wanted(channel=2)):
        assert phrasefile.read(path, 4, 120, wanted).symbols[0] == "36"
        assert {note.pitch for note in phrasefile.read_phrase(path, wanted).notes} == {36, 43}
    with pytest.raises(
        Failure, match=r'case\.mid: .*no track "flute"; it has track 1, channel 10; track 2 "Bass"'
    ):
        phrasefile.read(path, 4, 120, Wanted("flute"))


def test_bars_of_rest_before_a_phrase_are_no_part_of_it(tmp_path):
    meter = [(0, smf.meta(0x58, bytes((3, 2, 24, 8))))]
    path = case(tmp_path, meter, struck([(50 + at, n, pitch) for at, n, pitch in QUARTERS]))
    read = phrasefile.read(path, 4, 120)
    assert (read.symbols, read.pickup) == (symbols_of(QUARTERS), 1)
    assert phrasefile.read_phrase(path).notes[0].onset_s == pytest.approx(1.0)


def test_a_key_that_the_file_names_is_the_phrases(tmp_path):
    key = [(0, smf.meta(0x59, bytes((1, 0))))]
    assert phrasefile.read(case(tmp_path, key, struck(QUARTERS)), 4, 120).key == Key(7, "major")


def test_a_channel_is_of_midi_files_only(tmp_path):
    path = tmp_path / "x.abc"
    path.write_text(TUNE)
    with pytest.raises(WrongUse, match="--channel chooses a channel of a MIDI file"):
        phrasefile.read(path, 4, 120, Wanted(channel=2))
