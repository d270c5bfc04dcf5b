"""Antiphon: you play a phrase, it answers, live, in your key and on your beat."""
