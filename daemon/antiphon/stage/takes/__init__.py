"""Takes: what was played and answered, recorded, finished, listed."""
