"""What is read from scores of each format, with music21 itself; every peculiarity handled on purpose."""

import zipfile
from io import BytesIO

import mido
import pytest

from antiphon_training.corpus import scores
from antiphon_training.corpus.musicxml import MAX_UNPACKED_BYTES
from antiphon_training.corpus.scores import read_score
from antiphon_training.corpus.songs import Score, UnreadableError


def abc(music, key="C", meter="4/4"):
    text = f"X:1\nT:t\nM:{meter}\nL:1/4\nK:{key}\n{music}\n"
    return read_score(Score("book.abc#1", "abc", text.encode()))


def kern(*lines):
    text = "\n".join(line.replace("  ", "\t") for line in lines) + "\n"
    return read_score(Score("song.krn", "kern", text.encode()))


def heard(song):
    return [(sound.onset, sound.duration, sound.pitch) for sound in song.sounds]


def pitches(song):
    return [sound.pitch for sound in song.sounds]


def test_an_accidental_holds_to_the_end_of_its_bar():
    assert pitches(abc("_B B =B B|B4|^F f F2|F4|")) == [70, 70, 71, 71, 71, 66, 78, 66, 65]


def test_a_tie_joins_its_notes_and_keeps_the_accidental_over_the_bar():
    song = abc("z2 ^F2-|F4|")
    assert heard(song)[1] == (2.0, 6.0, 66)
    assert song.sounds[1].written == (2.0, 4.0)


def test_a_tie_between_different_notes_is_a_slur():
    assert heard(abc("A2-B2|A4|")) == [(0, 2, 69), (2, 2, 71), (4, 4, 69)]


def test_invisible_rests_take_their_time():
    assert heard(abc("A x z2|A4|"))[-1] == (4.0, 4.0, 69)


def test_chord_names_are_no_notes():
    assert heard(abc('"Gm"A2 "C7"B2|">"c4|')) == [(0, 2, 69), (2, 2, 71), (4, 4, 72)]


def test_broken_rhythm_and_tuplets():
    assert [d for _, d, _ in heard(abc("A>B c<d|(3ABc d2|"))][:4] == [1.5, 0.5, 0.5, 1.5]
    assert abc("(3ABc d2|A4|").sounds[0].written == pytest.approx((2 / 3,))


def test_repeats_and_endings_are_not_expanded():
    assert pitches(abc("|:A4|1 B4:|2 c4|]")) == [69, 71, 72]


def test_grace_notes_are_dropped_and_chords_give_their_highest_note():
    assert heard(abc("{g}A2 [CEG]2|A4|")) == [(0, 2, 69), (2, 2, 67), (4, 4, 69)]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("Dm", [65, 60, 70]),
        ("Ador", [66, 60, 71]),
        ("D mix", [66, 60, 71]),
        ("Bloc", [65, 60, 71]),
        ("H", [66, 61, 71]),
    ],
)
def test_the_signature_of_every_mode_sounds(key, expected):
    assert pitches(abc("F C B z|A4|", key))[:3] == expected


def test_a_key_that_changes_in_mid_tune_alters_what_follows():
    song = abc("F4|\nK:D\nF4|[K:F]B4|")
    assert (pitches(song), song.key) == ([65, 66, 70], "C")


def test_meters_are_all_noted_and_only_those_written():
    assert abc("A4|\nM:3/4\nA3|A3|").meters == ("4/4", "3/4")
    assert abc("A4|A5|A4|").meters == ("4/4",)
    assert abc("A4|A4|", meter="none").meters == ()


def test_a_pickup_is_measured():
    assert abc("A|A4|A3|").pickup == 1.0
    assert abc("A4|A4|").pickup == 0.0
    assert abc("A|A4|A3|", meter="none").pickup == 0.0


def test_bars_that_are_too_long_are_counted_and_halves_of_a_bar_are_not():
    assert abc("A|A4|A5|A4|A4|A3|").bars_off > 0
    assert abc("A|A4|A3:||:A|A4|A4|A3|").bars_off == 0


def test_kern_melody_key_meter_title():
    song = kern(
        "!!!OTL: A song",
        "**kern",
        "*M2/4",
        "*k[b-]",
        "*d:",
        "8d",
        "=1",
        "4f",
        "4r",
        "=2",
        "[4a",
        "8a]",
        "8r",
        "==",
        "*-",
    )
    assert heard(song) == [(0, 0.5, 62), (0.5, 1, 65), (1.5, 1, None), (2.5, 1.5, 69), (4, 0.5, None)]
    assert (song.title, song.key, song.meters, song.pickup) == ("A song", "D minor", ("2/4",), 0.5)
    assert song.sounds[3].written == (1.0, 0.5)


def test_kern_of_several_spines_gives_the_top_part_and_a_split_the_first_voice():
    song = kern(
        "**kern  **dynam  **kern", "*M4/4  *  *M4/4", "*G:dor  *  *G:dor", "=1  =1  =1", "4C  p  4cc",
        "*  *  *^", "4D  .  4dd  4b", "2E  .  2ee  2g", "*  *  *v  *v", "=2  =2  =2",
        "1C  .  1c 1e 1g", "==  ==  ==", "*-  *-  *-",
    )  # fmt: skip
    assert heard(song) == [(0, 1, 72), (1, 1, 74), (2, 2, 76), (4, 4, 67)]
    assert song.key == "G dorian"


