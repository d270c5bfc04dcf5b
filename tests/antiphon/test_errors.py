import subprocess
import sys

from antiphon.errors import LONGEST_LINE, MOST_LINES, WrongUse, shown


def test_errors_know_no_command_line():
    script = "import sys, antiphon.errors; assert not {'click', 'rich', 'pydantic'} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0


def test_what_is_told_is_no_longer_than_can_be_read_and_moves_no_cursor():
    told = WrongUse("\n".join(["a\x1b[2Jb\r" + "x" * 5000] * 99)).message.splitlines()
    assert len(told) == MOST_LINES + 1
    assert told[-1] == "and 49 more like these"
    assert told[0].startswith("a�[2Jb�xx")
    assert len(told[0]) == LONGEST_LINE + 1


def test_what_was_given_is_shown_short():
    assert (shown([1]), shown("core"), shown(float("nan"))) == ("[1]", "'core'", "nan")
    assert len(shown("x" * 9999)) < 100
    assert len(shown([["x" * 9999] * 99] * 99)) < 5000
    assert shown(10**5000) == "a int too large to show"
    assert shown([10**5000]) == "a list too large to show"
    assert shown(-(10**60)) == "-1" + 60 * "0"
