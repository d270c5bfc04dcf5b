"""Bits per symbol and per note, and the baselines beside them."""
