"""MusicXML as programs write it, plain and compressed."""

import zipfile
from io import BytesIO

import pytest

from antiphon.midi.voice_choice import ANY_VOICE, Wanted
from antiphon_training.corpus.musicxml import decoded, musicxml_of
from antiphon_training.corpus.scores import read_score
from antiphon_training.corpus.songs import Score, UnreadableError

DRUMS = "<note><unpitched><display-step>E</display-step><display-octave>4</display-octave></unpitched>"
REST = "<note><rest measure='yes'/><duration>8</duration></note>"


def note(step, octave=4, duration=2, inside=""):
    pitch = f"<pitch><step>{step}</step><octave>{octave}</octave></pitch>"
    return f"<note>{inside}{pitch}<duration>{duration}</duration></note>"


def score(*parts, names=()):
    """Parts as lists of the insides of their measures, in 4/4 with two divisions a quarter."""
    named = [*names, *[""] * (len(parts) - len(names))]
    listed = [
        f'<score-part id="P{n}"><part-name>{name}</part-name></score-part>' for n, name in enumerate(named)
    ]
    time = "<time><beats>4</beats><beat-type>4</beat-type></time>"
    first = f"<attributes><divisions>2</divisions>{time}</attributes>"
    written = [
        f'<part id="P{n}">'
        + "".join(
            f'<measure number="{m + 1}">{first if m == 0 else ""}{inside}</measure>'
            for m, inside in enumerate(part)
        )
        + "</part>"
        for n, part in enumerate(parts)
    ]
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<score-partwise version="3.1">'
    return f"{head}<part-list>{''.join(listed)}</part-list>{''.join(written)}</score-partwise>"


def song_of(content, wanted=ANY_VOICE):
    return read_score(Score("a.xml", "musicxml", content, wanted))


def heard(text, wanted=ANY_VOICE):
    content = text if isinstance(text, bytes) else text.encode()
    return [(sound.duration, sound.pitch) for sound in song_of(content, wanted).sounds]


