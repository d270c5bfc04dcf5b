"""A phrase is transcribed, an answer is planned, composed and played."""
