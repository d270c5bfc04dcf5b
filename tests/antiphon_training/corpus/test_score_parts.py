"""Which part of a parsed score is the melody, with parts that look as music21's do."""

from dataclasses import dataclass, field

import pytest

from antiphon.midi.voice_choice import ANY_VOICE, Wanted
from antiphon_training.corpus.score_parts import melody_part


@dataclass
class Element:
    classes: tuple[str, ...] = ("Note",)
    pitches: tuple[int, ...] = (60,)
    lyrics: tuple[str, ...] = ()


class Elements(list):
    @property
    def notes(self):
        return [element for element in self if "Note" in element.classes]


@dataclass
class Part:
    partName: str | None = None  # noqa: N815
    elements: list = field(default_factory=lambda: [Element()])

    def recurse(self):
        return Elements(self.elements)


@dataclass
class Parsed:
    parts: list


def chosen(*parts, wanted=ANY_VOICE):
    part, track, voice = melody_part(Parsed(list(parts)), wanted)
    return parts.index(part), track, voice


DRUMS = Part("Drums", [Element(("PercussionClef",)), Element()])
UNPITCHED = Part("Voice", [Element(pitches=())])


def test_one_part_is_the_melody_and_needs_no_words():
    assert chosen(Part("Voice")) == (0, None, "")
    assert chosen(DRUMS, UNPITCHED, Part("Piano")) == (2, None, "")


def test_a_score_without_parts_is_its_own_part():
    parsed = Part()
    assert melody_part(parsed, ANY_VOICE) == (parsed, None, "")


def test_the_top_part_comes_first_unless_another_is_named_a_voice():
    assert chosen(Part("Violin I"), Part("Violin II")) == (0, "Violin I", 'part 1 "Violin I", the top one')
    assert chosen(Part(), Part("Flute")) == (0, 1, "part 1, the top one")
    assert chosen(Part("Piano"), Part("Solo")) == (1, "Solo", 'part 2 "Solo", by its name')


def sung(name, words=2, notes=2):
    return Part(name, [Element(lyrics=("la",))] * words + [Element()] * (notes - words))


def test_a_part_with_words_comes_first_whatever_its_name():
    assert chosen(Part("Solo"), sung("Tenor")) == (1, "Tenor", 'part 2 "Tenor", by its words')
    assert chosen(Part("Flute"), Part("Piano"), sung("Alto")) == (2, "Alto", 'part 3 "Alto", by its words')
    assert chosen(sung("Piano"), Part("Voice"), wanted=Wanted("voice"))[0] == 1


def test_of_several_with_words_the_name_decides_then_the_top():
    assert chosen(Part("Oboe"), sung("Bass"), sung("Soprano"))[0] == 2
    assert chosen(sung("Voice 1"), sung("Voice 2"), Part("Piano"))[0] == 0
    assert chosen(sung("Soprano"), sung("Bass")) == (0, "Soprano", 'part 1 "Soprano", by its name')


def test_a_part_with_a_few_words_is_not_the_one_that_is_sung():
    assert chosen(sung("Solo", words=1, notes=9), sung("Tenor", words=9, notes=9))[0] == 1


def test_a_name_of_several_lines_is_said_in_one():
    part = sung("Singstimme\nVoice")
    assert chosen(part, Part("Piano"))[1:] == (
        "Singstimme Voice",
        'part 1 "Singstimme Voice", by its words',
    )


@pytest.mark.parametrize(("track", "place"), [("2", 1), ("violin", 0), ("VIOLIN II", 1), ("la", 2)])
def test_a_part_by_number_or_name(track, place):
    parts = Part("Violin I"), Part("Violin II"), Part("Viola")
    assert chosen(DRUMS, *parts, wanted=Wanted(track))[0] == place + 1


@pytest.mark.parametrize("track", ["3", "0", "horn"])
def test_a_part_that_is_not_there(track):
    with pytest.raises(ValueError, match=f'no track "{track}"; it has part 1 "Oboe"; part 2$'):
        chosen(Part("Oboe"), Part(), wanted=Wanted(track))