BAR = note("C") + note("D") + note("E", duration=4)
READ = [(1, 60), (1, 62), (2, 64)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"])
def test_any_encoding_that_is_named_or_marked(encoding):
    text = score([BAR], names=["Flöte"]).replace("UTF-8", encoding.removesuffix("-sig").upper())
    content = text.encode(encoding)
    assert heard(content) == READ
    assert "Flöte" in decoded(content)


def packed(*members):
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in members:
            archive.writestr(name, text)
    return out.getvalue()


CONTAINER = (
    '<?xml version="1.0"?>'
    '<container><rootfiles><rootfile full-path="music/tune.xml"/></rootfiles></container>'
)
OTHER = score([note("B", duration=8)])


def test_the_root_file_is_the_one_that_the_container_names():
    first = ("a.xml", OTHER)
    assert (
        heard(packed(first, ("META-INF/container.xml", CONTAINER), ("music/tune.xml", score([BAR])))) == READ
    )


@pytest.mark.parametrize("container", ["<container/>", "no xml", CONTAINER.replace("tune", "gone")])
def test_without_such_a_file_it_is_the_first_score(container):
    members = (
        ("__MACOSX/._tune.xml", b"\0\5\x16\7"),
        ("._tune.xml", b"\0"),
        ("META-INF/container.xml", container),
    )
    assert heard(packed(*members, ("tune.xml", score([BAR])))) == READ
    with pytest.raises(UnreadableError, match="no score in the compressed file"):
        musicxml_of(packed(*members))


def test_a_drum_staff_on_top_is_no_melody():
    drums = DRUMS + "<duration>2</duration></note>"
    clef = "<attributes><clef><sign>percussion</sign></clef></attributes>"
    assert heard(score([drums * 4], [BAR])) == READ
    assert heard(score([clef + note("C", 5) * 4], [BAR])) == READ


def test_cue_notes_are_silent():
    cue = note("G", 5, inside="<cue/>") + note("B", 5, inside="<cue/><chord/>")
    assert heard(score([note("C") + cue + note("E", duration=4)])) == [(1, 60), (1, None), (2, 64)]


@pytest.mark.parametrize(("chromatic", "moved"), [(-2, -2), (-9, -9), (3, 3), (-14, -14), (0, 0)])
@pytest.mark.parametrize("diatonic", ["", "<diatonic>{}</diatonic>"])
def test_a_transposing_instrument_sounds_as_it_sounds(chromatic, moved, diatonic):
    steps = {-2: -1, -9: -5, 3: 2, -14: -8, 0: 0}[chromatic]
    said = f"<transpose>{diatonic.format(steps)}<chromatic>{chromatic}</chromatic></transpose>"
    assert heard(score([f"<attributes>{said}</attributes>" + BAR])) == [(n, p + moved) for n, p in READ]


def test_bars_of_rest_before_the_first_note_are_no_part_of_the_song():
    late = "<note><rest/><duration>6</duration></note>" + note("G")
    song = song_of(score([REST] * 16 + [late, BAR], [note("C", 2, 8)] * 18).encode())
    assert [(s.onset, s.duration, s.pitch) for s in song.sounds] == [
        (0, 1, 67),
        (1, 1, 60),
        (2, 1, 62),
        (3, 2, 64),
    ]
    assert (song.pickup, song.bars_off) == (1.0, 0)


def test_the_top_part_or_one_that_is_named_or_asked_for():
    piano, voice = [note("B", duration=8)], [BAR]
    assert heard(score(voice, piano)) == READ
    assert heard(score(piano, voice, names=["Piano", "Voice"])) == READ
    assert (
        song_of(score(piano, voice, names=["Piano", "Voice"]).encode()).voice == 'part 2 "Voice", by its name'
    )
    for track in ("2", "oboe"):
        assert heard(score(piano, voice, names=["Flute", "Oboe"]), Wanted(track)) == READ
    with pytest.raises(UnreadableError, match='no track "horn"; it has part 1 "Flute"; part 2 "Oboe"'):
        heard(score(piano, voice, names=["Flute", "Oboe"]), Wanted("horn"))


WORD = "<lyric><text>la</text></lyric>"


def sing(step, octave=4, duration=2, voice=1, key=""):
    said = note(step, octave, duration).removesuffix("</note>")
    return f"{key}{said}<voice>{voice}</voice>{WORD}</note>"


def signature(fifths):
    return f"<attributes><key><fifths>{fifths}</fifths></key></attributes>"


PIANO = note("C", 2, 8)


def test_a_song_for_voice_and_piano_is_the_voice_wherever_it_stands():
    voice = [sing("C") + sing("D") + sing("E", duration=4)]
    for parts, names in (
        ((voice, [PIANO]), ("Tenor", "Piano")),
        (([PIANO], voice), ("Piano", "Tenor")),
        (([PIANO], [PIANO], voice), ("Flute", "Solo violin", "")),
    ):
        assert heard(score(*parts, names=names)) == READ
    song = song_of(score([PIANO], voice, names=("Piano", "Tenor")).encode())
    assert (song.track, song.voice) == ("Tenor", 'part 2 "Tenor", by its words')
    assert song_of(score([PIANO], voice).encode()).track == 2
    asked = song_of(score([PIANO], voice, names=("Piano", "Tenor")).encode(), Wanted("piano"))
    assert [sound.pitch for sound in asked.sounds] == [36]


def test_a_score_that_lists_its_parts_twice_is_read():
    voice = [sing("C") + sing("D") + sing("E", duration=4)]
    once = score([PIANO], voice, names=("Piano", "Tenor"))
    listed = once[once.index("<part-list>") : once.index("<part id")]
    assert heard(once.replace(listed, listed + listed)) == READ


def test_of_two_voices_on_a_staff_the_upper_is_read_and_the_other_where_only_it_has_notes():
    back = "<backup><duration>8</duration></backup>"
    both = sing("G", duration=8) + back + sing("C", duration=8, voice=2)
    silent = "<note><rest/><duration>8</duration><voice>1</voice></note>"
    alone = silent + back + sing("E", duration=8, voice=2)
    assert heard(score([both, alone, both], [PIANO] * 3)) == [(4, 67), (4, 64), (4, 67)]


def test_long_interludes_divide_a_song_and_each_section_has_its_own_bars_and_key():
    bar = "".join(sing(step) for step in "CDEF")
    upbeat = "<note><rest/><duration>6</duration></note>" + sing("G")
    three = "<attributes><time><beats>3</beats><beat-type>4</beat-type></time></attributes>"
    rest_of_three = "<note><rest measure='yes'/><duration>6</duration></note>"
    voice = [
        signature(-3) + bar,
        sing("G", duration=4) + "<note><rest/><duration>4</duration></note>",
        REST,
        REST,
        signature(2) + upbeat,
        bar,
        three + rest_of_three,
        rest_of_three,
        rest_of_three,
        sing("A", duration=6),
        sing("B", duration=6),
    ]
    song = song_of(score(voice, [PIANO] * 6 + [note("C", 2, 6)] * 5).encode())
    said = [(s.begin, s.end, s.meter, s.pickup, s.bars_off, s.key) for s in song.sections]
    assert said == [
        (0.0, 8.0, "4/4", 0.0, 0, "signature -3"),
        (19.0, 24.0, "4/4", 1.0, 0, "signature 2"),
        (33.0, 39.0, "3/4", 0.0, 0, "signature 2"),
    ]
    assert (song.key, song.meters) == ("signature -3", ("4/4", "3/4"))


def test_a_key_that_names_its_mode_is_no_signature_alone():
    mode = "<attributes><key><fifths>1</fifths><mode>minor</mode></key></attributes>"
    assert song_of(score([mode + BAR]).encode()).key == "E minor"
    assert song_of(score([signature(1) + BAR]).encode()).key == "signature 1"
    assert song_of(score([BAR]).encode()).key is None
