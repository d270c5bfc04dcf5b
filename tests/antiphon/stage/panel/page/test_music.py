"""What the roll knows of the music, from the daemon's messages."""

import json

import pytest

pytestmark = pytest.mark.live
MODULE = ("{ Music }", "music.js")


@pytest.fixture
def music(run):
    """The music after messages."""

    def music(*messages, then=""):
        script = (
            f"const music = new Music(); {json.dumps(messages)}.forEach((one) => music.hear(one)); {then}"
        )
        return run(f"{script}; return {{...music, planEndsS: music.planEndsS}};")

    return music


def heard(pitch, at_s, on=True):
    return {"type": "heard", "pitch": pitch, "velocity": 80 if on else 0, "on": on, "at_s": at_s}


def sounded(pitch, at_s, on=True):
    return heard(pitch, at_s, on) | {"type": "sounded"}


def plan(*notes, answer=1, symbols=()):
    made = [
        {"pitch": pitch, "velocity": 80, "at_s": at_s, "ends_s": ends_s, "quoted": pitch == 64}
        for pitch, at_s, ends_s in notes
    ]
    ends = max(ends_s for _, _, ends_s in notes)
    fields = {"answer": answer, "begins_s": notes[0][1], "ends_s": ends, "notes": made}
    return {
        "type": "plan",
        **fields,
        "symbols": [{"at_s": at, "entropy": 1, "temperature": 1} for at in symbols],
    }


def grid(bar, begins_s, quarter_s=0.5, quarters=4):
    fields = {"bar": bar, "bar_begins_s": begins_s, "quarter_s": quarter_s, "quarters_a_bar": quarters}
    return {"type": "state", "grid": fields}


def test_a_key_of_the_player_is_a_note_that_ends(music):
    notes = music(heard(60, 1), heard(62, 2), heard(60, 3, on=False))["player"]
    assert [(one["pitch"], one["atS"], one["endsS"]) for one in notes] == [(60, 1, 3), (62, 2, None)]


def test_where_the_connection_is_lost_no_key_stays_down(music):
    notes = music(heard(60, 1), then="music.release(4)")["player"]
    assert notes[0]["endsS"] == 4


def test_a_plan_is_an_answer_of_notes_that_have_not_sounded(music):
    (answer,) = music(plan((64, 10, 11), (65, 11, 12), symbols=(10, 11)))["answers"]
    assert [(one["pitch"], one["quoted"], one["sounded"]) for one in answer["notes"]] == [
        (64, True, False),
        (65, False, False),
    ]
    assert [one["atS"] for one in answer["symbols"]] == [10, 11]


def test_a_new_plan_replaces_what_has_not_sounded(music):
    messages = plan((60, 10, 11), (62, 11, 12), (64, 12, 13)), sounded(60, 10), plan((65, 11, 12))
    (answer,) = music(*messages)["answers"]
    assert [one["pitch"] for one in answer["notes"]] == [60, 65]


def test_a_plan_of_nothing_takes_an_answer_back(music):
    nothing = {"type": "plan", "answer": 1, "begins_s": 10, "ends_s": 10, "notes": [], "symbols": []}
    assert music(plan((60, 10, 11), (62, 11, 12)), nothing)["answers"] == []


def test_a_note_that_ends_early_is_as_long_as_it_sounded(music):
    messages = plan((60, 10, 11)), sounded(60, 10.002), sounded(60, 10.4, on=False)
    (answer,) = music(*messages)["answers"]
    assert (answer["notes"][0]["sounded"], answer["notes"][0]["endsS"]) == (True, 10.4)


def test_a_note_that_was_not_planned_is_shown_as_it_sounds(music):
    messages = plan((60, 10, 11)), sounded(70, 13), sounded(70, 14, on=False)
    (answer,) = music(*messages)["answers"]
    assert [(one["pitch"], one["endsS"]) for one in answer["notes"]] == [(60, 11), (70, 14)]


def test_a_cut_answer_keeps_its_notes_and_plans_nothing(music):
    found = music(plan((60, 10, 11), (62, 11, 12)), {"type": "cut", "answer": 1, "at_s": 10.5})
    assert (len(found["answers"][0]["notes"]), found["answers"][0]["cutS"], found["planEndsS"]) == (
        2,
        10.5,
        None,
    )


def test_the_same_bars_told_again_are_one_grid(music):
    assert len(music(grid(1, 0.0), grid(2, 2.0), grid(3, 4.0))["grids"]) == 1


def test_another_tempo_is_another_grid_and_the_bars_before_stay(music):
    found = music(grid(1, 0.0), grid(3, 4.0, quarter_s=0.6))["grids"]
    assert [(one["sinceS"], one["bar"]) for one in found] == [(0, 1), (4, 3)]


def test_old_music_is_forgotten(music):
    messages = heard(60, 1), heard(60, 2, on=False), plan((60, 10, 11)), heard(62, 900)
    found = music(*messages, then="music.forgetBefore(1000)")
    assert ([one["pitch"] for one in found["player"]], found["answers"]) == ([62], [])


def test_the_notes_of_a_part_are_told_apart_and_chords_stay_until_planned_anew(music):
    under = plan((60, 1.0, 2.0), (60, 1.0, 3.0)) | {"chords": [{"at_s": 1.0, "name": "C"}]}
    under["notes"][1]["part"] = "chords"
    anew = plan((62, 2.0, 3.0)) | {"chords": [{"at_s": 2.0, "name": "G"}]}
    told = music(under, sounded(60, 1.0) | {"part": "chords"}, anew)
    (answer,) = told["answers"]
    assert [(note["part"], note["sounded"]) for note in answer["notes"]] == [
        ("", False),
        ("chords", True),
        ("", False),
    ]
    assert [chord["name"] for chord in answer["chords"]] == ["C", "G"]


def test_chords_that_were_played_are_kept(music):
    told = music(
        {"type": "chords", "chords": [{"at_s": 1.0, "name": "C"}, {"at_s": 2.0, "name": "F"}], "ends_s": 3.0},
        {"type": "chords", "chords": [{"at_s": 2.0, "name": "Dm"}], "ends_s": 3.0},
    )
    assert [(chord["atS"], chord["name"]) for chord in told["chords"]] == [(1, "C"), (2, "Dm")]


def test_what_goes_with_the_player_is_drawn_though_nobody_planned_it(music):
    under = [
        sounded(40, at_s, on) | {"part": "bass"}
        for at_s, on in ((1.0, True), (1.9, False), (2.0, True), (2.9, False), (12.0, True))
    ]
    first, later = music(*under)["answers"]
    assert [(note["atS"], note["endsS"]) for note in first["notes"]] == [(1.0, 1.9), (2.0, 2.9)]
    assert [note["atS"] for note in later["notes"]] == [12.0]
