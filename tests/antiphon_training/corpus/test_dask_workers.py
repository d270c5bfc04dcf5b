"""Scores are worked on by a Dask cluster; one that ends its worker, or hangs, costs only itself."""

from concurrent.futures import CancelledError

import pytest

import fake_readers
from antiphon.errors import Failure
from antiphon_training.corpus import dask_workers
from antiphon_training.corpus.dask_workers import dask_client, work_with_dask
from antiphon_training.corpus.songs import Score
from antiphon_training.corpus.workers import CrashedError


def jobs_of(contents):
    return [(number, Score(f"{number}", "abc", content.encode())) for number, content in enumerate(contents)]


@pytest.fixture(scope="module")
def client():
    with dask_client("local", 2) as client:
        yield client


def test_a_score_that_ends_its_worker_or_hangs_costs_no_other_score(client):
    contents = [f"song {i}" for i in range(200)]
    contents[20], contents[41], contents[80], contents[141] = "crash", "bad", "busy", "long"
    results = list(work_with_dask(client, jobs_of(contents), fake_readers.read, limit_s=5.0))
    assert [number for number, _ in results] == list(range(200))
    found = dict(results)
    assert isinstance(found[20], CrashedError)
    assert (found[20].source, str(found[41]), str(found[80])) == ("20", "it is bad", "reading takes too long")
    assert isinstance(found[141], CrashedError)
    others = set(range(200)) - {20, 41, 80, 141}
    assert all(found[i].title == f"song {i}" for i in others)


def test_workers_of_this_machine_that_do_not_come_back_are_replaced(monkeypatch):
    monkeypatch.setattr(dask_workers, "NO_WORKER_S", 0.5)
    monkeypatch.setattr(dask_workers, "LOOK_S", 0.5)
    with dask_client("local", 1) as client:
        for nanny in client.cluster.workers.values():
            nanny.auto_restart = False
        results = list(work_with_dask(client, jobs_of(["a", "crash", "b"]), fake_readers.read))
    assert [getattr(found, "title", "none") for _, found in results] == ["a", "none", "b"]


def test_scores_are_taken_a_little_ahead_of_the_results(client):
    taken = []

    def scores():
        for job in jobs_of(["a"] * 3000):
            taken.append(job)
            yield job

    results = work_with_dask(client, scores(), fake_readers.read)
    next(results)
    assert len(taken) < 1000
    assert len(list(results)) == 2999


def test_what_a_worker_cannot_do_is_one_line(client):
    with pytest.raises(Failure, match=r"is the same Antiphon installed there\? ZeroDivisionError nobody"):
        list(work_with_dask(client, jobs_of(["divide"]), fake_readers.read))


class Lost:
    """A client whose scheduler goes away."""

    cluster = None

    def done(self):
        return True

    def nthreads(self):
        return {"worker": 1}

    def submit(self, *_, **__):
        return self

    def result(self):
        raise CancelledError("limited-6e98 cancelled")


def test_a_cluster_that_is_lost_is_one_line():
    with pytest.raises(Failure, match=r"^the Dask cluster was lost \(CancelledError\); start it again$"):
        list(work_with_dask(Lost(), jobs_of(["a"]), fake_readers.read))


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "127.0.0.1:1", "strange://x", "tcp://[", "nowhere"])
def test_an_address_where_nobody_answers_is_one_line(address, monkeypatch):
    monkeypatch.setattr("antiphon_training.corpus.dask_workers.CONNECT_S", 0.5)
    with (
        pytest.raises(Failure, match="no Dask scheduler answers there within"),
        dask_client(address, 1),
    ):
        pass
