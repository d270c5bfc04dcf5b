"""Chords: what they are, how they follow one another, and which a melody or an accompaniment says."""
