"""How answers are drawn and shaped, as the commands that ask for some are told it."""

import functools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import click

from antiphon.compose.sampling import SamplingSettings
from antiphon.compose.shape import ShapeSettings
from antiphon.perform.answer.composer import HowComposed
from antiphon.perform.settings import CHOICES, MOST_CANDIDATES, AnswerSettings, Choice


@dataclass(frozen=True, slots=True)
class JudgedSettings:
    """How answers are drawn and shaped, and of how many one is chosen: by a bundle's critic, if it has one,
    or as the most expected."""

    sampling: SamplingSettings = field(default_factory=SamplingSettings)
    shape: ShapeSettings = field(default_factory=ShapeSettings)
    candidates: int = field(default_factory=lambda: AnswerSettings().candidates)
    choice: Choice = "critic"

    @property
    def how(self) -> HowComposed:
        """The same as a composer is told it."""
        return HowComposed(self.candidates, self.sampling, self.shape, choice=self.choice)

    def __str__(self) -> str:
        """The settings that differ from the defaults."""
        said = {}
        for chosen, usual in ((self.sampling, SamplingSettings()), (self.shape, ShapeSettings())):
            for name in chosen.__slots__:
                if getattr(chosen, name) != getattr(usual, name):
                    said[name] = getattr(chosen, name)
        if self.candidates != AnswerSettings().candidates:
            said["candidates"] = self.candidates
        if self.choice != AnswerSettings().choice:
            said["choice"] = self.choice
        return ", ".join(f"{name} {value}" for name, value in said.items()) or "usual settings"


_SHARE = click.FloatRange(0, 1)
# name, range, help
_SAMPLING = (
    ("temperature", click.FloatRange(0, 10, min_open=True), "Above 1 freer, below 1 safer."),
    ("memory", click.FloatRange(0, 10), "Weight of what was played before; 0: none."),
    ("min_p", _SHARE, "Leave out symbols below this share of the likeliest."),
    ("top_p", click.FloatRange(0, 1, min_open=True), "Keep the likeliest that make up this share."),
)
_SHAPE = (
    ("closeness", _SHARE, "How closely rhythm and contour follow the phrase."),
    ("cadence", _SHARE, "How often it closes as a song does."),
)


def answer_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add an option for each of the above; the command is given one `settings`."""

    @functools.wraps(command)
    def asked(**options: Any) -> Any:
        sampling = SamplingSettings(**{name: options.pop(name) for name, _, _ in _SAMPLING})
        shape = ShapeSettings(**{name: options.pop(name) for name, _, _ in _SHAPE})
        return command(settings=JudgedSettings(sampling, shape), **options)

    for rows, usual in ((_SHAPE, ShapeSettings()), (_SAMPLING, SamplingSettings())):
        for name, limits, words in reversed(rows):
            flag, default = "--" + name.replace("_", "-"), getattr(usual, name)
            option = click.option(flag, name, type=limits, default=default, show_default=True, help=words)
            asked = option(asked)
    return asked


def candidates_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--candidates` and `--choice` to a command that is given `settings`."""

    @functools.wraps(command)
    def asked(settings: JudgedSettings, candidates: int, choice: Choice, **options: Any) -> Any:
        return command(settings=replace(settings, candidates=candidates, choice=choice), **options)

    choice = click.option(
        "--choice", type=click.Choice(CHOICES), default="critic", show_default=True, help="What chooses."
    )
    return click.option(
        "--candidates",
        type=click.IntRange(1, MOST_CANDIDATES),
        default=AnswerSettings().candidates,
        show_default=True,
        help="Answers that are composed, of which one is chosen; 1 without a critic.",
    )(choice(asked))
