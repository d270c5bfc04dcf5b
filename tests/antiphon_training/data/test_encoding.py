"""From a score to an encoded song or to the reason why it is left out."""

from antiphon_training.corpus.cache import ParseCache
from antiphon_training.corpus.songs import ParsedSong, Score, Section, Sound
from antiphon_training.corpus.workers import CrashedError
from antiphon_training.data.encoding import Refusal, ScoreEncoder, encode_sections, outcomes_of
from antiphon_training.data.preprocess import EncodedSong

TUNE = b"X:1\nM:4/4\nL:1/4\nK:G\nG A B c|d e f g|\n"


def test_a_score_becomes_a_song_named_by_its_file_where_it_has_no_title():
    (song,) = ScoreEncoder(None, None)(Score("deep/book.abc#1", "abc", TUNE))
    assert isinstance(song, EncodedSong)
    assert (song.title, song.source, song.notes, song.stream[:4]) == (
        "book",
        "deep/book.abc#1",
        8,
        ("72", "_", "_", "_"),
    )


def test_a_score_that_cannot_be_used_gives_its_reason():
    (unreadable,) = ScoreEncoder(None, None)(Score("a.abc#1", "abc", b"X:1\nno key\n"))
    assert isinstance(unreadable, Refusal)
    assert (unreadable.source, unreadable.reason) == ("a.abc#1", "unreadable")
    short = ScoreEncoder(None, None)(Score("a.abc#2", "abc", b"X:2\nL:1/4\nK:C\nCDE|\n"))
    assert short == (Refusal("a.abc#2", "too few notes", "3 notes, fewer than 8"),)


def test_what_the_cache_knows_is_not_read_again(tmp_path):
    score = Score("a.abc#1", "abc", TUNE)
    (first,) = ScoreEncoder(tmp_path, None)(score)
    sounds = tuple(Sound(float(i), 1.0, (1.0,), 60) for i in range(9))
    ParseCache(tmp_path).put(score, ParsedSong("Other", "", sounds, (), 0.0, "C major"))
    (again,) = ScoreEncoder(tmp_path, None)(score)
    assert isinstance(first, EncodedSong)
    assert isinstance(again, EncodedSong)
    assert (first.notes, again.title, again.notes) == (8, "Other", 9)


def test_a_score_that_ended_its_worker_is_unreadable():
    assert outcomes_of(CrashedError("it ended the process", "a.abc#1")) == (
        Refusal("a.abc#1", "unreadable", "it ended the process"),
    )


def test_each_section_is_a_song_but_for_the_seed_recipe():
    sounds = [Sound(float(i), 1.0, (1.0,), 60 + i % 5) for i in range(9)]
    sounds += [Sound(20.0 + i, 1.0, (1.0,), 60) for i in range(3)]
    sections = (
        Section(0.0, 12.0, "4/4", 0.0, 0, "C major"),
        Section(20.0, 24.0, "4/4", 0.0, 0, "C major"),
    )
    song = ParsedSong("Song", "a.mxl", tuple(sounds), ("4/4",), 0.0, "C major", sections=sections)
    first, second = encode_sections(song, None)
    assert isinstance(first, EncodedSong)
    assert (first.source, first.notes, len(first.stream)) == ("a.mxl§1", 9, 36)
    assert second == Refusal("a.mxl§2", "too few notes", "3 notes, fewer than 8")
    (whole,) = encode_sections(song, (1.0,))
    assert isinstance(whole, EncodedSong)
    assert (whole.source, whole.notes) == ("a.mxl", 12)
