"""Judges that learn to tell answers from what the songs go on with."""
