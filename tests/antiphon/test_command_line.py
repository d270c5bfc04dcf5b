import subprocess
import sys

import click
import pytest

from antiphon.command_line import run
from antiphon.errors import Failure, WrongUse


def program(action):
    @click.command()
    @click.option("--steps", type=click.IntRange(1, 9), default=1)
    def command(steps):
        return action(steps)

    return command


def fail_with(error):
    def action(_steps):
        raise error

    return program(action)


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (Failure("x.mid: no such file"), 1, "tool: x.mid: no such file\n"),
        (WrongUse("bpm must be 20–300, got 1"), 2, "tool: bpm must be 20–300, got 1\n"),
        (WrongUse("one\ntwo"), 2, "tool: one\ntool: two\n"),
        (KeyboardInterrupt(), 130, "tool: interrupted\n"),
        (FileNotFoundError(2, "No such file", "x"), 1, "tool: x: No such file\n"),
        (OSError(28, "No space left on device"), 1, "tool: the output, or a file: No space left on device\n"),
        (ZeroDivisionError("by 0"), 1, "tool: unexpected ZeroDivisionError: by 0 (set ANTIPHON_DEBUG=1"),
    ],
)
def test_every_failure_is_a_line_and_a_code(error, code, line, capsys):
    assert run(fail_with(error), "tool", []) == code
    assert capsys.readouterr().err.lstrip().startswith(line)


def test_success_and_usage(capsys):
    assert run(program(lambda _steps: None), "tool", ["--steps", "2"]) == 0
    assert run(program(lambda _steps: 3), "tool", []) == 3
    assert run(program(lambda _steps: None), "tool", ["--steps", "10"]) == 2
    assert "'--steps': 10 is not in the range 1<=x<=9" in capsys.readouterr().err
    assert run(program(lambda _steps: None), "tool", ["--step", "1"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_the_details_can_be_asked_for(monkeypatch):
    monkeypatch.setenv("ANTIPHON_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        run(fail_with(ZeroDivisionError()), "tool", [])


def test_a_reader_that_goes_away_leaves_no_traceback():
    script = (
        "import sys, click; from antiphon.command_line import run\n"
        "@click.command()\n"
        "def lines():\n"
        "    for number in range(100000): click.echo(number)\n"
        "sys.exit(run(lines, 'tool', []))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait() == 1
