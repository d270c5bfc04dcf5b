import json

import numpy as np
import pytest

from antiphon.compose.symbols import encode
from antiphon.events import GridNote
from antiphon.listen import key_profiles as shipped
from antiphon.listen.key import ALL_KEYS, Evidence, Key
from antiphon_training.export import key_profiles
from antiphon_training.export.key_profiles import KeyedSong, keyed_songs, main, measure, passage

C_MAJOR, A_MINOR = Key(0, "major"), Key(9, "minor")
TUNES = {
    C_MAJOR: [60, 62, 64, 60, 60, 62, 64, 60, 64, 65, 67, 67, 64, 65, 67, 67, 60],
    A_MINOR: [57, 60, 64, 60, 59, 57, 56, 57, 64, 62, 60, 59, 57, 56, 57, 57, 57],
}


def tune(pitches, duration=4):
    return tuple(GridNote(i * duration, duration, pitch) for i, pitch in enumerate(pitches))


@pytest.fixture
def folder(tmp_path):
    """Two songs with a written key, one with its tonic alone, and one with none."""
    (tmp_path / "songs").mkdir()
    entries = []
    for index, (key, key_from) in enumerate(
        [("F major", "score"), ("D minor", "score"), ("G major", "tonic"), ("C major", "estimate")]
    ):
        pitches = TUNES[A_MINOR if "minor" in key else C_MAJOR]
        (tmp_path / "songs" / str(index)).write_text(" ".join(encode(tune(pitches))), "ascii")
        entries.append({"index": index, "key": key, "key_from": key_from, "split": "train"})
    (tmp_path / "songs.json").write_text(json.dumps({"format": 1, "songs": entries}), "utf-8")
    return tmp_path


def test_only_songs_with_a_written_key(folder):
    assert [song.home for song in keyed_songs(folder, "train")] == [C_MAJOR, A_MINOR, C_MAJOR]
    assert [song.home for song in keyed_songs(folder, "train", only_written=True)] == [C_MAJOR, A_MINOR]
    assert list(keyed_songs(folder, "test")) == []


def test_a_passage_is_cut_at_its_end():
    notes = tuple(GridNote(8 + note.onset_steps, 4, note.pitch) for note in tune([60, 62, 64]))
    assert passage(notes, 0, 6) == (GridNote(8, 4, 60), GridNote(12, 2, 62))
    assert passage(notes, 4, 12) == notes[1:]
    assert passage(notes, 0, None) == notes
    assert passage((), 0, 4) == ()


def test_weights_make_the_songs_they_were_measured_on_heard_rightly():
    weights = measure([KeyedSong(tune(pitches), home) for home, pitches in TUNES.items()] * 20)
    for home, pitches in TUNES.items():
        scores = key_profiles.row(Evidence.of(tune(pitches))) @ key_profiles._for_all_keys(weights)
        assert ALL_KEYS[int(np.argmax(scores))] == home


def test_a_row_scores_as_the_evidence_does():
    rows = [
        [getattr(shipped, n)[mode] for n in ("SOUNDING", "MOVES", "FIRST", "LAST")] for mode in shipped.PRIOR
    ]
    weights = np.array(
        [
            np.concatenate([*(np.ravel(part) for part in parts), [prior]])
            for parts, prior in zip(rows, shipped.PRIOR.values(), strict=True)
        ]
    )
    evidence = Evidence.of(tune(TUNES[A_MINOR]), ended=True)
    scores = key_profiles.row(evidence) @ key_profiles._for_all_keys(weights)
    for key, score in zip(ALL_KEYS, scores, strict=True):
        assert score == pytest.approx(evidence.score(key) + shipped.PRIOR[key.mode])


def test_the_command_writes_a_module_that_can_be_read(folder, tmp_path):
    out = tmp_path / "tables.py"
    main(["--data", str(folder), "--out", str(out)])
    made = {}
    exec(compile(out.read_text("utf-8"), str(out), "exec"), made)
    for name in ("PRIOR", "FIRST", "LAST", "SOUNDING", "MOVES"):
        assert np.shape(made[name]["minor"]) == np.shape(getattr(shipped, name)["minor"])
    assert made["PRIOR"]["major"] == -made["PRIOR"]["minor"]


def test_without_a_written_key_there_is_nothing_to_measure(folder, tmp_path, capsys):
    (folder / "songs.json").write_text('{"format": 1, "songs": []}', "utf-8")
    with pytest.raises(SystemExit) as stopped:
        main(["--data", str(folder), "--out", str(tmp_path / "tables.py")])
    assert stopped.value.code == 2
    assert "has a written key" in capsys.readouterr().err
    with pytest.raises(ValueError, match="no song with a written key"):
        measure([])
