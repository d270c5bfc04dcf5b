"""Harmony under a melody: the chords' odds for its notes, and the parts that play the chords."""
