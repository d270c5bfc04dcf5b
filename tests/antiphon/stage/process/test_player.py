"""What each process loads: some are started in the middle of a performance, and all stay in memory."""

import pickle
import subprocess
import sys

import pytest

from antiphon import bundle

# A process that plays, in virtual time: what it loaded before the first phrase, and what it loads after.
PLAYS = """
import pickle, sys
import numpy
with_numpy = set(sys.modules)  # before 2.0, numpy loads numpy.ma itself
from antiphon import trained_model
from antiphon.perform.session import Session
from antiphon.perform.settings import SessionSettings
from antiphon.stage.process import player
from antiphon.stage.voice import make_voices, warm
from playing import PHRASE, play
model = trained_model.load(pickle.load(sys.stdin.buffer))
warm(model.model())
session = Session(make_voices([model], None)[0], SessionSettings(), 1)
before = set(sys.modules)
assert [note for note in play(session, PHRASE) if type(note.event).__name__ == "NoteOn"]
print(*{"numpy.ma"} & set(sys.modules) - with_numpy, *set(sys.modules) - before)
"""


@pytest.mark.parametrize(
    ("module", "banned"),
    [
        ("antiphon.cli", {"click", "numpy", "multiprocessing"}),
        ("antiphon.commands.play", {"numpy", "pydantic", "rich"}),
        ("antiphon.stage.process.entry", {"click", "mido", "numpy", "pydantic", "rich"}),
        ("antiphon.stage.process.player", {"click", "mido", "pydantic", "rich", "jack"}),
        ("antiphon.stage.ports.jack.process", {"click", "mido", "numpy", "pydantic", "rich"}),
    ],
)
def test_a_process_that_must_be_quick_loads_nothing_heavy(module, banned):
    script = f"import sys, {module}; print(*set(sys.modules) & {banned!r})"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize("name", ["essen", "irish"])
def test_nothing_is_loaded_while_it_plays(name):
    """Loading would delay notes. numpy.ma takes 7 MB in each process, and nothing here needs it."""
    folder = bundle.find(name)
    facts = bundle.facts_of(folder, bundle.load(folder).card)
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {sys.path!r}\n{PLAYS}"],
        input=pickle.dumps(facts),
        capture_output=True,
    )
    assert (done.stdout.split(), done.stderr.decode()) == ([], "")
