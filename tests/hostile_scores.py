"""Hostile scores: music21 reads them, or the reason is one short line, and nothing else, in any time."""

import random

from antiphon.errors import Failure
from antiphon_training.corpus.scores import read_score
from antiphon_training.corpus.songs import Score, UnreadableError
from antiphon_training.data.gridding import RefusedError
from antiphon_training.data.preprocess import encode_song
from mutations import damaged
from tally import FindingError

LIMIT_S = 3.0
_ABC = b"X:1\nT:Try\nM:3/4\nL:1/8\nK:Dm\nD2 F2 A2|d3 c A2|(3G2E2^C2 z2|[M:4/4] D6 x2|1 D8:|\n"
_KERN = b"!!!OTL: Try\n**kern\n*M3/4\n*k[b-]\n*d:\n=1\n4d\n4f\n8a\n8cc\n=2\n2.dd\n=3\n4r\n2e\n==\n*-\n"
_XML = b"""<?xml version="1.0"?><score-partwise version="3.1">
<part-list><score-part id="P"><part-name>x</part-name></score-part></part-list><part id="P">
<measure number="1"><attributes><divisions>2</divisions><key><fifths>1</fifths><mode>major</mode></key>
<time><beats>4</beats><beat-type>4</beat-type></time></attributes>
<note><pitch><step>G</step><octave>4</octave></pitch><duration>4</duration><type>half</type></note>
<note><rest/><duration>4</duration><type>half</type></note></measure></part></score-partwise>"""
_WHOLE = (("abc", _ABC), ("kern", _KERN), ("musicxml", _XML))


def score_case(chance: random.Random) -> str:
    form, whole = chance.choice(_WHOLE)
    try:
        song = read_score(Score(f"a.{form}", form, damaged(whole, chance)), LIMIT_S)
    except UnreadableError as reason:
        if not str(reason) or "\n" in str(reason) or len(str(reason)) > 300:
            raise FindingError(f"told as {str(reason)[:500]!r}") from None
        return "timed out" if "takes longer" in str(reason) else "refused"
    try:
        encode_song(song)
    except (RefusedError, Failure):
        return "refused"
    return "taken"
