"""What the panel's process is told when it starts. Imports next to nothing."""

from dataclasses import dataclass

# The bytes that a message to the panel's process begins with say what is to be done with it.
# HELLO: what a page that comes is told first. FORGET, OLD: what was before, which only such a page is told.
HELLO, FORGET, OLD, PAST, STATE, NOW, ONE = b"h", b"f", b"o", b"p", b"s", b"n", b"1"
# So far back a page that is loaded again still sees the music, in seconds.
KEPT_S = 180.0
MOST_PAST = 1500


@dataclass(frozen=True, slots=True)
class PanelOrder:
    """`port` is listened on, at every address of this machine where `lan` holds; then `token` is asked for.

    `takes` is the folder of takes.
    """

    port: int
    takes: str
    lan: bool = False
    token: str = ""
