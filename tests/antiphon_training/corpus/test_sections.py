"""Long rests divide a melody; no note is lost, and none moves within its bar."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon_training.corpus.bars import Bar
from antiphon_training.corpus.sections import divided, is_further, sections_of, whole_of
from antiphon_training.corpus.songs import ParsedSong, Sound


def melody(*lengths):
    """Sounds one after another; a negative length is a rest."""
    onset, found = 0.0, []
    for place, length in enumerate(lengths):
        found.append(Sound(onset, abs(length), (abs(length),), 60 + place % 12 if length > 0 else None))
        onset += abs(length)
    return tuple(found)


def bars(number, meter="4/4", full=4.0, begin=0.0):
    return [Bar(begin + full * place, full, full, meter=meter) for place in range(number)]


def song(sounds, sections):
    return ParsedSong("Song", "a.mxl", sounds, ("4/4",), 0.0, None, sections=sections)


def test_a_rest_of_less_than_two_bars_divides_nothing():
    assert sections_of(melody(4, -7.5, 4.5), bars(4)) == ()
    assert sections_of((), bars(4)) == ()
    assert sections_of(melody(-16), bars(4)) == ()


def test_sections_end_with_the_bar_of_their_last_note_and_begin_with_a_note():
    sections = sections_of(melody(4, 2, -8, 1, 1, 3, -13), bars(8))
    assert [(s.begin, s.end, s.pickup) for s in sections] == [(0.0, 8.0, 0.0), (14.0, 20.0, 2.0)]
    first, second = divided(song(melody(4, 2, -8, 1, 1, 3, -13), sections))
    assert [(s.onset, s.duration, s.pitch) for s in first.sounds] == [(0, 4, 60), (4, 2, 61), (6, 2, None)]
    assert first.length == 8.0
    assert [(s.onset, s.pitch) for s in second.sounds] == [(0, 63), (1, 64), (2, 65), (5, None)]
    assert (second.source, second.pickup, second.meters) == ("a.mxl§2", 2.0, ("4/4",))


def test_without_bars_a_bar_has_four_quarters():
    assert [(s.begin, s.end, s.meter) for s in sections_of(melody(4, -8, 4), [])] == [
        (0.0, 4.0, None),
        (12.0, 16.0, None),
    ]


def test_a_postlude_is_no_part_of_the_song():
    (section,) = sections_of(melody(4, 4, -8), bars(4))
    assert (section.begin, section.end) == (0.0, 8.0)


def test_the_bars_of_a_section_whose_meter_changes_count_as_off():
    changing = [*bars(2), *bars(8, "3/4", 3.0, begin=8.0)]
    first, second = sections_of(melody(4, 4, 3, 3, -6, 3, 3, 3), changing)
    assert (first.meter, first.bars_off) == ("4/4", 2)
    assert (second.meter, second.bars_off) == ("3/4", 0)


def test_a_section_has_the_key_that_is_written_last_before_it():
    keys = [(0.0, "G major"), (12.0, "signature -1")]
    sections = sections_of(melody(4, -8, 4, -8, 4), bars(7), keys)
    assert [section.key for section in sections] == ["G major", "signature -1", "signature -1"]


@pytest.mark.parametrize(
    ("source", "whole", "further"),
    [("a.mxl", "a.mxl", False), ("a.mxl§1", "a.mxl", False), ("§2.mxl§12", "§2.mxl", True)],
)
def test_a_section_knows_the_song_it_belongs_to(source, whole, further):
    assert (whole_of(source), is_further(source)) == (whole, further)


@given(st.lists(st.sampled_from([0.5, 1, 3, 4, -1, -4, -8, -9.5, -12]), max_size=30))
def test_every_note_is_in_one_section_at_its_place_in_the_bar(lengths):
    sounds = melody(*lengths)
    end = sum(map(abs, lengths))
    sections = sections_of(sounds, bars(int(end // 4) + 1))
    found = [
        (section.begin + sound.onset, sound.duration, sound.pitch)
        for section, part in zip(sections, divided(song(sounds, sections)), strict=False)
        for sound in part.sounds
        if sound.pitch is not None
    ]
    notes = [(sound.onset, sound.duration, sound.pitch) for sound in sounds if sound.pitch is not None]
    assert found == (notes if sections else [])
    for section in sections:
        assert section.end % 4 == 0
        if section.end - section.begin > 4:  # a shorter one may have no bar line
            assert (section.begin + section.pickup) % 4 == 0
