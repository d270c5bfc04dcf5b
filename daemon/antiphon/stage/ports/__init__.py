"""MIDI ports: opening, reading, sending, and finding them again."""
