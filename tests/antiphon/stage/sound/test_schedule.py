import numpy as np
import pytest

from antiphon.stage.sound.feed import ANSWERS, NOTE, PEDAL, SILENCE, SoundRecord
from antiphon.stage.sound.mixer import Instrument, Mixer, Sample
from antiphon.stage.sound.schedule import MARGIN_S, Schedule

RATE_HZ, BLOCK = 1000, 10
STEP = Instrument("step", (Sample(np.ones(5000, np.float32), 60, 0, 127, 0.01),))
BEGAN_S = 50.0


def on(at_s, ahead_s=0.0):
    return SoundRecord(at_s, ahead_s, NOTE, ANSWERS, 60, 127)


def off(at_s):
    return SoundRecord(at_s, 0.0, NOTE, ANSWERS, 60, 0)


def played(records, blocks=30, late_s=lambda _: 0.0):
    """Each record comes with the first block after its moment; gives the sound."""
    schedule = Schedule(Mixer([None, STEP], RATE_HZ), RATE_HZ)
    waiting, made = list(records), []
    for number in range(blocks):
        now_s = BEGAN_S + number * BLOCK / RATE_HZ + late_s(number)
        come = [one for one in waiting if one.at_s - one.ahead_s <= now_s]
        waiting = [one for one in waiting if one not in come]
        made.append(schedule.block(now_s, BLOCK, come))
    return np.concatenate(made)


def first(sound):
    return int(np.argmax(sound > 0))


@pytest.mark.parametrize("at", [31, 34, 35.5, 39, 40])
def test_a_note_sounds_a_block_and_a_margin_after_its_moment_wherever_it_falls(at):
    delay = BLOCK + MARGIN_S * RATE_HZ
    assert first(played([on(BEGAN_S + at / RATE_HZ)])) == pytest.approx(at + delay, abs=0.6)


def test_a_note_that_is_handed_over_ahead_sounds_at_its_moment():
    assert first(played([on(BEGAN_S + 0.1, ahead_s=0.02)])) == 100


def test_blocks_that_are_asked_for_late_move_no_note():
    def late_s(number):
        return 0.004 * (number % 3 == 1)

    steady = [first(played([on(BEGAN_S + at / RATE_HZ)])) for at in range(60, 90)]
    shaken = [first(played([on(BEGAN_S + at / RATE_HZ)], late_s=late_s)) for at in range(60, 90)]
    assert steady == shaken


def test_a_note_ends_where_it_is_ended_and_silence_ends_all():
    sound = played([on(BEGAN_S + 0.05), off(BEGAN_S + 0.10)])
    assert np.flatnonzero(sound)[-1] == pytest.approx(100 + 12 + 10, abs=2)
    quiet = played([on(BEGAN_S + 0.05), SoundRecord(BEGAN_S + 0.10, 0.0, SILENCE)])
    assert 100 <= np.flatnonzero(quiet)[-1] <= 125


def test_the_pedal_holds_what_is_ended():
    pedal = [
        SoundRecord(BEGAN_S + at_s, 0.0, PEDAL, ANSWERS, 0, value) for at_s, value in ((0.06, 127), (0.2, 0))
    ]
    sound = played([on(BEGAN_S + 0.05), off(BEGAN_S + 0.10), *pedal])
    assert np.flatnonzero(sound)[-1] == pytest.approx(200 + 12 + 10, abs=2)


def test_a_note_left_by_a_process_that_is_gone_is_not_begun():
    assert not played([on(BEGAN_S - 1.0)]).any()
