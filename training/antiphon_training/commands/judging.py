"""The commands that judge the answers of models, and teach one to choose.

Heavy imports wait until a command needs them.
"""

import json
from pathlib import Path

import click

from antiphon_training.judge.answer_settings import JudgedSettings, answer_options, candidates_option


@click.command()
@click.option(
    "--bundle", "name", required=True, help="The bundle to write the critic into: a name or a folder."
)
@click.option(
    "--data", type=click.Path(path_type=Path), required=True, help="The data folder that it learned from."
)
@click.option(
    "--answers",
    "number",
    type=click.IntRange(100),
    default=8000,
    show_default=True,
    help="Learn from so many answers of the bundle.",
)
@answer_options
@click.option("--random-seed", type=click.IntRange(0), default=0, show_default=True)
def critic(name: str, data: Path, number: int, settings: JudgedSettings, random_seed: int) -> None:
    """Teach a bundle to choose: write a critic that tells its answers from what songs go on with."""
    from antiphon_training.commands.critic_command import write_critic

    click.echo(write_critic(name, data, number, settings, random_seed))


@click.command()
@click.argument("models", metavar="RUN|BUNDLE...", nargs=-1, required=True)
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    help="A data folder: baselines learn from its songs, and its openings are answered.",
)
@click.option(
    "--songs", type=click.Path(path_type=Path), help="Measure the bits of a folder of scores or songs."
)
@click.option("--split", type=click.Choice(["test", "valid", "train"]), default="test", show_default=True)
@click.option(
    "--answers", "number", type=click.IntRange(0), default=500, show_default=True, help="0 for bits alone."
)
@click.option(
    "--judge/--no-judge", default=True, show_default=True, help="Whether judges tell answers from songs."
)
@click.option("--pitches", is_flag=True, help="Bits of the pitches alone, by collection; needs --data.")
@click.option("--out", type=click.Path(path_type=Path), help="A folder for figures (JSON) and plots (PNG).")
@answer_options
@candidates_option
@click.option("--random-seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The figures as JSON.")
def evaluate(
    models: tuple[str, ...],
    data: Path | None,
    songs: Path | None,
    split: str,
    number: int,
    out: Path | None,
    settings: JudgedSettings,
    judge: bool,
    pitches: bool,
    random_seed: int,
    as_json: bool,
) -> None:
    """Measure bits of held-out songs beside n-gram models, and compare answers with the songs."""
    from antiphon_training.commands.evaluate_command import Asked, evaluate_models

    asked = Asked(number, split, settings, random_seed, judge, pitches)
    click.echo(evaluate_models(models, data, songs, asked, out, as_json))


@click.command()
@click.argument("models", metavar="RUN|BUNDLE...", nargs=-1, required=True)
@click.option(
    "--data", type=click.Path(path_type=Path), required=True, help="A data folder that `prepare` made."
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The folder for the page.")
@click.option("--phrases", "number", type=click.IntRange(1), default=10, show_default=True)
@click.option("--split", type=click.Choice(["test", "valid", "train"]), default="test", show_default=True)
@answer_options
@candidates_option
@click.option("--random-seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="What is on the page, as JSON.")
def listen(
    models: tuple[str, ...],
    data: Path,
    out: Path,
    number: int,
    split: str,
    settings: JudgedSettings,
    random_seed: int,
    as_json: bool,
) -> None:
    """Write a page of held-out phrases with each model's answer and the song's own, to see and hear."""
    from antiphon_training.commands.evaluate_command import Asked
    from antiphon_training.commands.listen_command import write_page

    asked = Asked(number, split, settings, random_seed)
    written = write_page(models, data, out, asked)
    click.echo(json.dumps(written, indent=1, ensure_ascii=False) if as_json else written["page"])
