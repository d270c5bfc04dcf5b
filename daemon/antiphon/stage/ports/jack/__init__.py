"""MIDI on JACK through a client of our own."""
