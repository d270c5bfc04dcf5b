"""From records to two voices and a summary; what remains of the file is tested with takes."""

from dataclasses import replace

from antiphon.events import GridNote, NoteOff, NoteOn, ProgramChange, Timed
from antiphon.listen.key import Key
from antiphon.perform.answer_reports import (
    Accompanied,
    Answered,
    ChordGuessed,
    ChordsHeard,
    Heard,
    NamedChord,
)
from antiphon.perform.harmony_settings import HarmonySettings
from antiphon.perform.reports import NO_HANDOVER, Asked, Begun, Ended, Followed, Received, Released, Sent
from antiphon.perform.setting_changes import SettingChange
from antiphon.perform.settings import SessionSettings
from antiphon.perform.take_records import Closed
from antiphon.stage.takes.render import RenderedTake, Summary
from antiphon.stage.takes.tempo_map import TempoMap
from antiphon.timebase import Grid, Meter

GRID = Grid(120.0, 10.0)


def scored(*records):
    rendered = RenderedTake(TempoMap(120.0))
    for record in records:
        rendered.add(record)
    return rendered


def test_the_summary():
    heard = [
        Heard(at_s, (GridNote(0, 4, 60),), Key(tonic, "major"), GRID, 16, 16)
        for at_s, tonic in ((11.0, 0), (21.0, 7), (31.0, 0))
    ]
    played = [Received(Timed(10.0, NoteOn(60))), Received(Timed(82.25, NoteOff(60)))]
    rendered = scored(played[0], *heard, Answered(15.0, False, 0), played[1])
    assert rendered.summary == Summary(72.25, 3, 1, ("C major", "G major"), True)
    rendered.add(Closed())
    assert not rendered.summary.cut_off


def test_what_is_held_ends_at_the_last_moment_known():
    rendered = scored(
        Received(Timed(10.0, NoteOn(60))), Sent(Timed(10.5, NoteOn(72)), 0.0), Ended(12.0, 12.0)
    )
    _, (player, antiphon) = rendered.written(Meter())
    assert player == [(0, NoteOn(60)), (1920, NoteOff(60))]
    assert antiphon == [(480, NoteOn(72)), (1920, NoteOff(72))]


def test_a_note_that_a_successor_ended_ends_there_in_antiphons_track():
    rendered = scored(
        Received(Timed(10.0, NoteOn(60))),
        Received(Timed(10.5, NoteOff(60))),
        Sent(Timed(11.0, NoteOn(72)), 0.0),
        Released(Timed(11.5, NoteOff(72))),
    )
    assert rendered.written(Meter())[1][1] == [(960, NoteOn(72)), (1440, NoteOff(72))]
    assert rendered.lateness()["events"] == 1


def test_nothing_played_is_empty():
    assert scored(Ended(1.0, 1.0), Closed()).empty


def test_a_pickup_is_before_the_first_bar_line_and_the_meter_changes_with_a_phrase():
    """A phrase in 3/4 begins a beat before bar 2, one in 4/4 at step 96."""
    waltz = Heard(GRID.time_s(24), (GridNote(8, 4, 60),), Key(0, "major"), GRID, 36, 12, Meter(3, 4))
    march = Heard(GRID.time_s(120), (GridNote(96, 4, 60),), Key(0, "major"), GRID, 128, 16, Meter(4, 4))
    rendered = scored(Received(Timed(GRID.time_s(8), NoteOn(60))), waltz, march)
    assert rendered.written_meters(Meter()) == [(0, Meter(3, 4)), (96 * 120, Meter(4, 4))]
    _, (player, _) = rendered.written(Meter())
    assert player[0] == (8 * 120, NoteOn(60))


def test_without_a_phrase_the_meter_is_that_of_the_settings():
    assert scored(Received(Timed(10.0, NoteOn(60)))).written_meters(Meter(3, 4)) == [(0, Meter(3, 4))]


def on_channels(**changes):
    return SessionSettings(harmony=HarmonySettings(**changes))


def both(at_s, pitch, channel):
    sent = [Timed(at_s, NoteOn(pitch, 80, channel)), Timed(at_s + 1.0, NoteOff(pitch, channel))]
    return [Sent(one, 0.0) for one in sent]


def test_each_part_has_a_track_of_its_own_that_begins_with_its_sound():
    settings = on_channels(bass_program=33, bass_channel=5)
    begun = Begun(settings, 1, NO_HANDOVER)
    rendered = scored(begun, *both(10.0, 72, 0), *both(10.0, 36, 4), *both(10.0, 60, 2), *both(11.0, 64, 9))
    assert rendered.played_parts == ("bass", "chords")
    _, (_, antiphon, bass, chords) = rendered.written(Meter())
    assert bass == [(0, ProgramChange(32, 4)), (0, NoteOn(36, 80, 4)), (960, NoteOff(36, 4))]
    assert [event.pitch for _, event in chords] == [60, 60]
    assert [event.pitch for _, event in antiphon] == [72, 72, 64, 64]  # nobody knows channel 10


def test_a_part_is_followed_to_another_channel():
    changed = Asked(11.5, (SettingChange("harmony.bass_channel", 8),))
    rendered = scored(Begun(on_channels(), 1, NO_HANDOVER), *both(10.0, 36, 1), changed, *both(12.0, 38, 7))
    assert [one.event.pitch for one in rendered.parts["bass"]] == [36, 36, 38, 38]


def test_what_plays_on_the_channel_of_the_answer_is_in_its_track():
    rendered = scored(Begun(replace(on_channels(), channel=1), 1, NO_HANDOVER), *both(10.0, 36, 1))
    assert rendered.played_parts == ()
    assert len(rendered.antiphon) == 2


def test_a_phrase_that_was_accompanied_counts_and_its_key_is_told():
    over = [Accompanied(12.0, Key(7, "major")), Accompanied(14.0, None)]
    summary = scored(Received(Timed(10.0, NoteOn(60))), *over, Received(Timed(10.5, NoteOff(60)))).summary
    assert (summary.phrases, summary.answers, summary.keys) == (2, 0, ("G major",))


def test_chords_that_were_guessed_are_markers_that_say_so():
    followed = Followed(11.0, GRID, 0.0, False)
    guessed = ChordGuessed(11.0, 12.0, 13.0, "Am", Key(0, "major"), Meter())
    rendered = scored(
        Received(Timed(10.0, NoteOn(60))), followed, guessed, Received(Timed(10.5, NoteOff(60)))
    )
    assert rendered.written_markers(Meter()) == [(1920, "Am?")]


def test_chords_that_were_played_are_markers_where_they_begin():
    heard = Heard(14.0, (GridNote(0, 4, 60),), Key(0, "major"), GRID, 48, 16, Meter())
    chords = ChordsHeard(14.0, (NamedChord(10.0, "C"), NamedChord(12.0, "G7/B")), 14.0)
    rendered = scored(Received(Timed(10.0, NoteOn(60))), heard, chords, Received(Timed(10.5, NoteOff(60))))
    assert rendered.written_markers(Meter()) == [(0, "C"), (1920, "G7/B")]
