"""What libraries write to stderr is hidden only as long as it is wanted."""

import os

from antiphon.stage.machine.terminal import libraries_silenced


def test_what_a_library_says_is_not_shown_and_what_comes_afterwards_is(capfd):
    with libraries_silenced():
        os.write(2, b"no such card")
    os.write(2, b"shown")
    assert capfd.readouterr().err == "shown"
