"""ABC's information fields: keys, meters, unit lengths and voices. Knows text only.

The rules are those of the ABC standard, version 2.1, chapters 3 and 4; where old collections write a field in
another way, it is read as they mean it.
"""

import re
from dataclasses import dataclass, field
from fractions import Fraction

LETTERS = "CDEFGAB"
_FIFTHS = {"F": -1, "C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5}
_ORDER_OF_SHARPS = "FCGDAEB"
MODES = {
    "major": 0,
    "ionian": 0,
    "lydian": 1,
    "mixolydian": -1,
    "dorian": -2,
    "minor": -3,
    "aeolian": -3,
    "phrygian": -4,
    "locrian": -5,
}
_GERMAN = {"H": "B", "Es": "Eb", "As": "Ab"}
_ACCIDENTAL = re.compile(r"(\^\^|\^|__|_|=)([A-Ga-g])")
ALTERATIONS = {"^^": 2, "^": 1, "=": 0, "_": -1, "__": -2}
# What may follow the key in its field, or a voice's name: how it is drawn, and how far it sounds from there.
_PROPERTY = re.compile(
    r'\b(clef|middle|m|transpose|t|octave|stafflines|name|nm|snm|stems?)\s*=\s*("[^"]*"|\S+)'
)
_CLEF = re.compile(r"^(?:treble|alto|tenor|bass|perc|none)?[1-5]?([+-]8)?$")


@dataclass(frozen=True, slots=True)
class AbcKey:
    """A `K:` field: `name` as written ("D dorian", "G" where no mode is said, None for none).

    `signature` is the alteration in semitones of each letter that has one; `shift` is how many semitones
    higher than written the music sounds.
    """

    name: str | None
    signature: dict[str, int] = field(default_factory=dict)
    shift: int = 0


def read_key(text: str) -> AbcKey:
    """Read the value of a `K:` field. Raises ValueError for a key of more than seven accidentals."""
    value = text.split("%")[0]
    shift = read_shift(value)
    words = _PROPERTY.sub("", value).strip()
    if words[:2].lower() == "hp":
        return AbcKey(None, {"F": 1, "C": 1} if words.startswith("Hp") else {}, shift)
    words = _GERMAN.get(words, words)
    found = re.match(r"([A-G])([#b♯♭]?)\s*(.*)", words)
    if not found or words.lower().startswith("none"):
        return AbcKey(None, _listed(words), shift)
    letter, accidental, rest = found.groups()
    accidental = accidental.replace("♯", "#").replace("♭", "b")
    mode = _mode(rest)
    explicit = re.match(r"exp\b", rest.strip().lower()) is not None
    signature = {} if explicit else _signature(letter, accidental, mode)
    name = f"{letter}{accidental}" + (f" {mode}" if mode else "")
    return AbcKey(name, {**signature, **_listed(rest)}, shift)


def names_a_key(text: str) -> bool:
    """Whether a `K:` field within a tune says more than a clef or a transposition."""
    words = _PROPERTY.sub("", text.split("%")[0]).split()
    return not words or not all(_CLEF.match(word) for word in words)


def read_shift(text: str) -> int:
    """How many semitones higher than written a key or a voice sounds: transpose=, octave= and the clef."""
    semitones = 0
    for name, value in _PROPERTY.findall(text):
        if name in ("transpose", "t", "octave") and re.fullmatch(r"[+-]?\d{1,2}", value):
            semitones += int(value) * (12 if name == "octave" else 1)
        elif name == "clef":
            semitones += _clef_shift(value.strip('"'))
    return semitones + sum(_clef_shift(word) for word in _PROPERTY.sub("", text).split())


def _clef_shift(clef: str) -> int:
    found = _CLEF.match(clef)
    return {"+8": 12, "-8": -12}.get(found[1] or "", 0) if found else 0


def _mode(rest: str) -> str | None:
    start = rest.strip().lower()[:3]
    if not start or not start[0].isalpha():
        return None
    named = next((mode for mode in MODES if len(start) == 3 and mode.startswith(start)), None)
    return named or ("minor" if start.startswith("m") else None)


def _signature(letter: str, accidental: str, mode: str | None) -> dict[str, int]:
    sharps = _FIFTHS[letter] + 7 * {"": 0, "#": 1, "b": -1}[accidental] + MODES[mode or "major"]
    if not -7 <= sharps <= 7:
        raise ValueError(f"the key {letter}{accidental} {mode or 'major'} has {abs(sharps)} accidentals")
    if sharps >= 0:
        return dict.fromkeys(_ORDER_OF_SHARPS[:sharps], 1)
    return dict.fromkeys(_ORDER_OF_SHARPS[sharps:], -1)


def _listed(words: str) -> dict[str, int]:
    """Single accidentals that a key lists: "D phr ^f"."""
    return {letter.upper(): ALTERATIONS[sign] for sign, letter in _ACCIDENTAL.findall(words)}


def read_meter(text: str) -> str:
    """ "4/4", "7/8" for "(2+2+3)/8", or "none": free meters and anything unreadable are "none"."""
    word = text.split("%")[0].strip()
    if word in ("C", "C|"):
        return {"C": "4/4", "C|": "2/2"}[word]
    if sums := re.fullmatch(r"\(?\s*(\d+(?:\s*\+\s*\d+)+)\s*\)?\s*/\s*(\d+)", word):
        return f"{sum(map(int, sums[1].split('+')))}/{sums[2]}"
    found = re.search(r"(\d+)\s*/\s*(\d+)", word)
    return f"{found[1]}/{found[2]}" if found and int(found[2]) and "+" not in word else "none"


def quarters_per_bar(meter: str) -> Fraction | None:
    """The length of a bar, in quarters; None for a free meter."""
    if meter == "none":
        return None
    top, _, bottom = meter.partition("/")
    return Fraction(4 * int(top), int(bottom))


def read_length(text: str, meter: str) -> Fraction:
    """The unit length in quarters; where none is written, a sixteenth in meters below 3/4, else an eighth."""
    found = re.search(r"(\d+)(?:\s*/\s*(\d+))?", text.split("%")[0])
    if found and int(found[1]) and int(found[2] or 1):
        return Fraction(4 * int(found[1]), int(found[2] or 1))
    bar = quarters_per_bar(meter)
    return Fraction(1, 4) if bar is not None and bar < 3 else Fraction(1, 2)
