"""Where a JACK server did not keep time, as one of its clients sees it. Knows no JACK: it is fed."""


class Watch:
    """Compares the server's frames with the system's clock, cycle by cycle."""

    # A cycle that is told of this late is late itself if others are, too: one alone is only told of late.
    LOST_S, IN_A_ROW = 0.001, 3

    def __init__(self, rate):
        self.rate = rate
        self.next, self.began_s, self.late_s = None, 0.0, []

    def cycle(self, first, frames, now_s):
        """The cycle from that frame on has begun by `now_s`; gives [(what, seconds), …] of trouble."""
        missed = 0 if self.next is None else (first - self.next) % (1 << 32)
        if missed >= 1 << 31:  # called again for a cycle, as by a server that was held up
            return []
        self.began_s += (frames + missed) / self.rate
        late_s, started = now_s - self.began_s, self.next is not None
        self.next = (first + frames) % (1 << 32)
        trouble = [("missed", missed / self.rate)] if missed else []
        if not started or late_s <= 0:
            self.began_s, self.late_s = now_s, []
            return trouble
        self.late_s = [*self.late_s, late_s] if late_s > self.LOST_S else []
        if len(self.late_s) >= self.IN_A_ROW:
            trouble.append(("lost", min(self.late_s)))
            self.began_s += min(self.late_s)
            self.late_s = []
        return trouble
