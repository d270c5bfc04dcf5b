"""The `listen` command: held-out phrases, every bundle's answers to them and the songs' own, as a page."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from antiphon.files.write import write_whole
from antiphon.midi.file import melody_file
from antiphon_training.commands.evaluate_command import Asked
from antiphon_training.commands.out_folder import claim
from antiphon_training.commands.progress_bar import watched
from antiphon_training.data.dataset import Dataset, load_dataset
from antiphon_training.judge.answer_settings import JudgedSettings
from antiphon_training.judge.answers import JudgedAnswer, Speaker, answer, chosen, speaker_of
from antiphon_training.judge.listening_page import Answered, midi_name, on_bar_lines, page
from antiphon_training.judge.openings import Opening, openings_of
from antiphon_training.score.evaluated_model import evaluated_models

PAGE_FILE = "index.html"
OWN_FILES = r"index\.html|\d\d+-[a-z0-9-]+\.mid"
BPM = 100.0
TRUE = "the song itself"


def write_page(models: Sequence[str], data: Path, out: Path, asked: Asked) -> dict[str, Any]:
    """Write the page and its MIDI files; returns where it is and what is on it. Raises WrongUse, Failure."""
    speakers = [speaker_of(model) for model in evaluated_models(models)]
    dataset = load_dataset(data)
    openings = openings_of(dataset, asked.split)
    claim(out, OWN_FILES)
    taken = chosen(openings, min(asked.number, len(openings)), asked.random_seed)
    phrases = [
        _answers(number, opening, speakers, asked.settings, asked.random_seed)
        for number, opening in enumerate(watched(taken, len(taken), "phrases"), start=1)
    ]
    for each in (answered for phrase in phrases for answered in phrase):
        _write_midi(out / each.file, each, dataset.steps_per_quarter)
    names = ", ".join(speaker.name for speaker in speakers)
    title = f"{len(phrases)} phrases, answered by {names}"
    write_whole(out / PAGE_FILE, page(title, _about(dataset, asked), phrases).encode())
    return {"page": str(out / PAGE_FILE), "phrases": [_plain(phrase) for phrase in phrases]}


def _answers(
    number: int,
    opening: Opening,
    speakers: Sequence[Speaker],
    settings: JudgedSettings,
    random_seed: int,
) -> list[Answered]:
    """Every speaker's answers to one phrase, then the true one. No two share a file."""
    said = []
    for place, speaker in enumerate(speakers, start=1):
        for by, how in _ways(speaker, settings):
            made = answer(speaker, opening, how, (random_seed, number - 1))
            said.append(Answered(by, made, midi_name(number, f"{place} {by}")))
    return [*said, Answered(TRUE, JudgedAnswer(opening, opening.continuation), midi_name(number, TRUE))]


def _ways(speaker: Speaker, settings: JudgedSettings) -> Iterator[tuple[str, JudgedSettings]]:
    """How a speaker answers, by what the page calls it: where a critic chooses, also without it."""
    if settings.how.chooser(speaker.critic) is None:
        yield speaker.name, settings
        return
    yield f"{speaker.name}, a single answer", replace(settings, candidates=1)
    yield f"{speaker.name}, chosen of {settings.candidates}", settings


def _write_midi(path: Path, answered: Answered, steps_per_quarter: int) -> None:
    phrase, answer = on_bar_lines(answered.answer)
    meter = answered.answer.opening.meter
    write_whole(path, melody_file([*phrase, *answer], BPM, meter, answered.by, steps_per_quarter))


def _about(dataset: Dataset, asked: Asked) -> str:
    corpus = dataset.corpus
    return (
        "Blue is the phrase, orange the answer. "
        f"The songs are of the {asked.split} split of {dataset.folder}. "
        f"{str(asked.settings).capitalize()}, random seed {asked.random_seed}. "
        f"The melodies are from {corpus['title']} ({corpus['licence']}): this page is for you, "
        f"not for passing on."
    )


def _plain(phrase: Sequence[Answered]) -> dict[str, Any]:
    opening = phrase[0].answer.opening
    return {
        "title": opening.title,
        "source": opening.source,
        "key": str(opening.key),
        "meter": str(opening.meter),
        "replies": {each.by: each.file for each in phrase},
    }
