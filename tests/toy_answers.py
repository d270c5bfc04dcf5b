"""Openings and answers in miniature, and a bundle that answers: what the tests of the judging use."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from antiphon.bundle import Architecture, Card, Corpus, Split, save, save_critic
from antiphon.listen.key import Key
from antiphon.timebase import Meter
from antiphon_training.data.dataset import load_dataset
from antiphon_training.judge.answers import JudgedAnswer
from antiphon_training.judge.openings import Opening
from fakes import random_event_weights
from toy_critic import random_trees
from toy_songs import random_weights


def toy_opening(
    phrase: str,
    continuation: str,
    *,
    key: str = "C major",
    bar_steps: int = 4,
    pickup_steps: int = 0,
    ends_song: bool = True,
) -> Opening:
    """From symbols as text; bars of four steps unless said."""
    return Opening(
        title="Toy",
        source="toy.abc#1",
        key=Key.parse(key),
        meter=Meter(bar_steps, 16),
        bar_steps=bar_steps,
        pickup_steps=pickup_steps,
        phrase=tuple(phrase.split()),
        continuation=tuple(continuation.split()),
        ends_song=ends_song,
    )


def toy_answer(phrase: str, answer: str, **about: object) -> JudgedAnswer:
    """What follows a phrase; the song's own continuation where the test does not care."""
    return JudgedAnswer(toy_opening(phrase, answer, **about), tuple(answer.split()))  # type: ignore[arg-type]


def quarters(pitches: Sequence[int]) -> str:
    """A bar of four steps for each pitch."""
    return " ".join(f"{pitch} _ _ _" for pitch in pitches)


def toy_bundle(folder: Path, data: Path, random_seed: int = 0) -> Path:
    """A bundle of random weights that knows the symbols of a data folder; named as its folder."""
    card = _card(folder, data, "lstm")
    save(folder, card, random_weights(len(card.vocabulary), 4, random_seed))
    return folder


def toy_event_bundle(folder: Path, data: Path) -> Path:
    """The same of notes and rests, on a grid of sixteenths, with a critic of random trees."""
    card = _card(folder, data, "events")
    save(folder, card, random_event_weights(len(card.vocabulary)))
    save_critic(folder, random_trees())
    return folder


def _card(folder: Path, data: Path, kind: Literal["lstm", "events"]) -> Card:
    return Card(
        name=folder.name,
        description="",
        vocabulary=load_dataset(data).vocabulary.symbols,
        key_rule="written",
        architecture=Architecture(kind=kind, units=4 if kind == "lstm" else 12),
        context="stream",
        recipe={},
        corpus=Corpus(name="toy", title="Toy songs", licence="CC0"),
        split=Split(rule="none", train=0, valid=0, test=0),
        figures=(),
        weights_sha256="",
    )
