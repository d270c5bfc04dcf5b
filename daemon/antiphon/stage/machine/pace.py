"""How often something may happen. Knows no clock."""


class Pace:
    """So many times within a stretch of `within_s` seconds; then not, until the next stretch begins."""

    def __init__(self, most: int, within_s: float) -> None:
        self._most, self._within_s = most, within_s
        self._begun_s, self._count = float("-inf"), 0

    def allows(self, now_s: float) -> bool:
        """Whether it may happen once more at this moment, which is counted then."""
        if not self._begun_s <= now_s < self.next_s:
            self._begun_s, self._count = now_s, 0
        self._count += 1
        return self._count <= self._most

    @property
    def next_s(self) -> float:
        """When the next stretch begins."""
        return self._begun_s + self._within_s
