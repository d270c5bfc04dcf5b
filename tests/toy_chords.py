"""Songs with chord symbols in miniature, in ABC and MusicXML, written for the tests."""

from dataclasses import replace

from antiphon.harmony.chord import Chord
from antiphon.harmony.theory import ChordTable, theory

# By key: the tonic, the chord a whole tone below it, and the subdominant.
_KEYS = {"C": ("C", "B", "F"), "D": ("D", "C", "G"), "G": ("G", "F", "C"), "A": ("A", "G", "D")}


def rock_song(number: int, key: str) -> str:
    """An ABC tune of eight bars in a key: I bVII IV I, twice."""
    one, two, three = _KEYS[key]
    two_name = "Bb" if two == "B" else two
    half = f'"{one}"{one}4{one}4|"{two_name}"={two}4={two}4|"{three}"{three}4{three}4|"{one}"{one}8|'
    return f"X:{number}\nT:Rock {number}\nM:4/4\nL:1/8\nK:{key}\n{half}{half}\n"


def rock_book(songs: int) -> str:
    return "\n".join(rock_song(number, list(_KEYS)[number % len(_KEYS)]) for number in range(songs))


def chord_xml(mode: str = "<mode>minor</mode>") -> str:
    """Two bars in 3/4 with a pickup, in A minor: Am, then E7 over its third."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<score-partwise version="3.1"><part-list>
<score-part id="P1"><part-name>Song</part-name></score-part></part-list>
<part id="P1">
<measure number="0" implicit="yes"><attributes><divisions>1</divisions><key><fifths>0</fifths>{mode}</key>
<time><beats>3</beats><beat-type>4</beat-type></time></attributes>
<note><pitch><step>E</step><octave>4</octave></pitch><duration>1</duration><type>quarter</type></note></measure>
<measure number="1"><harmony><root><root-step>E</root-step></root><kind>dominant</kind>
<bass><bass-step>G</bass-step><bass-alter>1</bass-alter></bass></harmony>
<note><pitch><step>B</step><octave>4</octave></pitch><duration>3</duration><type>half</type><dot/></note></measure>
<measure number="2"><harmony><root><root-step>A</root-step></root><kind>minor</kind></harmony>
<note><pitch><step>A</step><octave>4</octave></pitch><duration>3</duration><type>half</type><dot/></note></measure>
</part></score-partwise>"""


def flat_seven_table() -> ChordTable:
    """The theory's table, but in major nearly all chords go to bVII."""
    table = theory()
    moves = table.moves.copy()
    moves[0] *= 0.01
    moves[0, :, :, Chord(10).number] += 0.99
    return replace(table, moves=moves, in_keys={})
