"""What a network must beat: uniform, unigram, and an n-gram model with interpolated Kneser–Ney smoothing.

A song is [/ s1 … sn /] as ids; each of its symbols and its last `/` is predicted from those before it.
Contexts never leave the song.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from antiphon.compose.model import Model
from antiphon.compose.place import NO_BARS, Bars

Ids = NDArray[np.int32]
Floats = NDArray[np.float64]
Keys = NDArray[np.int64]
KN_ORDER = 8


class Baseline(Protocol):
    """A model of songs: the bits it needs for each."""

    def bits(self, songs: Sequence[Ids]) -> Floats: ...


def framed(song: Ids, end_id: int) -> Keys:
    """[/ s1 … sn /]."""
    return np.concatenate([[end_id], song, [end_id]]).astype(np.int64)


class Uniform:
    """Every symbol as probable as any other: log2 V bits each."""

    def __init__(self, symbols: int) -> None:
        self._bits = float(np.log2(symbols))

    def bits(self, songs: Sequence[Ids]) -> Floats:
        return np.array([(len(song) + 1) * self._bits for song in songs])


class Unigram:
    """How often each symbol came in the training songs, one added to each count."""

    def __init__(self, songs: Sequence[Ids], symbols: int, end_id: int) -> None:
        self._end_id = end_id
        counts = np.ones(symbols)
        for song in songs:
            counts += np.bincount(framed(song, end_id)[1:], minlength=symbols)
        self._symbol_bits = -np.log2(counts / counts.sum())

    def bits(self, songs: Sequence[Ids]) -> Floats:
        return np.array([self._symbol_bits[framed(song, self._end_id)[1:]].sum() for song in songs])


@dataclass(frozen=True, slots=True)
class _Order:
    """The n-grams of one length. A key is the n-gram's ids as digits in base V, the oldest the highest.

    grams, kept                their keys, sorted, and their counts (see `_counted`) less a discount
    contexts, totals, given    keys of their first n−1 ids, sorted; the sum of counts; that of the discounts,
                               which goes to the shorter context
    """

    grams: Keys
    kept: Floats
    contexts: Keys
    totals: Floats
    given: Floats


class KneserNey:
    """Interpolated Kneser–Ney with modified discounts (Chen & Goodman 1998, §3): p = (c − D(c) + ΣD · p′)/C.

    c is the n-gram's count, C the sum over its context, p′ the same for the context less its oldest symbol.

    The longest n-grams count how often they came, shorter ones how many different symbols came before them,
    except those at a song's beginning, before which nothing can come. Each order has a discount D for counts
    of 1, 2 and more, estimated from how many counts are 1, 2, 3 and 4. Below the unigrams lies the uniform
    distribution, so nothing has probability zero.
    """

    def __init__(self, songs: Sequence[Ids], symbols: int, end_id: int, order: int = KN_ORDER) -> None:
        if order < 1 or order * np.log2(symbols) > 62:
            raise ValueError(
                f"an order must be 1–{int(62 / np.log2(symbols))} with {symbols} symbols, got {order}"
            )
        self._symbols, self._end_id = symbols, end_id
        texts = [framed(song, end_id) for song in songs]
        raw = [_counts(texts, n, symbols) for n in range(1, order + 1)]
        self._orders = [
            _order(*_counted(raw, n, symbols, end_id), symbols=symbols) for n in range(1, order + 1)
        ]

    def bits(self, songs: Sequence[Ids]) -> Floats:
        return np.array([-np.log2(self._chosen(framed(song, self._end_id))).sum() for song in songs])

    def probabilities(self, context: Sequence[int]) -> Floats:
        """Shape (V,): what follows `context`, ids that begin with the song's opening `/`."""
        probability = np.full(self._symbols, 1.0 / self._symbols)
        for n, order in enumerate(self._orders[: len(context) + 1], start=1):
            text = np.array(context[len(context) - n + 1 :], np.int64)
            keys = _key(text, self._symbols) * self._symbols + np.arange(self._symbols)
            probability = _mixed(order, keys, probability, self._symbols)
        return probability

    def _chosen(self, text: Keys) -> Floats:
        """Probability of each symbol of a framed song but its first."""
        probability = np.full(len(text) - 1, 1.0 / self._symbols)
        for n, order in enumerate(self._orders, start=1):
            first = max(n - 2, 0)  # of the symbols predicted, the first with n − 1 before it
            keys = _grams(text, n, self._symbols)[1 if n == 1 else 0 :]
            probability[first:] = _mixed(order, keys, probability[first:], self._symbols)
        return probability


