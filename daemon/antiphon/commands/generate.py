"""`antiphon generate`: a seed phrase in, its continuation out, as symbols and as a MIDI file."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from antiphon.bundle import Bundle
from antiphon.commands.chosen import bundle_of, voice_of
from antiphon.commands.configured import configuration, seed_or_chance
from antiphon.commands.options import FILE, LateChoice, shared
from antiphon.compose.place import Bars
from antiphon.compose.symbols import parse, regridded
from antiphon.config import Config
from antiphon.errors import WrongUse
from antiphon.events import GridNote
from antiphon.listen.key import Key
from antiphon.midi.voice_choice import Wanted
from antiphon.perform.answer.offline import Continuation, continue_phrase
from antiphon.perform.answer.programs import Voice
from antiphon.stage import phrase_file
from antiphon.stage.phrase_file import WrittenPhrase
from antiphon.timebase import STEPS_PER_QUARTER, quarters_to_steps, steps_of_sixteenths


@click.command()
@click.option(
    "--seed", "seed_symbols", metavar="SYMBOLS", help='The phrase in sixteenths: "55 _ _ _ 60 _ 62 _".'
)
@click.option("--phrase", "file", type=FILE, help="Read the phrase from a MIDI file or a score.")
@shared("track", "channel")
@click.option("--steps", type=click.IntRange(1, 100_000), default=64, show_default=True, help="Sixteenths.")
@click.option("--key", "key_name", metavar="KEY", help='The key, as "F# minor"; else estimated.')
@click.option("--out", type=FILE, help="Write phrase and continuation as a MIDI file.")
@click.option("--picture", type=FILE, help="Draw them as a piano roll (SVG).")
@click.option("--candidates", type=int, help="Compose so many, and choose one [16].")
@click.option("--choice", type=LateChoice("perform.settings", "CHOICES"), help="How one is chosen [critic].")
@click.option("--trace", is_flag=True, help="Print entropy, temperature, probability of each symbol.")
@shared("temperature", "seed", "model", "config", "json")
def generate(
    seed_symbols: str | None,
    file: Path | None,
    track: str | None,
    channel: int | None,
    steps: int,
    key_name: str | None,
    out: Path | None,
    picture: Path | None,
    candidates: int | None,
    choice: str | None,
    trace: bool,
    temperature: float | None,
    random_seed: int | None,
    model: str | None,
    config_file: Path | None,
    as_json: bool,
) -> None:
    """Continue a seed phrase: print the symbols, write a MIDI file."""
    given = {
        "sampling.temperature": temperature,
        "model.name": model,
        "answer.candidates": candidates,
        "answer.choice": choice,
    }
    settings = configuration(config_file, given)
    chosen = bundle_of(settings)
    key = _key(key_name)
    written = _phrase(seed_symbols, file, Wanted(track, channel), chosen, settings)
    seed = seed_or_chance(random_seed)
    voice = voice_of(chosen, settings)
    bars, steps = _bars(written, voice), steps_of_sixteenths(steps, voice.steps_per_quarter)
    key, sampling = key or written.key, settings.sampling
    many, choice_by = settings.answer.candidates, settings.answer.choice
    made = continue_phrase(voice, written.symbols, key, steps, sampling, seed, bars, many, choice_by)
    _say_what_was_replaced(made)
    _write(made, out, picture, written, voice.steps_per_quarter)
    click.echo(_as_json(made, chosen, seed) if as_json else _as_text(made, trace))
    if not as_json:
        click.echo(_summary(made, voice.steps_per_quarter, seed, out), err=True)


def _key(name: str | None) -> Key | None:
    try:
        return Key.parse(name) if name else None
    except ValueError as error:
        raise WrongUse(str(error)) from None


def _phrase(
    seed_symbols: str | None, file: Path | None, wanted: Wanted, chosen: Bundle, settings: Config
) -> WrittenPhrase:
    if seed_symbols is not None and file is not None:
        raise WrongUse("give the phrase with --seed or with --phrase, not both")
    if file is not None:
        return phrase_file.read(file, chosen.card.steps_per_quarter, settings.tempo.bpm, wanted)
    if wanted:
        raise WrongUse("--track and --channel choose in the file of --phrase, which was not given")
    try:
        symbols = regridded(parse(seed_symbols or ""), STEPS_PER_QUARTER, chosen.card.steps_per_quarter)
    except ValueError as error:
        raise WrongUse(str(error)) from None
    return WrittenPhrase(symbols, settings.tempo.bpm, settings.tempo.first_meter, None)


def _bars(phrase: WrittenPhrase, voice: Voice) -> Bars:
    steps = voice.steps_per_quarter
    return Bars(str(phrase.meter), -round(quarters_to_steps(phrase.pickup, steps)), steps)


def _say_what_was_replaced(made: Continuation) -> None:
    for unknown, heard in made.replaced:
        click.echo(f"antiphon: the model never saw {unknown} and hears it as {heard}", err=True)


def _write(
    made: Continuation, out: Path | None, picture: Path | None, written: WrittenPhrase, grid: int
) -> None:
    """On the bars of the phrase: a pickup stands at the end of a bar."""
    bar = round(written.meter.quarters_per_bar * grid)
    begin = -round(quarters_to_steps(written.pickup, grid)) % bar
    if out is not None:
        whole = _moved(made.whole, begin)
        phrase_file.write_melody(out, whole, written.bpm, written.meter, steps_per_quarter=grid)
    if picture is not None:
        from antiphon.files.svg_roll import write_picture

        phrase, answer = _moved(made.phrase_notes, begin), _moved(made.answer, begin)
        write_picture(picture, phrase, answer, bar, str(made.key))


def _moved(notes: Sequence[GridNote], steps: int) -> list[GridNote]:
    return [replace(note, onset_steps=note.onset_steps + steps) for note in notes]


def _as_json(made: Continuation, chosen: Bundle, random_seed: int) -> str:
    steps = [
        {
            "symbol": step.symbol,
            "entropy": step.draw.entropy,
            "temperature": step.draw.temperature,
            "probability": step.draw.probability,
        }
        for step in made.steps
    ]
    return json.dumps(
        {
            "model": chosen.card.name,
            "steps_per_quarter": chosen.card.steps_per_quarter,
            "random_seed": random_seed,
            "key": str(made.key),
            "phrase": " ".join(made.phrase),
            "answer": " ".join(made.symbols),
            "ended": made.ended,
            "steps": steps,
        }
    )


def _as_text(made: Continuation, trace: bool) -> str:
    if not trace:
        return " ".join(made.symbols)
    rows = [f"{'step':>4} {'symbol':>6} {'entropy':>8} {'temperature':>12} {'probability':>12}"]
    for number, step in enumerate(made.steps):
        drawn = step.draw
        rows.append(
            f"{number:>4} {step.symbol:>6} {drawn.entropy:>8.3f} "
            f"{drawn.temperature:>12.3f} {drawn.probability:>12.4f}"
        )
    return "\n".join(rows)


def _summary(made: Continuation, steps_per_quarter: int, random_seed: int, out: Path | None) -> str:
    ended = ", the melody ended there" if made.ended else ""
    written = f"; written to {out}" if out else ""
    steps = f"{len(made.steps)} steps, {steps_per_quarter} to a quarter"
    return f"antiphon: {steps}, in {made.key}{ended} (random seed {random_seed}){written}"
