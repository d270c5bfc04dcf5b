"""Melody and accompaniment told apart, and the chords that they say. Pure."""
