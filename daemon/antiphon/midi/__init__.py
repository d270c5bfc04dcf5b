"""MIDI as bytes: messages, a parser, and MIDI files. Pure."""
