"""Scores read side by side in worker processes; one that breaks a worker is found and left out.

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

from antiphon.files.memory_limit import limit_memory
from antiphon_training.corpus.scores import read_score
from antiphon_training.corpus.songs import ParsedSong, Reading, Score, UnreadableError

Reader = Callable[[Score], ParsedSong]
Job = tuple[int, Score]
Batch = Sequence[Job]
BATCH = 16


class CrashedError(UnreadableError):
    """Reading the score ended its process. Not kept in the cache: memory may have been short."""


def read_batch(batch: Batch, reader: Reader = read_score) -> list[tuple[int, Reading]]:
    """Read scores one after another; what cannot be read gives its reason."""
    return [(number, _read(score, reader)) for number, score in batch]


def _read(score: Score, reader: Reader) -> Reading:
    try:
        return reader(score)
    except UnreadableError as reason:
        return UnreadableError(str(reason))


def read_all(scores: Sequence[Job], jobs: int, reader: Reader = read_score) -> Iterator[tuple[int, Reading]]:
    """Readings as they become ready, each with its score's number, from `jobs` worker processes."""
    batches = iter([scores[i : i + BATCH] for i in range(0, len(scores), BATCH)])
    lost = yield from _read_batches(batches, jobs, reader)
    while lost:
        yield from _read_singly([job for batch in lost for job in batch], reader)
        lost = yield from _read_batches(batches, jobs, reader)


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


def _read_batches(
    batches: Iterator[Batch], jobs: int, reader: Reader
) -> Generator[tuple[int, Reading], None, list[Batch]]:
    """Read until no batch is left or a worker dies; returns the batches that were then under way.

    Few batches wait at a time, so few are under suspicion when one breaks its worker.
    """
    lost: list[Batch] = []
    first = list(islice(batches, jobs + 1))
    if not first:
        return lost
    with _pool(min(jobs, len(first))) as pool:
        pending: dict[Future[list[tuple[int, Reading]]], Batch] = {}
        _submit(pool, first, reader, pending, lost)
        while pending:
            done, _ = wait(pending, return_when=FIRST_COMPLETED)
            for future in done:
                batch = pending.pop(future)
                if isinstance(future.exception(), BrokenProcessPool):
                    lost.append(batch)
                    continue
                yield from future.result()
                if not lost:
                    _submit(pool, islice(batches, 1), reader, pending, lost)
    return lost


def _submit(
    pool: ProcessPoolExecutor,
    batches: Iterable[Batch],
    reader: Reader,
    pending: dict[Future[list[tuple[int, Reading]]], Batch],
    lost: list[Batch],
) -> None:
    """Hand batches to the workers; where one has died meanwhile, a batch is lost like the rest."""
    for batch in batches:
        try:
            pending[pool.submit(read_batch, batch, reader)] = batch
        except BrokenProcessPool:
            lost.append(batch)


def _read_singly(jobs: Sequence[Job], reader: Reader) -> Iterator[tuple[int, Reading]]:
    """Read scores one at a time, so that the one that breaks its worker is known."""
    waiting = iter(jobs)
    for job in waiting:
        with _pool(1) as pool:
            for number, score in chain([job], waiting):
                try:
                    yield from pool.submit(read_batch, [(number, score)], reader).result()
                except BrokenProcessPool:
                    yield number, CrashedError("reading it ended the process")
                    break
