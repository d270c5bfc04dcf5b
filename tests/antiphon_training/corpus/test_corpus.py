"""Finding and loading scores: folders and collections, the cache, the workers."""

import json
import multiprocessing
import time
from dataclasses import replace

import pytest

import fake_readers
from antiphon.errors import WrongUse
from antiphon_training.corpus import corpus
from antiphon_training.corpus.cache import ParseCache, default_folder
from antiphon_training.corpus.corpus import collection, load_songs, load_songs_in_kern, score_paths, scores_of
from antiphon_training.corpus.scores import MAX_SCORE_BYTES
from antiphon_training.corpus.songs import ParsedSong, Score, Sound, UnreadableError
from antiphon_training.corpus.workers import CrashedError, in_order, work_on_all

KERN = "**kern\n*M4/4\n*C:\n=1\n4c\n4d\n2e\n==\n*-\n"
SONG = ParsedSong(
    "a title",
    "a.abc#1",
    (Sound(0.0, 1.5, (1.0, 0.5), 60), Sound(1.5, 1 / 3, (1 / 3,), None)),
    ("3/4",),
    0.5,
    "G",
)


def test_scores_are_found_at_any_depth_in_the_order_of_their_names(tmp_path):
    (tmp_path / "deep" / "er").mkdir(parents=True)
    for name in ("b.krn", "deep/a.XML", "deep/er/c.mid", "notes.txt"):
        (tmp_path / name).write_bytes(b"x")
    found = [path.relative_to(tmp_path).as_posix() for path in score_paths(tmp_path)]
    assert found == ["b.krn", "deep/a.XML", "deep/er/c.mid"]


def test_a_missing_and_an_empty_folder_are_named_with_what_was_looked_for(tmp_path):
    with pytest.raises(WrongUse, match="nowhere"):
        score_paths(tmp_path / "nowhere")
    with pytest.raises(WrongUse, match=r"no scores below .*\.krn .*\.midi"):
        score_paths(tmp_path)


def test_each_tune_of_a_book_is_a_score(tmp_path):
    book = tmp_path / "book.abc"
    book.write_text("X:7\nK:C\nA|\n\nX: 9 \nK:D\nB|\n")
    scores = scores_of([book], tmp_path)
    assert [score.source for score in scores] == ["book.abc#7", "book.abc#9"]
    assert scores[1].content == b"X: 9 \nK:D\nB|\n"


def test_collections_come_whole_and_in_parts_with_their_terms():
    whole, paths = collection("essen")
    part, some = collection("essen/erk")
    assert [path.name for path in some] == ["erk10.abc", "erk20.abc", "erk30.abc", "erk5.abc"]
    assert set(some) < set(paths)
    assert (whole.name, part.name) == ("essen", "essen/erk")
    assert "non-commercial" in part.licence


def test_collections_that_belong_together_come_with_the_terms_of_all():
    irish, paths = collection("irish")
    assert {path.parent.name for path in paths} == {"oneills1850", "ryansMammoth"}
    assert "1903" in irish.licence
    assert "1883" in irish.licence
    german, songs = collection("german")
    assert german.name == "german"
    names = {path.name for path in songs}
    assert "erk10.abc" in names
    assert not names & {"han1.abc", "irl.abc", "test0.abc"}
    assert names < {path.name for path in collection("essen")[1]}
    assert len(collection("all")[1]) == sum(len(collection(each)[1]) for each in corpus.COLLECTIONS)


@pytest.mark.parametrize("name", [*corpus.COLLECTIONS, *corpus.TOGETHER])
def test_every_collection_is_there_and_says_what_it_is(name):
    what, paths = collection(name)
    assert paths
    assert what.title
    assert what.licence


def test_an_unknown_collection_is_told_the_near_one():
    with pytest.raises(
        WrongUse,
        match=r'there are essen, oneills, ryans, airds, german, han, irish, all; did you mean "essen"\?',
    ):
        collection("esen")
    with pytest.raises(WrongUse, match='begins with "xyz"'):
        collection("essen/xyz")


