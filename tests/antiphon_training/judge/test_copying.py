"""The longest run that a training song has, note for note."""

from hypothesis import given
from hypothesis import strategies as st

from antiphon.events import GridNote
from antiphon_training.judge.copying import Copied, CopyIndex


def melody(*notes: tuple[int, int]) -> list[GridNote]:
    """From pitches and durations, one after the other."""
    found, step = [], 0
    for pitch, steps in notes:
        found.append(GridNote(step, steps, pitch))
        step += steps
    return found


def quarters(*pitches: int) -> list[GridNote]:
    return melody(*((pitch, 4) for pitch in pitches))


def test_the_longest_run_is_in_notes_and_in_steps() -> None:
    index = CopyIndex([quarters(60, 62, 64, 65, 67, 69), quarters(48, 50)])
    assert index.longest(quarters(70, 62, 64, 65, 67, 70)) == Copied(4, 16)
    assert index.longest(quarters(60, 62, 64, 65, 67, 69)) == Copied(6, 24)


def test_the_longest_in_steps_may_be_another() -> None:
    long_notes, short_notes = [(60, 16), (62, 16), (64, 16), (65, 16)], [(p, 1) for p in (70, 72, 74, 75, 77)]
    index = CopyIndex([melody(*long_notes), melody(*short_notes)])
    assert index.longest(melody(*long_notes, (50, 1), *short_notes)) == Copied(5, 64)


def test_another_duration_or_pitch_is_no_copy() -> None:
    index = CopyIndex([quarters(60, 62, 64, 65)])
    assert index.longest(melody((60, 4), (62, 4), (64, 2), (65, 4))) == Copied(0, 0)
    assert index.longest(quarters(61, 63, 65, 66)) == Copied(0, 0)


def test_three_notes_in_a_row_are_no_run() -> None:
    assert CopyIndex([quarters(60, 62, 64, 65)]).longest(quarters(60, 62, 64)) == Copied(0, 0)


def test_no_run_goes_from_one_song_into_the_next() -> None:
    index = CopyIndex([quarters(60, 62, 64, 65), quarters(67, 69, 71, 72)])
    assert index.longest(quarters(60, 62, 64, 65, 67, 69, 71, 72)) == Copied(4, 16)


def test_rests_between_the_notes_are_not_compared() -> None:
    index = CopyIndex([quarters(60, 62, 64, 65)])
    apart = [GridNote(8 * place, 4, pitch) for place, pitch in enumerate((60, 62, 64, 65))]
    assert index.longest(apart) == Copied(4, 16)


songs = st.lists(
    st.lists(st.tuples(st.integers(60, 62), st.integers(1, 2)), max_size=14).map(lambda n: melody(*n)),
    max_size=5,
)


def longest_by_trying(songs: list[list[GridNote]], tune: list[GridNote]) -> int:
    def plain(notes: list[GridNote]) -> list[tuple[int, int]]:
        return [(note.pitch, note.duration_steps) for note in notes]

    own = plain(tune)
    runs = {tuple(own[a:b]) for a in range(len(own)) for b in range(a + 4, len(own) + 1)}
    theirs = {tuple(s[a:b]) for s in map(plain, songs) for a in range(len(s)) for b in range(a, len(s) + 1)}
    return max(map(len, runs & theirs), default=0)


@given(songs, st.lists(st.tuples(st.integers(60, 62), st.integers(1, 2)), max_size=14))
def test_it_finds_what_trying_everything_finds(
    songs: list[list[GridNote]], notes: list[tuple[int, int]]
) -> None:
    tune = melody(*notes)
    assert CopyIndex(songs).longest(tune).notes == longest_by_trying(songs, tune)
