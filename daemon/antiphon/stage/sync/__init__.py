"""Ableton Link, and every source of time that is not ours."""
