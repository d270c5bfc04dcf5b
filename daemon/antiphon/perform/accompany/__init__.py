"""Harmony under the player: the next chord is guessed, and the parts play it. Pure."""
