"""What is played and when: five bars a round, two of them the phrase's, two the answer's."""

from itertools import pairwise

from player import Note

BAR, ROUND = 4, 5 * 4
LEAD_BARS, BARS = 1, 24
# A line a phrase: pitch and place of each note, which lasts until the next one; last comes the phrase's end.
FIGURES = (
    ((67, 0), (71, 1), (74, 1.5), (76, 2), (74, 3), (72, 4), (71, 4.5), (69, 5), (0, 6)),
    ((62, 0), (67, 0.5), (69, 1), (71, 1.5), (72, 2.5), (74, 3), (71, 4), (67, 5), (0, 6)),
    # This one does not begin on a bar: the bars are the session's, and not counted from it.
    ((74, 1), (72, 1.25), (71, 1.5), (69, 2), (71, 3), (67, 4), (69, 5), (67, 5.5), (0, 6)),
    ((67, 0), (69, 0.75), (71, 1), (72, 1.75), (74, 2), (79, 4), (78, 5), (0, 6)),
)
# … or rather a little less long.
HELD = 0.9


def beginnings() -> list[int]:
    """The bar line, in quarter notes, at which each phrase's turn begins."""
    return [LEAD_BARS * BAR + ROUND * number for number in range(len(FIGURES))]


def phrases() -> list[list[Note]]:
    return [
        [Note(pitch, begin + at, (end - at) * HELD) for (pitch, at), (_, end) in pairwise(figure)]
        for begin, figure in zip(beginnings(), FIGURES, strict=True)
    ]


def stand_in() -> list[Note]:
    """Answers on the beat, where there is no Antiphon: they prove that the recording is exact."""
    return [Note(60 + step, begin + 2 * BAR + step / 2, 0.4) for begin in beginnings() for step in range(12)]
