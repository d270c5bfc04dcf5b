"""The `listen` command: held-out calls, every bundle's answers to them and the songs' own, as a page."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from antiphon.files.write import write_whole
from antiphon.midi.file import write_melody
from antiphon_training.commands.evaluate_command import Asked, watched
from antiphon_training.commands.out_folder import claim
from antiphon_training.data.dataset import Dataset, load_dataset
from antiphon_training.judge.answer_settings import Manner
from antiphon_training.judge.answers import Reply, Speaker, answer, chosen, speaker_of
from antiphon_training.judge.listening_page import Answered, midi_name, on_bar_lines, page
from antiphon_training.judge.openings import Opening, openings_of
from antiphon_training.score.evaluated_model import subjects_of

PAGE_FILE = "index.html"
OWN_FILES = r"index\.html|\d\d+-[a-z0-9-]+\.mid"
BPM = 100.0
TRUE = "the song itself"


def write_page(models: Sequence[str], data: Path, out: Path, asked: Asked) -> dict[str, Any]:
    """Write the page and its MIDI files; returns where it is and what is on it. Raises WrongUse, Failure."""
    speakers = [speaker_of(subject) for subject in subjects_of(models)]
    dataset = load_dataset(data)
    openings = openings_of(dataset, asked.split)
    claim(out, OWN_FILES)
    taken = chosen(openings, min(asked.number, len(openings)), asked.random_seed)
    calls = [
        _replies(number, opening, speakers, asked.manner, asked.random_seed)
        for number, opening in enumerate(watched(taken, len(taken), "calls"), start=1)
    ]
    for each in (answered for call in calls for answered in call):
        _write_midi(out / each.file, each, dataset.steps_per_quarter)
    names = ", ".join(speaker.name for speaker in speakers)
    title = f"{len(calls)} calls, answered by {names}"
    write_whole(out / PAGE_FILE, page(title, _about(dataset, asked), calls).encode())
    return {"page": str(out / PAGE_FILE), "calls": [_plain(call) for call in calls]}


def _replies(
    number: int,
    opening: Opening,
    speakers: Sequence[Speaker],
    manner: Manner,
    random_seed: int,
) -> list[Answered]:
    """Every speaker's answer to one call, then the true one. Two speakers never share a file."""
    said = []
    for place, speaker in enumerate(speakers, start=1):
        reply = answer(speaker, opening, manner, np.random.default_rng([random_seed, number - 1]))
        said.append(Answered(speaker.name, reply, midi_name(number, f"{place} {speaker.name}")))
    return [*said, Answered(TRUE, Reply(opening, opening.continuation), midi_name(number, TRUE))]


def _write_midi(path: Path, answered: Answered, steps_per_quarter: int) -> None:
    call, reply = on_bar_lines(answered.reply)
    meter = answered.reply.opening.meter
    write_melody(path, [*call, *reply], BPM, meter, answered.by, steps_per_quarter)


def _about(dataset: Dataset, asked: Asked) -> str:
    corpus = dataset.corpus
    return (
        f"Blue is the call, orange the answer. The songs are of the {asked.split} split of {dataset.folder}. "
        f"{str(asked.manner).capitalize()}, random seed {asked.random_seed}. "
        f"The melodies are from {corpus['title']} ({corpus['licence']}): this page is for you, "
        f"not for passing on."
    )


def _plain(call: Sequence[Answered]) -> dict[str, Any]:
    opening = call[0].reply.opening
    return {
        "title": opening.title,
        "source": opening.source,
        "key": str(opening.key),
        "meter": str(opening.meter),
        "replies": {each.by: each.file for each in call},
    }
