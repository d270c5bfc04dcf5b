"""Records of notes fall into the blocks of a sound device, each at its frame. Pure."""

from collections.abc import Iterable

from antiphon.stage.ports.jack.frames import Timeline
from antiphon.stage.sound.feed import NOTE, PEDAL, SoundRecord
from antiphon.stage.sound.mixer import Mixer, Wave

# A note needs so long, beside a block, from its sender to the mixer; what has less time gets that much later.
MARGIN_S = 0.002
# Devices that ask for more at once are not waited for: there a note falls where it can.
_LONGEST_BLOCK_S = 0.04
# A note-on that is older was left by a process that is gone.
_STALE_S = 0.5


class Schedule:
    """All notes sound equally late: one block, and `MARGIN_S`, less what they are handed over ahead."""

    def __init__(self, mixer: Mixer, rate_hz: int) -> None:
        self._mixer, self._rate_hz = mixer, rate_hz
        self._timeline = Timeline(rate_hz)
        self._block_s = 0.0

    @property
    def delay_s(self) -> float:
        """How much later than its moment a note sounds that is handed over at it."""
        return self._block_s + MARGIN_S

    def block(self, now_s: float, frames: int, records: Iterable[SoundRecord]) -> Wave:
        """The next block, asked for at `now_s`, with what came until then."""
        self._block_s = max(self._block_s, min(frames / self._rate_hz, _LONGEST_BLOCK_S))
        self._timeline.observe(now_s, 0, self._mixer.frame % (1 << 32))
        for record in records:
            self._take_in(record, now_s)
        return self._mixer.render(frames)

    def _take_in(self, record: SoundRecord, now_s: float) -> None:
        at_s = record.at_s + max(self.delay_s - record.ahead_s, 0.0)
        at = self._mixer.frame + max(self._timeline.offset(at_s), 0)
        if record.kind == PEDAL:
            self._mixer.pedal(record.voice, record.velocity > 0, at)
        elif record.kind != NOTE:
            self._mixer.silence(self._mixer.frame)
        elif not record.velocity:
            self._mixer.release(record.voice, record.pitch, at)
        elif record.at_s > now_s - _STALE_S:
            self._mixer.strike(record.voice, record.pitch, record.velocity, at)