def test_load_songs_in_kern_reads_every_kern_score_and_only_those(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.krn").write_text(KERN)
    (tmp_path / "sub" / "b.krn").write_text("!!!OTL: Named\n" + KERN)
    (tmp_path / "sub" / "c.krn").write_text("no kern at all\n")
    (tmp_path / "d.abc").write_text("X:1\nK:C\nA|\n")
    loaded = load_songs_in_kern(tmp_path, jobs=2)
    assert [(song.source, song.title) for song in loaded.songs] == [("a.krn", "a"), ("sub/b.krn", "Named")]
    assert [source for source, _ in loaded.unreadable] == ["sub/c.krn"]


def test_what_the_cache_knows_is_not_read_again(tmp_path, monkeypatch):
    (tmp_path / "a.krn").write_text(KERN)
    scores = scores_of(score_paths(tmp_path), tmp_path)
    seen = []
    first = load_songs(scores, 1, ParseCache(tmp_path / "cache"), lambda: seen.append(1))
    asked = []
    monkeypatch.setattr(
        corpus, "work_on_all", lambda missing, _jobs, _work: asked.extend(missing) or iter(())
    )
    assert load_songs(scores, 1, ParseCache(tmp_path / "cache"), lambda: seen.append(1)) == first
    assert (len(seen), asked) == (2, [])


def test_the_cache_gives_back_what_it_was_given_under_the_source_asked_for(tmp_path):
    cache = ParseCache(tmp_path)
    cache.put(Score("a.abc#1", "abc", b"tune"), SONG)
    moved = cache.get(Score("elsewhere.abc#5", "abc", b"tune"))
    assert moved == replace(SONG, source="elsewhere.abc#5")
    assert cache.get(Score("a.abc#1", "kern", b"tune")) is None
    cache.put(Score("b", "abc", b"other"), UnreadableError("broken"))
    assert str(cache.get(Score("b", "abc", b"other"))) == "broken"


@pytest.mark.parametrize("damage", ["", "{", "[]", "{}", '{"sounds": [{}]}', "\0"])
def test_a_damaged_reading_is_as_good_as_none(tmp_path, damage):
    cache, score = ParseCache(tmp_path), Score("a", "abc", b"tune")
    cache.put(score, SONG)
    assert json.loads(cache.path(score).read_text())["title"] == "a title"
    cache.path(score).write_text(damage)
    assert cache.get(score) is None


def test_a_cache_that_cannot_be_written_is_left(tmp_path):
    (tmp_path / "scores").write_text("a file in the way")
    cache = ParseCache(tmp_path)
    cache.put(Score("a", "abc", b"tune"), SONG)
    assert not cache.writable
    assert cache.get(Score("a", "abc", b"tune")) is None


def test_the_cache_lies_where_the_user_keeps_caches(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_folder() == tmp_path / "antiphon"


def jobs_of(*contents):
    return [(number, Score(f"{number}", "abc", content.encode())) for number, content in enumerate(contents)]


def test_a_score_that_ends_its_worker_costs_no_other_score():
    contents = [f"song {i}" for i in range(60)]
    contents[20], contents[41] = "crash", "bad"
    readings = dict(work_on_all(jobs_of(*contents), 2, fake_readers.read))
    assert sorted(readings) == list(range(60))
    assert isinstance(readings[20], CrashedError)
    assert str(readings[41]) == "it is bad"
    assert all(readings[i].title == f"song {i}" for i in range(60) if i not in (20, 41))


def test_results_are_put_in_order_as_soon_as_they_can_be():
    coming = iter([(1, "b"), (0, "a"), (3, "d"), (2, "c")])
    ordered = in_order(coming)
    assert next(ordered) == "a"
    assert next(coming) == (3, "d")
    assert list(in_order([(1, "b"), (0, "a"), (2, "c")])) == ["a", "b", "c"]


def test_scores_are_taken_as_workers_become_free():
    taken = []

    def scores():
        for job in jobs_of(*["song"] * 400):
            taken.append(job)
            yield job

    results = work_on_all(scores(), 1, fake_readers.read)
    next(results)
    assert len(taken) < 100
    assert len(list(results)) == 399


def test_an_interruption_ends_the_workers():
    reading = work_on_all(jobs_of(*["first"] * 16, *["long"] * 32), 2, fake_readers.read)
    assert next(reading)[1].title == "first"
    assert multiprocessing.active_children()
    with pytest.raises(KeyboardInterrupt):
        reading.throw(KeyboardInterrupt)
    until_s = time.monotonic() + 10
    # The pool's own thread reaps them, too; while it does, one that has ended still counts as alive here.
    while (alive := multiprocessing.active_children()) and time.monotonic() < until_s:
        alive[0].join(0.1)
    assert not alive


def test_nothing_to_read_starts_no_worker():
    assert list(work_on_all([], 2, fake_readers.read)) == []
    assert not multiprocessing.active_children()


def test_a_large_file_is_one_unreadable_score(tmp_path):
    (tmp_path / "a.abc").write_bytes(b"X:1\nK:C\nCDEF|\n" * 400_000)
    (score,) = scores_of([tmp_path / "a.abc"], tmp_path)
    assert len(score.content) == MAX_SCORE_BYTES + 1


def test_workers_have_so_much_memory_and_no_more():
    readings = dict(work_on_all(jobs_of("first", "greedy", "last"), 1, fake_readers.read))
    assert readings[0].title == "first"
    assert str(readings[1]) == "it took too much"
    assert readings[2].title == "last"


def test_what_macos_puts_beside_a_file_is_no_score(tmp_path):
    (tmp_path / "__MACOSX").mkdir()
    for name in ("a.mid", "._a.mid", "__MACOSX/._a.mid", "__MACOSX/b.abc"):
        (tmp_path / name).write_bytes(b"")
    assert score_paths(tmp_path) == [tmp_path / "a.mid"]


def test_a_file_that_cannot_be_opened_is_unreadable_and_stops_nothing(tmp_path, monkeypatch):
    (tmp_path / "a.abc").write_text("X:1\nK:C\nCDEF|\n")
    (tmp_path / "b.mid").write_bytes(b"")
    opened = type(tmp_path).open

    def locked(path, *arguments, **options):
        if path.name == "b.mid":
            raise PermissionError(13, "Permission denied")
        return opened(path, *arguments, **options)

    monkeypatch.setattr(type(tmp_path), "open", locked)
    loaded = load_songs(scores_of(score_paths(tmp_path), tmp_path))
    assert [song.source for song in loaded.songs] == ["a.abc#1"]
    assert loaded.unreadable == (("b.mid", "Permission denied"),)