class SteppedKneserNey(Model):
    """The same as a model that is stepped: a symbol in, the next one's probabilities out."""

    def __init__(self, ngrams: KneserNey) -> None:
        self._ngrams = ngrams
        self._context: list[int] = []

    def reset(self, bars: Bars = NO_BARS) -> None:  # noqa: ARG002 - it counts symbols, not bars
        self._context = []

    def hear(self, symbol_id: int) -> None:
        self._context.append(symbol_id)

    def expected(self) -> Floats:
        return self._ngrams.probabilities(self._context[-KN_ORDER:])


def _key(ids: Keys, symbols: int) -> int:
    key = 0
    for symbol in ids:
        key = key * symbols + int(symbol)
    return key


def _grams(text: Keys, n: int, symbols: int) -> Keys:
    """The keys of all n-grams of a text, in order."""
    keys = np.zeros(max(len(text) - n + 1, 0), np.int64)
    for place in range(n):
        keys = keys * symbols + text[place : place + len(keys)]
    return keys


def _counts(texts: Sequence[Keys], n: int, symbols: int) -> tuple[Keys, Floats]:
    """The different n-grams and how often each came; the `/` that opens a song was never predicted."""
    keys = [_grams(text, n, symbols)[1 if n == 1 else 0 :] for text in texts]
    grams, counts = np.unique(np.concatenate([np.zeros(0, np.int64), *keys]), return_counts=True)
    return grams, counts.astype(np.float64)


def _counted(raw: Sequence[tuple[Keys, Floats]], n: int, symbols: int, end_id: int) -> tuple[Keys, Floats]:
    """The n-grams with the counts that Kneser–Ney asks for."""
    grams, counts = raw[n - 1]
    if n == len(raw):
        return grams, counts
    ends, kinds = np.unique(raw[n][0] % symbols**n, return_counts=True)
    before = np.zeros(len(grams))
    before[np.searchsorted(grams, ends)] = kinds
    opens = (grams // symbols ** (n - 1) == end_id) if n > 1 else np.zeros(len(grams), bool)
    return grams, np.where(opens, counts, before)


def _order(grams: Keys, counts: Floats, symbols: int) -> _Order:
    contexts, firsts = np.unique(grams // symbols, return_index=True)
    totals = np.add.reduceat(counts, firsts) if len(grams) else counts
    discounts = _discounts(counts)[np.minimum(counts, 3).astype(np.int64)]
    given = np.add.reduceat(discounts, firsts) if len(grams) else discounts
    return _Order(grams, counts - discounts, contexts, totals, given)


def _discounts(counts: Floats) -> Floats:
    """For counts of 0, 1, 2 and more: c − (c+1)·Y·n(c+1)/n(c), Y = n1/(n1 + 2 n2).

    A small corpus can leave an n at zero or the estimate outside 0…c; it is then c/2.
    """
    n = [float((counts == c).sum()) for c in range(5)]
    share = n[1] / (n[1] + 2 * n[2]) if n[1] else 0.0
    estimates = [c - (c + 1) * share * n[c + 1] / n[c] if n[c] else 0.0 for c in (1, 2, 3)]
    return np.array([0.0, *(d if 0 < d < c else c / 2 for c, d in enumerate(estimates, start=1))])


def _mixed(order: _Order, keys: Keys, shorter: Floats, symbols: int) -> Floats:
    """One order's estimate for n-grams `keys`, given that of the order below it."""
    totals = _found(order.contexts, order.totals, keys // symbols)
    given = _found(order.contexts, order.given, keys // symbols)
    known = totals > 0
    mixed = (_found(order.grams, order.kept, keys) + given * shorter) / np.where(known, totals, 1.0)
    return np.where(known, mixed, shorter)


def _found(keys: Keys, values: Floats, wanted: Keys) -> Floats:
    """The value of each wanted key, zero for one that is not there."""
    if not len(keys):
        return np.zeros(len(wanted))
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[places] == wanted, values[places], 0.0)
