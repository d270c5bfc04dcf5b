"""The text of a MusicXML file, plain or compressed, with changes where music21 would read it wrongly."""

import io
import re
import zipfile
from pathlib import PurePosixPath
from xml.etree import ElementTree

from antiphon_training.corpus.score_parts import best_part, one_line, shown
from antiphon_training.corpus.songs import UnreadableError

MAX_UNPACKED_BYTES = 16 << 20
_CONTAINER = "META-INF/container.xml"
_ENDINGS = (".xml", ".musicxml")
# Diatonic steps of a transposition by so many semitones, for files that do not say them.
_DIATONIC = (0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6)


def musicxml_of(content: bytes) -> str:
    """The score as text. Raises UnreadableError, and ParseError where it is no XML."""
    return ElementTree.tostring(score_of(content), encoding="unicode")


def score_of(content: bytes) -> ElementTree.Element:
    """The score as XML. Raises UnreadableError, and ParseError where it is none."""
    text = decoded(_unzipped(content) if content[:2] == b"PK" else content)
    if "<!ENTITY" in text:  # of some bytes they make any number, and no score has them
        raise UnreadableError("it defines entities")
    root = ElementTree.fromstring(_without_declaration(text))
    for part in root.iter("measure"):
        _silence_cues(part)
    for transpose in root.iter("transpose"):
        _name_steps(transpose)
    return root


def leave_sung_part(root: ElementTree.Element) -> tuple[str | int, str] | None:
    """Of several parts, some of them with words, leave only the melody: music21 takes long for a piano.

    Returns its name or number and, in words, which it is and why; None where nothing is left out.
    """
    parts = root.findall("part")
    words = [len(part.findall("measure/note/lyric")) for part in parts]
    if len(parts) < 2 or not any(words):
        return None
    entries = {entry.get("id"): entry for entry in root.findall("part-list/score-part")}
    ids = [part.get("id") for part in parts]
    names = [one_line(entries[name].findtext("part-name")) if name in entries else "" for name in ids]
    place, why = best_part(names, words)
    for part in parts[:place] + parts[place + 1 :]:
        root.remove(part)
    for listed in root.findall("part-list"):
        for entry in listed.findall("score-part"):
            if entry.get("id") != ids[place]:
                listed.remove(entry)
    return names[place] or place + 1, f"{shown(place, names[place])}, {why}"


def decoded(content: bytes) -> str:
    """The text, in the encoding that its first bytes or its declaration name; UTF-8 or Latin-1 where none."""
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(encoding)
    if content[:2] in (b"<\0", b"\0<"):
        return content.decode("utf-16-le" if content[0] else "utf-16-be")
    said = re.match(rb"""<\?xml[^>]*encoding=["']([\w.-]+)""", content)
    for encoding in (said[1].decode("ascii") if said else "utf-8", "utf-8-sig", "latin-1"):
        try:
            return content.decode(encoding)
        except (LookupError, UnicodeDecodeError):
            continue
    raise UnreadableError("its encoding is not known")


def _without_declaration(text: str) -> str:
    """The text was decoded: the encoding that its declaration names is that of the bytes."""
    return re.sub(r"^\ufeff?\s*<\?xml[^>]*\?>", "", text)


def _unzipped(content: bytes) -> bytes:
    """The root file of a compressed score: the one that its container names, else the first score in it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        named = _root_file(archive) if _CONTAINER in names else None
        scores = [name for name in names if name.lower().endswith(_ENDINGS) and not _is_beside(name)]
        found = [named] if named in names else scores
        if not found or found[0] is None:
            raise UnreadableError("no score in the compressed file")
        return _read_member(archive, found[0])


def _root_file(archive: zipfile.ZipFile) -> str | None:
    try:
        container = ElementTree.fromstring(_read_member(archive, _CONTAINER))
    except ElementTree.ParseError:
        return None
    roots = (element for element in container.iter() if element.tag.rpartition("}")[2] == "rootfile")
    return next((path for root in roots if (path := root.get("full-path"))), None)


def _is_beside(name: str) -> bool:
    """Is it no score, but what macOS or the format itself puts into an archive?"""
    path = PurePosixPath(name)
    return path.parts[0] in ("META-INF", "__MACOSX") or path.name.startswith("._")


def _read_member(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as member:
        unpacked = member.read(MAX_UNPACKED_BYTES + 1)
    if len(unpacked) > MAX_UNPACKED_BYTES:
        raise UnreadableError(f"unpacks to more than {MAX_UNPACKED_BYTES >> 20} MiB")
    return unpacked


def _silence_cues(measure: ElementTree.Element) -> None:
    """Cue notes are for the eye: they become rests, and those that only make a chord go."""
    for note in measure.findall("note"):
        if note.find("cue") is None:
            continue
        if note.find("chord") is not None or note.find("grace") is not None:
            measure.remove(note)
            continue
        for name in ("pitch", "unpitched", "tie", "notations", "cue"):
            for child in note.findall(name):
                note.remove(child)
        if note.find("rest") is None:
            note.insert(0, ElementTree.Element("rest"))


def _name_steps(transpose: ElementTree.Element) -> None:
    """music21 reads no transposition without its diatonic steps, which the format lets a file leave out."""
    chromatic = transpose.find("chromatic")
    if transpose.find("diatonic") is not None or chromatic is None:
        return
    semitones = round(float(chromatic.text or 0))
    octaves, rest = divmod(abs(semitones), 12)
    steps = (7 * octaves + _DIATONIC[rest]) * (1 if semitones >= 0 else -1)
    diatonic = ElementTree.Element("diatonic")
    diatonic.text = str(steps)
    transpose.insert(0, diatonic)
