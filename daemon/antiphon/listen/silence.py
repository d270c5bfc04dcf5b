"""How much silence ends a phrase. Pure: notes so far and the beat in, seconds out."""

from collections.abc import Sequence
from itertools import pairwise

from antiphon.events import PlayedNote

# A player who detaches the notes lets each sound for a share of its time only. The share is read from the
# last few notes; after the first one nothing is known, and one so short, in beats, may be detached so much.
NOTES_READ = 8
_SHORT_BEATS, _FIRST_SHARE = 0.75, 0.4
# The next note may come this much later than the share says (players are uneven) …
_MARGIN = 1.25
# … but no silence longer than this many times the one that is set is waited for. Its beats are those of the
# player, where the onsets are further apart than the beats of the grid: at most so many times as long.
_MOST, _SLOWEST = 2.0, 2.0


def silence_s(notes: Sequence[PlayedNote], silence_beats: float, beat_s: float) -> float:
    """How long it must be silent after the last of `notes` until the phrase is over, in seconds.

    `notes` were all released, in the order of their releases. The silence is `silence_beats` beats; where the
    player detaches the notes so much that the next one may still come, it is longer: at most twice as long,
    in beats as slow as the onsets say.
    """
    usual_s = silence_beats * beat_s
    if not notes:
        return usual_s
    last = notes[-1]
    if (share := _share_sounding(notes[-NOTES_READ:], beat_s)) is None:
        return usual_s
    expected_s = _MARGIN * last.gate_s * (1 / share - 1)
    return min(max(usual_s, expected_s), _MOST * silence_beats * _slow_beat_s(notes[-NOTES_READ:], beat_s))


def _slow_beat_s(notes: Sequence[PlayedNote], beat_s: float) -> float:
    """How long a beat is for a player who is slower than the grid: the middle distance between two onsets."""
    onsets = sorted(note.onset_s for note in notes)
    apart_s = sorted(after - before for before, after in pairwise(onsets))
    middle_s = apart_s[len(apart_s) // 2] if apart_s else 0.0
    return min(max(beat_s, middle_s), _SLOWEST * beat_s)


def _share_sounding(notes: Sequence[PlayedNote], beat_s: float) -> float | None:
    """Which share of the time from onset to onset a note sounds; None where no silence is expected."""
    if len(notes) == 1:
        return _FIRST_SHARE if 0 < notes[0].gate_s < _SHORT_BEATS * beat_s else None
    shares = sorted(
        (note.release_s - note.onset_s) / (after.onset_s - note.onset_s)
        for note, after in pairwise(notes)
        if after.onset_s > note.onset_s
    )
    share = shares[len(shares) // 2] if shares else 1.0
    return share if 0 < share < 1 else None
