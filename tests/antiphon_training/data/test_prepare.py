"""`antiphon-train prepare`: from scores to a data folder, whole or not at all."""

import json
import sys

import pytest

from antiphon.command_line import run
from antiphon.errors import DONE, FAILED, INTERRUPTED, WRONG_USAGE, WrongUse
from antiphon_training.commands import prepare_command
from antiphon_training.commands.cli import antiphon_train
from antiphon_training.corpus.corpus import Corpus, Loaded
from antiphon_training.corpus.songs import ParsedSong, Sound
from antiphon_training.data import folder
from antiphon_training.data.prepare import catalogue, entry, prepare

BOOK = """X:1
T:First
M:4/4
L:1/4
K:G
D|G A B c|d e f g|g f e d|c B A|
X:2
T:First again, in another key
M:4/4
L:1/4
K:C
G|c d e f|g a b c'|c' b a g|f e d|
X:3
T:Triplets
M:2/4
L:1/4
K:C
(3CDE F|G2|
X:4
T:Broken
X:5
T:Another
M:3/4
L:1/4
K:Am
A c e|a g e|c B A|A3|A2 z|
"""


@pytest.fixture
def phrase(tmp_path, monkeypatch, capsys):
    """Run a `prepare` of the book; returns the exit code and what was said on stdout and stderr."""
    (tmp_path / "scores").mkdir()
    (tmp_path / "scores" / "book.abc").write_text(BOOK)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)

    def phrase(*arguments):
        code = run(antiphon_train, "antiphon-train", ["prepare", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return phrase


def contents(path):
    return {p.relative_to(path).as_posix(): p.read_bytes() for p in path.rglob("*") if p.is_file()}


def test_a_data_folder_says_what_was_kept_and_what_was_not(phrase, tmp_path):
    code, out, err = phrase(
        "--scores", "scores", "--out", "data", "--sequence-length", "4", "--recipe", "seed"
    )
    assert code == DONE, err
    said = json.loads((tmp_path / "data" / "songs.json").read_text())
    assert (said["loaded"], said["duplicates"], len(said["songs"])) == (5, 1, 2)
    assert said["refused"] == {"durations": 1, "unreadable": 1}
    assert "book.abc#3: durations of 2/3 quarters" in said["refused_examples"]["durations"]
    first, other = said["songs"]
    assert (first["index"], first["title"], first["source"]) == (0, "First", "book.abc#1")
    assert (first["key"], first["key_from"], first["shift"]) == ("G major", "tonic", 5)
    assert (first["meter"], first["pickup_steps"], first["notes"]) == ("4/4", 4, 16)
    assert (other["key"], other["key_from"]) == ("A minor", "score")
    streams = [(tmp_path / "data" / "songs" / str(i)).read_text().split() for i in (0, 1)]
    assert streams[0][:8] == ["67", "_", "_", "_", "72", "_", "_", "_"]
    assert [len(stream) for stream in streams] == [first["steps"], other["steps"]]
    for word in ("loaded", "refused: durations", "duplicates", "vocabulary"):
        assert word in out
    assert "reading scores" in err
    assert "reading scores" not in out


def test_what_sixteenths_cannot_say_is_rounded_or_on_a_finer_grid(phrase, tmp_path):
    tune = "X:1\nT:Triplets\nM:2/4\nL:1/4\nK:C\n(3CDE F|G A|(3c/d/e/ c|B5/2 A/|\n"
    (tmp_path / "scores" / "book.abc").write_text(tune)
    assert phrase("--scores", "scores", "--out", "seed", "--recipe", "seed")[0] == FAILED
    for recipe, steps, moved in (("stream", 4, 4), ("default", 24, None)):
        code, out, _ = phrase("--scores", "scores", "--out", recipe, "--recipe", recipe, "--json")
        counts = json.loads(out)
        assert (code, counts["kept"], counts["rounded"], counts["shortened"]) == (DONE, 1, bool(moved), 0)
        said = json.loads((tmp_path / recipe / "songs.json").read_text())
        assert (said["acceptable_durations"], said["steps_per_quarter"]) == (None, steps)
        assert said["songs"][0].get("moved") == moved
    assert not (tmp_path / "seed").exists()


def test_title_and_licence_of_ones_own_scores_are_kept(phrase, tmp_path):
    said = ("--title", "Songs of mine", "--licence", "CC0 1.0")
    assert phrase("--scores", "scores", "--out", "data", *said)[0] == DONE
    corpus = json.loads((tmp_path / "data" / "songs.json").read_text())["corpus"]
    assert corpus == {"name": "scores", "title": "Songs of mine", "licence": "CC0 1.0"}


@pytest.mark.parametrize("value", ["", " ", "two\nlines", "x" * 1001])
def test_a_title_or_licence_that_no_card_can_hold_is_refused(phrase, tmp_path, value):
    for option in ("--title", "--licence"):
        code, _, err = phrase("--scores", "scores", "--out", "data", option, value)
        assert (code, f"{option} must be one line of 1–1000 characters, got" in err) == (WRONG_USAGE, True)
    assert not (tmp_path / "data").exists()


def test_a_collection_has_its_own_licence(phrase):
    code, _, err = phrase("--corpus", "irish", "--out", "data", "--licence", "mine")
    assert (code, "--title and --licence go with --scores" in err) == (WRONG_USAGE, True)


def test_a_line_a_file_says_which_voice_is_read(phrase, tmp_path):
    track = b"\0\x90\x3c\x50\x60\x3e\x50\x60\x3c\0\0\x3e\0\0\xff\x2f\0"
    header = b"MThd\0\0\0\6\0\1\0\1\0\x60MTrk" + len(track).to_bytes(4, "big")
    (tmp_path / "scores" / "a.mid").write_bytes(header + track)
    _, _, err = phrase("--scores", "scores", "--out", "data", "--verbose")
    lines = err.splitlines()
    assert "a.mid: track 1, channel 1, the only one; too few notes: 2 notes, fewer than 8" in lines
    assert "book.abc#1: its one voice" in lines
    assert any(line.startswith("book.abc#4: unreadable: ") for line in lines)


def test_a_track_that_no_file_has_is_one_line(phrase, tmp_path):
    track = b"\0\x90\x3c\x50\x60\x3c\0\0\xff\x2f\0"
    header = b"MThd\0\0\0\6\0\1\0\1\0\x60MTrk" + len(track).to_bytes(4, "big")
    (tmp_path / "scores" / "book.abc").unlink()
    (tmp_path / "scores" / "a.mid").write_bytes(header + track)
    code, out, err = phrase("--scores", "scores", "--out", "data", "--track", "Flute")
    assert (code, out) == (FAILED, "")
    assert "unreadable 1" in err
    assert not (tmp_path / "data").exists()


def test_the_seed_recipe_refuses_what_was_prepared_without_its_filter(phrase, tmp_path):
    from antiphon_training.commands.fit_command import fit_folder

    assert phrase("--scores", "scores", "--out", "data")[0] == DONE
    options = {
        "epochs": 1,
        "units": 4,
        "max_minutes": None,
        "random_seed": 0,
        "resume": False,
        "force": False,
    }
    with pytest.raises(WrongUse, match="prepare them with --recipe seed"):
        fit_folder("seed", tmp_path / "data", tmp_path / "run", **options)
    assert not (tmp_path / "run").exists()


def test_the_single_file_holds_training_songs_only(phrase, tmp_path):
    assert phrase("--scores", "scores", "--out", "data", "--sequence-length", "4")[0] == DONE
    said = json.loads((tmp_path / "data" / "songs.json").read_text())
    expected = " ".join(
        (tmp_path / "data" / "songs" / str(song["index"])).read_text().strip() + " / / / /"
        for song in said["songs"]
        if song["split"] == "train"
    )
    assert (tmp_path / "data" / "train.txt").read_text() == expected + "\n"


def test_two_runs_give_the_same_bytes_whatever_the_jobs_and_the_cache(phrase, tmp_path):
    assert phrase("--scores", "scores", "--out", "one", "--jobs", "1", "--cache", "c1")[0] == DONE
    assert phrase("--scores", "scores", "--out", "two", "--jobs", "3", "--cache", "c2")[0] == DONE
    assert phrase("--scores", "scores", "--out", "three", "--jobs", "2", "--cache", "c1")[0] == DONE
    assert contents(tmp_path / "one") == contents(tmp_path / "two") == contents(tmp_path / "three")


def test_a_dask_cluster_gives_the_same_bytes(phrase, tmp_path):
    assert phrase("--scores", "scores", "--out", "one", "--jobs", "1", "--cache", "c1")[0] == DONE
    code, _, err = phrase("--scores", "scores", "--out", "two", "--dask", "local", "--jobs", "1")
    assert code == DONE, err
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_a_dask_address_where_nobody_answers_is_one_line(phrase, tmp_path, monkeypatch):
    monkeypatch.setattr("antiphon_training.corpus.dask_workers.CONNECT_S", 0.5)
    code, out, err = phrase("--scores", "scores", "--out", "data", "--dask", "tcp://127.0.0.1:1")
    assert (code, out) == (FAILED, "")
    assert "tcp://127.0.0.1:1: no Dask scheduler answers there within 0.5 s" in err
    assert err.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["scores"]


def test_without_dask_the_extra_is_named(phrase, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    code, _, err = phrase("--scores", "scores", "--out", "data", "--dask", "local")
    assert (code, "pip install '.[train,scale]'" in err) == (FAILED, True)


def test_a_cache_that_cannot_be_written_is_said(phrase):
    code, _, err = phrase("--scores", "scores", "--out", "data", "--cache", "scores/book.abc")
    assert code == DONE
    assert "the cache scores/book.abc cannot be written" in err


def test_json_on_stdout_is_only_json(phrase):
    code, out, _ = phrase("--scores", "scores", "--out", "data", "--json", "--limit", "1")
    counts = json.loads(out)
    assert (code, counts["loaded"], counts["kept"]) == (DONE, 1, 1)
    assert sum(counts["split"].values()) == 1


def test_prepared_songs_are_replaced_only_when_told_and_other_things_never(phrase, tmp_path):
    ask = ("--scores", "scores", "--out", "data")
    assert phrase(*ask)[0] == DONE
    before = contents(tmp_path / "data")
    code, _, err = phrase(*ask)
    assert (code, "--force" in err) == (WRONG_USAGE, True)
    assert phrase(*ask, "--force", "--limit", "1")[0] == DONE
    assert contents(tmp_path / "data") != before
    (tmp_path / "data" / "diary.txt").write_text("mine")
    code, _, err = phrase(*ask, "--force")
    assert (code, "other than prepared songs" in err) == (WRONG_USAGE, True)
    assert (tmp_path / "data" / "diary.txt").read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), WRONG_USAGE, "say either --corpus NAME or --scores FOLDER"),
        (("--corpus", "essen", "--scores", "scores"), WRONG_USAGE, "say either"),
        (("--corpus", "oneils"), WRONG_USAGE, 'did you mean "oneills"?'),
        (("--scores", "nowhere"), WRONG_USAGE, "no folder of scores at nowhere"),
        (("--scores", "empty"), WRONG_USAGE, "no scores below empty: looked for .krn .abc"),
        (("--scores", "scores/book.abc"), WRONG_USAGE, "no folder of scores"),
        (("--scores", "scores", "--jobs", "0"), WRONG_USAGE, "--jobs"),
        (("--scores", "scores", "--out", "scores/book.abc/data"), WRONG_USAGE, "not a folder that can be"),
        (("--scores", "scores", "--out", "scores/book.abc"), WRONG_USAGE, "is not a folder"),
    ],
)
def test_wrong_use_is_one_line(phrase, tmp_path, arguments, code, words):
    (tmp_path / "empty").mkdir()
    given, out, err = phrase("--out", "data", *arguments)
    assert (given, out) == (code, "")
    assert words in err
    assert err.count("\n") == 1
    assert not (tmp_path / "data").exists()


