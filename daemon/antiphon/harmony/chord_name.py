"""The name of a chord in full, with its seventh and its bass. Pure."""

from collections.abc import Sequence

from antiphon.harmony.chord import NAMES, PITCH_CLASSES, Chord

# A seventh that is played less often than a tone of the triad, by this share, is a passing note.
_SEVENTH_SHARE = 0.5


def full_name(chord: Chord, pitches: Sequence[int], bass: int | None) -> str:
    """ "G7", "Am7", "Cmaj7", "C/E": from the pitches that were played of it, and its first bass note.

    The bass is named where it is the third, the fifth or the seventh.
    """
    above = [(pitch - chord.root) % PITCH_CLASSES for pitch in pitches]
    tones = [(tone - chord.root) % PITCH_CLASSES for tone in chord.tones]
    usual = sum(above.count(tone) for tone in tones) / len(tones)
    seventh = next((s for s in (10, 11) if above.count(s) > _SEVENTH_SHARE * usual), None)
    name = chord.name + {10: "7", 11: "maj7", None: ""}[seventh]
    below = None if bass is None else (bass - chord.root) % PITCH_CLASSES
    if below in (*tones[1:], *([] if seventh is None else [seventh])):
        name += f"/{NAMES[(chord.root + (below or 0)) % PITCH_CLASSES]}"
    return name
