"""Scores worked on by the workers of a Dask cluster, on this machine or on many. Needs the extra `scale`.

A score that ends its worker, or hangs, costs only itself, as in `workers`.
"""

import ctypes
import gc
import logging
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from itertools import islice
from typing import Any, Self

from antiphon.errors import Failure
from antiphon.files.memory_limit import MOST_MEMORY_BYTES
from antiphon_training.corpus.songs import Score, UnreadableError
from antiphon_training.corpus.workers import Batch, CrashedError, Done, Job, Result, Work, batches_of, work_on

LOCAL = "local"
BATCH = 64
UNDER_WAY = 4  # batches for each thread of the cluster
CONNECT_S = 10.0
LIMIT_S = 60.0  # for one score
LOOK_S = 5.0  # between two looks at whether there are workers
NO_WORKER_S = 30.0  # without any: they do not come back
ATTEMPTS = 2  # for a score whose worker ended: it may have ended for another one
Client = Any  # a distributed.Client


@contextmanager
def dask_client(address: str, workers: int) -> Iterator[Client]:
    """A client of the scheduler at an address, or with "local" of `workers` processes that are started here.

    Raises Failure where Dask is not installed, or nobody answers or works there.
    """
    distributed = _distributed()
    if address == LOCAL:
        with _local_cluster(workers) as cluster, distributed.Client(cluster) as client:
            client.register_plugin(_deaf_to_interrupts())
            yield client
        return
    with _client_of(address) as client:
        if not _threads(client):
            raise Failure(
                f"{address}: the Dask scheduler there has no workers; start some with `dask worker`"
            )
        yield client


def _client_of(address: str) -> Client:
    distributed, said = _distributed(), ""
    try:
        return distributed.Client(address, timeout=CONNECT_S)
    except OSError:  # a timeout is one
        pass
    except ValueError as error:
        said = f" ({error})"
    # Dask ends a client that could not be made when it is collected. Were that while another one is made, the
    # two would wait for each other.
    gc.collect()
    raise Failure(f"{address}: no Dask scheduler answers there within {CONNECT_S:g} s{said}")


def _distributed() -> Any:
    try:
        import distributed
    except ImportError:
        raise Failure("Dask is not installed: pip install '.[train,scale]' in Antiphon's folder") from None
    # A worker or a cluster that is lost is told in our own words.
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return distributed


@contextmanager
def _local_cluster(workers: int) -> Iterator[Any]:
    import dask
    from distributed import LocalCluster

    settings = {
        "distributed.scheduler.allowed-failures": 0,
        "distributed.scheduler.worker-saturation": 1.0,
        "distributed.worker.profile.enabled": False,
    }
    with (
        dask.config.set(settings),
        LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=workers,
            threads_per_worker=1,
            memory_limit=MOST_MEMORY_BYTES,
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
        ) as cluster,
    ):
        yield cluster


def _deaf_to_interrupts() -> Any:
    """A plugin for workers on this machine: Ctrl-C is for the process that started them, which ends them."""
    from distributed import WorkerPlugin

    class Deaf(WorkerPlugin):
        name = "deaf to interrupts"

        def setup(self, worker: object) -> None:  # noqa: ARG002 - as Dask calls it
            signal.signal(signal.SIGINT, signal.SIG_IGN)

    return Deaf()


def _threads(client: Client) -> int:
    return sum(client.nthreads().values())


def work_with_dask(
    client: Client, scores: Iterable[Job], work: Work[Result], limit_s: float = LIMIT_S
) -> Iterator[Done[Result]]:
    """Results in the order of the scores, each with its score's number.

    Scores are taken a few batches ahead of the results, so they need not all be in memory. Raises Failure
    where the cluster is lost or cannot do this work.
    """
    batches, workers = batches_of(scores, BATCH), _Workers(client)
    under_way: deque[tuple[Any, Batch]] = deque()

    def submit(batch: Batch, priority: int = 0) -> Any:
        return client.submit(limited, batch, work, limit_s, pure=False, priority=priority)

    try:
        while True:
            room = max(1, UNDER_WAY * _threads(client)) - len(under_way)
            under_way += ((submit(batch), batch) for batch in islice(batches, max(0, room)))
            if not under_way:
                return
            yield from _results(*under_way.popleft(), submit, workers)
    except (OSError, CancelledError) as error:
        raise Failure(f"the Dask cluster was lost ({type(error).__name__}); start it again") from None