def test_songs_that_are_all_refused_are_a_failure_that_says_why(phrase, tmp_path):
    (tmp_path / "scores" / "book.abc").write_text("X:1\nK:C\nCDE|\n")
    code, _, err = phrase("--scores", "scores", "--out", "data")
    assert (code, "too few notes 1" in err) == (FAILED, True)
    assert not (tmp_path / "data").exists()


def test_without_music21_the_extra_is_named(phrase, monkeypatch):
    monkeypatch.setitem(sys.modules, "music21", None)
    code, _, err = phrase("--scores", "scores", "--out", "data")
    assert (code, "pip install '.[train]'" in err) == (FAILED, True)


def test_an_interruption_leaves_no_folder(phrase, tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(prepare_command, "work_on_all", interrupted)
    assert phrase("--scores", "scores", "--out", "data")[0] == INTERRUPTED
    assert not (tmp_path / "data").exists()


def test_a_write_that_fails_leaves_nothing_and_keeps_what_was_there(phrase, tmp_path, monkeypatch):
    assert phrase("--scores", "scores", "--out", "data", "--limit", "1")[0] == DONE
    before = contents(tmp_path / "data")

    def full(*_):
        raise OSError(28, "No space left on device", "mapping.json")

    monkeypatch.setattr(folder, "create_mapping", full)
    code, _, err = phrase("--scores", "scores", "--out", "data", "--force")
    assert (code, "No space left" in err) == (FAILED, True)
    assert contents(tmp_path / "data") == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "data", "scores"]


def walk(source, first, steps):
    pitches = [first + step for step in steps]
    return ParsedSong(
        source, source, tuple(Sound(i, 1.0, (1.0,), p) for i, p in enumerate(pitches)), (), 0.0, None
    )


def test_variants_share_a_cluster_and_a_side_of_the_split():
    tune = (0, 2, 4, 5, 7, 9, 11, 12, 11, 7, 4, 0)
    songs = (
        walk("a", 60, tune),
        walk("b", 60, (*tune, 4, 0)),
        walk("c", 60, (0, 7, 0, 7, 4, 7, 0, 12, 7, 0)),
    )
    prepared = prepare(Corpus("n", "t", "l"), Loaded(songs, ()), 64)
    a, b, c = (entry(index, kept) for index, kept in enumerate(prepared.songs))
    assert (a["cluster"], a["split"]) == (b["cluster"], b["split"])
    assert c["cluster"] != a["cluster"]
    assert (catalogue(prepared)["clusters"], a["meter"], a["key_from"]) == (2, None, "estimate")
