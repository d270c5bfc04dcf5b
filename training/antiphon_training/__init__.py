"""The trainer: folk songs in, a melody model bundle out."""
