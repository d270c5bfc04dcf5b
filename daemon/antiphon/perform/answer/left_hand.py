"""What a left hand that goes on during an answer says of the chords of the rest. Pure."""

import math
from collections.abc import Sequence

from antiphon.compose.harmony.plan import ChordPlan
from antiphon.events import PlayedNote
from antiphon.harmony.progression import slot_quarters
from antiphon.harmony.theory import ChordTable
from antiphon.listen.harmony.chords import sounding
from antiphon.perform.answer.chord_plans import LeftChord
from antiphon.perform.answer.planned import PlannedAnswer
from antiphon.perform.transport import Transport


def due_s(struck_s: float, transport: Transport) -> float:
    """When a chord is heard of which a key was struck at a moment: in the middle between two beats.

    By then broken chords say more than their first note, and the next beat can still be composed anew.
    """
    beats = transport.grid.steps_at(struck_s) / transport.beat_steps
    return transport.grid.time_s((math.floor(beats + 0.5) + 0.5) * transport.beat_steps)


def heard(
    planned: PlannedAnswer,
    chords: ChordPlan | None,
    beside: Sequence[PlayedNote],
    transport: Transport,
    at_s: float,
    table: ChordTable | None = None,
) -> LeftChord | None:
    """The chord that a left hand plays at a moment of an answer, where it is another one than was planned for
    it; `chords` is the plan as it is, `table` what is known of chords (None: theory).

    None, too, where the answer is over before it could count.
    """
    answer, place, grid = planned.answer, planned.place, transport.grid
    chord = sounding(beside, grid, transport.meter, at_s, place.phrase.key, table)
    quarter, later = grid.steps_per_quarter, answer.plan.start - place.start
    here, step = (grid.steps_at(at_s) - later) / quarter, answer.next_beat - later
    slot = math.floor(here / slot_quarters(transport.meter))
    expected = None if chords is None else chords.at(here)
    if planned.left and planned.left[-1].slot == slot:
        expected = planned.left[-1].chord
    if chord is None or chord == expected or (place.end is not None and step >= place.end):
        return None
    return LeftChord(slot, step, chord)
