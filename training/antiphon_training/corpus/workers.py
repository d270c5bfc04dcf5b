"""Scores worked on side by side in processes of this machine; one that breaks its process is left out.

`dask_workers` does the same with the workers of a Dask cluster.

A reading that hangs ends by itself (see `scores`). Workers die with the process that started them.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import chain, islice
from multiprocessing.connection import wait as wait_for
from typing import TypeVar

from antiphon.files.memory_limit import limit_memory
from antiphon_training.corpus.songs import Score, UnreadableError

Result = TypeVar("Result")
Work = Callable[[Score], Result]
Job = tuple[int, Score]
Batch = Sequence[Job]
BATCH = 16


class LeftOutError(UnreadableError):
    """What became of a score that gave no result: the reason, and where the score comes from."""

    def __init__(self, reason: str, source: str) -> None:
        super().__init__(reason, source)
        self.source = source

    def __str__(self) -> str:
        return str(self.args[0])


class CrashedError(LeftOutError):
    """Working on the score ended its process. Not kept in the cache: memory may have been short."""


Done = tuple[int, Result | LeftOutError]


def work_on(batch: Batch, work: Work[Result]) -> list[Done[Result]]:
    """Work on scores one after another; what cannot be read gives its reason."""
    return [(number, _result(score, work)) for number, score in batch]


def _result(score: Score, work: Work[Result]) -> Result | LeftOutError:
    try:
        return work(score)
    except UnreadableError as reason:
        return LeftOutError(str(reason), score.source)


def batches_of(jobs: Iterable[Job], size: int) -> Iterator[Batch]:
    waiting = iter(jobs)
    while batch := list(islice(waiting, size)):
        yield batch


def in_order(results: Iterable[tuple[int, Result]]) -> Iterator[Result]:
    """Numbered results in the order of their numbers, which begin with 0; those ahead of it wait."""
    ahead: dict[int, Result] = {}
    due = 0
    for number, result in results:
        ahead[number] = result
        while due in ahead:
            yield ahead.pop(due)
            due += 1


def work_on_all(scores: Iterable[Job], jobs: int, work: Work[Result]) -> Iterator[Done[Result]]:
    """Results as they become ready, each with its score's number, from `jobs` worker processes.

    Scores are taken as workers become free, so they need not all be in memory.
    """
    batches = batches_of(scores, BATCH)
    lost = yield from _work_on_batches(batches, jobs, work)
    while lost:
        yield from _work_singly([job for batch in lost for job in batch], work)
        lost = yield from _work_on_batches(batches, jobs, work)


@contextmanager
def _pool(jobs: int) -> Iterator[ProcessPoolExecutor]:
    """Worker processes, ended at once where the work is broken off: a reading may take long.

    Not forked: the parent has threads (its progress bar), and a fork may copy a lock that is held.
    """
    others = multiprocessing.active_children()
    pool = ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), _enter_worker)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():
            if process not in others:
                process.terminate()
        raise
    finally:
        pool.shutdown()


def _enter_worker() -> None:
    """The parent handles Ctrl-C; a worker ends when its parent has ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit_memory()
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait_for([sentinel])
    os._exit(1)


def _work_on_batches(
    batches: Iterator[Batch], jobs: int, work: Work[Result]
) -> Generator[Done[Result], None, list[Batch]]:
    """Work until no batch is left or a worker dies; returns the batches that were then under way.

    Few batches wait at a time, so few are under suspicion when one breaks its worker.
    """
    lost: list[Batch] = []
    first = list(islice(batches, jobs + 1))
    if not first:
        return lost
    with _pool(min(jobs, len(first))) as pool:
        pending: dict[Future[list[Done[Result]]], Batch] = {}
        _submit(pool, first, work, pending, lost)
        while pending:
            done, _ = wait(pending, return_when=FIRST_COMPLETED)
            for future in done:
                batch = pending.pop(future)
                if isinstance(future.exception(), BrokenProcessPool):
                    lost.append(batch)
                    continue
                yield from future.result()
                if not lost:
                    _submit(pool, islice(batches, 1), work, pending, lost)
    return lost


def _submit(
    pool: ProcessPoolExecutor,
    batches: Iterable[Batch],
    work: Work[Result],
    pending: dict[Future[list[Done[Result]]], Batch],
    lost: list[Batch],
) -> None:
    """Hand batches to the workers; where one has died meanwhile, a batch is lost like the rest."""
    for batch in batches:
        try:
            pending[pool.submit(work_on, batch, work)] = batch
        except BrokenProcessPool:
            lost.append(batch)


def _work_singly(jobs: Sequence[Job], work: Work[Result]) -> Iterator[Done[Result]]:
    """Work on scores one at a time, so that the one that breaks its worker is known."""
    waiting = iter(jobs)
    for job in waiting:
        with _pool(1) as pool:
            for number, score in chain([job], waiting):
                try:
                    yield from pool.submit(work_on, [(number, score)], work).result()
                except BrokenProcessPool:
                    yield number, CrashedError("reading it ended the process", score.source)
                    break
