"""MIDI files for tests, as bytes: each builder says what one kind of file in the world looks like."""

from antiphon.midi import smf

TICKS = 480
SCALE = (60, 62, 64, 65, 67, 65, 64, 62)


def file_of(*tracks, ticks=TICKS):
    """Tracks as lists of (tick, message bytes), in any order of time; an end of track is added to each."""
    chunks = []
    for track in tracks:
        body, last = bytearray(), 0
        for at, message in sorted(track, key=lambda event: event[0]):
            body += smf.number(at - last) + bytes(message)
            last = at
        chunks.append(smf.chunk(smf.TRACK, bytes(body) + b"\0" + smf.meta(smf.END_OF_TRACK, b"")))
    return smf.header(len(chunks), ticks) + b"".join(chunks)


def struck(rows, channel=0):
    """Events of notes as (onset, sounding, pitch) in quarters; an off stands before an on of its tick."""
    offs = [(round(TICKS * (at + n)), (0x80 | channel, pitch, 64)) for at, n, pitch in rows]
    return offs + [(round(TICKS * at), (0x90 | channel, pitch, 80)) for at, _, pitch in rows]


def row(lengths, pitches=SCALE, gate=1.0, late=0.0):
    """Notes one after another: each sounds for `gate` of its length, and `late` quarters longer."""
    found, at = [], 0.0
    for length, pitch in zip(lengths, pitches, strict=True):
        found.append((at, gate * length + late, pitch))
        at += length
    return found


def named(name):
    return [(0, smf.meta(smf.TRACK_NAME, name.encode()))]
