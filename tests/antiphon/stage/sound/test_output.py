"""The process that makes sound: what it says, and what follows where it cannot or dies."""

import pytest

from antiphon.stage.sound import process
from antiphon.stage.sound.feed import NOTE, SoundFeed, SoundRecord, link
from antiphon.stage.sound.output import SoundOutput
from antiphon.stage.sound.process import SoundOrder
from fake_sound import dies, no_device, sounds

ORDER = SoundOrder("samples", "piano", "flute", on_jack=False)


@pytest.fixture
def ends():
    reader, writer = link()
    yield reader, writer
    reader.close()
    writer.close()


def said_by(serve, ends, monkeypatch, lines):
    """What is said with a process that runs `serve`, until so many lines are."""
    said = []
    monkeypatch.setattr(process, "serve", serve)
    with SoundOutput(ends[0], ORDER, said.append) as output:
        output.wait(60)
        while len(said) < lines and output._thread.is_alive():
            output._thread.join(0.05)
    return said


def test_where_there_is_no_device_one_line_is_said(ends, monkeypatch):
    assert said_by(no_device, ends, monkeypatch, 2) == ["There is no sound: no sound device answers."]


def test_what_sounds_is_said_and_it_ends_with_its_context(ends, monkeypatch):
    assert said_by(sounds, ends, monkeypatch, 1) == ["Sound is on air; it adds 9 ms."]


def test_one_that_dies_is_started_again_but_not_for_ever(ends, monkeypatch):
    said = said_by(dies, ends, monkeypatch, 100)
    assert said.count("Sound is on nothing.") == 5
    assert said[-1] == "The sound ended too often; it stays off."


def test_where_no_sound_is_wanted_what_is_played_goes_nowhere(ends):
    reader, writer = ends
    with SoundOutput(reader, None, pytest.fail) as output:
        output.wait(60)
        SoundFeed(writer).put(SoundRecord(0.0, 0.0, NOTE))
        with pytest.raises(BrokenPipeError):
            writer.send(b"more")