class _Workers:
    """Sees whether a cluster has workers: without one, nobody would ever give a result.

    Dask gives up a worker of this machine that it cannot start again in time.
    """

    def __init__(self, client: "Client") -> None:
        self._client, self._seen_s = client, time.monotonic()
        cluster = client.cluster
        self._number = 0 if cluster is None else len(cluster.worker_spec)

    def look(self) -> None:
        """Start others where a cluster of this machine has had none for a while.

        Raises Failure where a cluster elsewhere has none.
        """
        now_s = time.monotonic()
        if _threads(self._client):
            self._seen_s = now_s
        elif now_s - self._seen_s > NO_WORKER_S:
            if self._client.cluster is None:
                raise Failure("the Dask cluster has no worker left; start it again")
            self._client.cluster.scale(0)
            self._client.cluster.scale(self._number)
            self._seen_s = now_s


def _results(
    future: Any, batch: Batch, submit: Callable[[Batch, int], Any], workers: _Workers
) -> Iterator[Done[Result]]:
    """The results of a batch; where its worker ended, one score at a time, so that the cause is known."""
    found = _result(future, workers)
    if found is not None:
        yield from found
    elif len(batch) > 1:
        for job in batch:
            yield from _results(submit([job], 1), [job], submit, workers)
    else:
        yield from _again(batch, submit, workers)


def _again(batch: Batch, submit: Callable[[Batch, int], Any], workers: _Workers) -> Iterator[Done[Result]]:
    ((number, score),) = batch
    for _ in range(ATTEMPTS - 1):
        if (found := _result(submit(batch, 1), workers)) is not None:
            yield from found
            return
    yield number, CrashedError("reading it ended the process", score.source)


def _result(future: Any, workers: _Workers) -> Any:
    """What a task gave, or None where its worker ended. Raises Failure for what nobody foresaw."""
    from distributed import KilledWorker
    from distributed import wait as distributed_wait

    try:
        while not future.done():
            with suppress(TimeoutError):
                distributed_wait(future, timeout=LOOK_S)  # type: ignore[no-untyped-call]
            workers.look()
        return future.result()
    except KilledWorker:
        return None
    except (OSError, CancelledError):
        raise
    except Exception as error:  # of the worker's machine: anything
        raise Failure(
            f"a Dask worker cannot do this work; is the same Antiphon installed there? {_line(error)}"
        ) from error


def _line(error: BaseException) -> str:
    return f"{type(error).__name__} {' '.join(str(error).split())[:200]}"


class _TooLongError(UnreadableError):
    """Raised in a thread from outside, so it carries no words of its own."""

    def __str__(self) -> str:
        return "reading takes too long"


def limited(batch: Batch, work: Work[Result], limit_s: float) -> list[Done[Result]]:
    """`work_on` in a thread of a Dask worker, where no alarm can end what hangs."""
    with _Watch(limit_s) as watch:

        def within_limit(score: Score) -> Result:
            with watch.score():
                return work(score)

        return work_on(batch, within_limit)


class _Watch:
    """Raises _TooLongError in the thread that made it where a score takes longer than a limit.

    Where it takes twice as long all the same, the process is ended.
    """

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._watched = threading.get_ident()
        self._begun_s: float | None = None  # of the score at hand
        self._lock, self._over = threading.Lock(), threading.Event()

    def __enter__(self) -> Self:
        threading.Thread(target=self._look, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()

    @contextmanager
    def score(self) -> Iterator[None]:
        self._begin(time.monotonic())
        try:
            yield
        finally:
            self._begin(None)

    def _begin(self, at_s: float | None) -> None:
        with self._lock:
            self._begun_s = at_s

    def _look(self) -> None:
        """Look again and again: what music21 catches by the way must not be the end of it."""
        raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
        while not self._over.wait(self._limit_s / 10):
            with self._lock:
                taken_s = 0.0 if self._begun_s is None else time.monotonic() - self._begun_s
                if taken_s > 2 * self._limit_s:
                    os._exit(1)
                if taken_s > self._limit_s:
                    raise_in(ctypes.c_ulong(self._watched), ctypes.py_object(_TooLongError))
