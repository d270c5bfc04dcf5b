"""Answers are judged beside real songs."""
