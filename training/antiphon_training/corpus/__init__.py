"""Files of songs are read."""