def test_kern_grace_notes_are_dropped_and_a_missing_key_is_none():
    song = kern("**kern", "*M4/4", "=1", "4c", "8qd", "4d", "2e", "==", "*-")
    assert (heard(song), song.key) == ([(0, 1, 60), (1, 1, 62), (2, 2, 64)], None)


MUSICXML = """<?xml version="1.0"?><score-partwise version="3.1">
<work><work-title>Two parts</work-title></work>
<part-list><score-part id="P1"><part-name>a</part-name></score-part>
<score-part id="P2"><part-name>b</part-name></score-part></part-list>
<part id="P1"><measure number="1"><attributes><divisions>2</divisions>
<key><fifths>-1</fifths><mode>minor</mode></key><time><beats>2</beats><beat-type>4</beat-type></time></attributes>
<note><pitch><step>D</step><octave>5</octave></pitch><duration>2</duration><voice>1</voice></note>
<note><chord/><pitch><step>F</step><octave>5</octave></pitch><duration>2</duration><voice>1</voice></note>
<note><rest/><duration>2</duration><voice>1</voice></note>
<backup><duration>4</duration></backup>
<note><pitch><step>C</step><octave>4</octave></pitch><duration>4</duration><voice>2</voice></note>
</measure></part>
<part id="P2"><measure number="1"><attributes><divisions>2</divisions></attributes>
<note><pitch><step>G</step><octave>3</octave></pitch><duration>4</duration></note></measure></part>
</score-partwise>"""


def zipped(text):
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("META-INF/container.xml", "<container/>")
        archive.writestr("score.xml", text)
    return packed.getvalue()


@pytest.mark.parametrize("content", [MUSICXML.encode(), zipped(MUSICXML)], ids=["plain", "compressed"])
def test_musicxml_gives_the_first_voice_of_the_first_part(content):
    song = read_score(Score("two.xml", "musicxml", content))
    assert heard(song) == [(0, 1, 77), (1, 1, None)]
    assert (song.title, song.key, song.meters) == ("Two parts", "D minor", ("2/4",))


def midi_bytes(key):
    track = mido.MidiTrack([mido.MetaMessage("key_signature", key=key, time=0)])
    for pitch in (60, 62, 64, 65):
        track.append(mido.Message("note_on", note=pitch, velocity=80, time=3))
        track.append(mido.Message("note_off", note=pitch, time=477))
    packed = BytesIO()
    mido.MidiFile(type=1, ticks_per_beat=480, tracks=[track]).save(file=packed)
    return packed.getvalue()


def test_midi_is_laid_on_the_grid_and_its_default_key_is_no_key():
    song = read_score(Score("a.mid", "midi", midi_bytes("C")))
    assert [s.pitch for s in song.sounds if s.pitch is not None] == [60, 62, 64, 65]
    assert all((s.onset * 4).is_integer() and (s.duration * 4).is_integer() for s in song.sounds)
    assert song.key is None
    assert read_score(Score("a.mid", "midi", midi_bytes("Am"))).key == "A minor"


@pytest.mark.parametrize(
    ("form", "content"),
    [
        ("kern", b"hello"),
        ("abc", b"X:1\nABC|"),
        ("musicxml", b"<score"),
        ("musicxml", b"PK broken"),
        ("midi", b"MThd"),
    ],
)
def test_a_broken_score_gives_its_reason_and_nothing_else(form, content):
    with pytest.raises(UnreadableError) as reason:
        read_score(Score("broken", form, content))
    assert str(reason.value)


def test_a_reading_that_hangs_is_given_up(monkeypatch):
    def hang(_text):
        while True:
            pass

    monkeypatch.setattr(scores, "read_tune", hang)
    with pytest.raises(UnreadableError, match="longer than"):
        read_score(Score("a.abc#1", "abc", b""), limit_s=0.05)


def test_latin_1_is_read_where_it_is_not_utf_8():
    song = read_score(
        Score("a.abc#1", "abc", "X:1\nT:Gr\xfcn\nM:4/4\nL:1/4\nK:C\nA4|A4|\n".encode("latin-1"))
    )
    assert song.title == "Grün"


def refusal(name, form, content):
    with pytest.raises(UnreadableError) as refused:
        read_score(Score(name, form, content))
    return str(refused.value)


def zipped(content):
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("score.xml", content)
    return out.getvalue()


def test_what_is_beyond_measure_is_not_read():
    assert refusal("a.krn", "kern", bytes(scores.MAX_SCORE_BYTES + 1)) == "larger than 4 MiB"
    bomb = zipped(bytes(MAX_UNPACKED_BYTES + 1))
    assert len(bomb) < 20_000
    assert refusal("a.mxl", "musicxml", bomb) == "unpacks to more than 16 MiB"


@pytest.mark.parametrize("pack", [bytes, zipped])
def test_a_billion_laughs_are_not_heard(pack):
    laughs = b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><score-partwise>&b;</score-partwise>'
    assert refusal("a.xml", "musicxml", pack(laughs)) == "it defines entities"


def test_a_reader_that_catches_the_alarm_is_stopped_by_the_next(monkeypatch):
    def stubborn(_score):
        try:
            while True:
                pass
        except UnreadableError:
            while True:
                pass

    monkeypatch.setitem(scores._READERS, "abc", stubborn)
    with pytest.raises(UnreadableError, match="longer than"):
        read_score(Score("a.abc#1", "abc", b""), limit_s=0.05)
