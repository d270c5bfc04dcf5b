"""What may befall a running Antiphon in the middle of an answer, and how long it takes to be over.

Each fault is done to a `Scene`: an Antiphon on a JACK server, and a player. Used by tests and by a benchmark.
"""

import os
import signal
import subprocess
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import mido

from antiphon.events import NoteOn
from antiphon.stage.takes.library import played_in
from live.house import Daemon, Player, is_there, wait_for

# A bar of eighths, each note over well before the next.
BPM, EIGHTH_S, GATE_S = 240, 0.125, 0.09
PITCHES = [60, 62, 64, 65, 67, 67, 69, 71]
PHRASE = sorted(
    [[place * EIGHTH_S, [0x90, pitch, 80]] for place, pitch in enumerate(PITCHES)]
    + [[place * EIGHTH_S + GATE_S, [0x80, pitch, 0]] for place, pitch in enumerate(PITCHES)]
)
# Generous: others have the machine, too.
SILENT_S = 10.0
OVER_S = 1.5  # nothing was heard for so long: the answer is over


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds from the fault until no note sounded, until it was told of, and until a phrase could be played
    that was answered; None where that does not apply."""

    silence_s: float | None
    noticed_s: float | None
    back_s: float | None

    def __str__(self):
        named = {"silence": self.silence_s, "noticed": self.noticed_s, "back": self.back_s}
        return ", ".join(f"{name} {seconds:.3f} s" for name, seconds in named.items() if seconds is not None)


class Scene:
    """`daemon` on `server`, and a `player`."""

    def __init__(self, server, daemon, player):
        self.server, self.daemon, self.player = server, daemon, player

    def reach_the_answer(self):
        """Play a phrase, and wait until a note of its answer sounds."""
        played_s = self.player.play(PHRASE)[-1]
        wait_for(lambda: self.player.onsets(played_s + GATE_S) and self.player.sounding(), "an answer")
        return played_s

    def heard(self, since_s=0.0):
        """The pitches that sounded."""
        return [pitch for _, pitch in self.player.onsets(since_s)]

    def is_answered(self):
        """Play a phrase and wait until its answer is over; gives the pitches of the answer."""
        played_s = self.reach_the_answer()
        wait_for(self.is_over, "the end of an answer")
        return self.heard(played_s)

    def is_over(self):
        return time.monotonic() - self.player.last_change_s() > OVER_S and not self.player.sounding()

    def again(self):
        """How often it has said that it plays again."""
        return self.daemon.log.count("Playing again.")

    def measure(self, strike, told=None):
        """Do it in mid-note; `told` is what is written of it, and written no more than once."""
        self.reach_the_answer()
        before, told_before = self.again(), self.daemon.log.count(told) if told else 0
        struck_s = time.monotonic()
        strike(self)
        noticed_s = back_s = None
        if told:
            noticed_s = wait_for(lambda: self.daemon.log.count(told) > told_before, told, every_s=0.005)
            back_s = wait_for(lambda: self.again() > before, "it to play again", every_s=0.005)
        wait_for(lambda: not self.player.sounding(), "silence", every_s=0.005)
        silence_s = self.player.last_change_s() if told else None
        answer = self.is_answered()
        assert answer
        assert not self.player.sounding()
        moments = (silence_s, noticed_s, back_s)
        return Measured(*(None if at_s is None else at_s - struck_s for at_s in moments))


@contextmanager
def scene(server, folder, *arguments, environment=(), settings="", connections=False, **how):
    """A new Antiphon, and a player connected to it: by the player, or where it `connections`, by Antiphon."""
    file = folder / "config.toml"
    file.write_text(settings)
    inside = {**server.environment, **dict(environment)}
    usual = ("--random-seed", "1", "--bpm", str(BPM), "--config", str(file))
    with ExitStack() as stack:
        if connections:
            player = Player(server.environment, connected=False)
            assert player.onsets() == []
            usual += ("--in", "player-out*", "--out", "player-in*")
        daemon = Daemon(inside, folder, *usual, *arguments, **how)
        stack.callback(daemon.discard)
        staged = Scene(server, daemon, player if connections else Player(server.environment))
        stack.callback(lambda: staged.player.end())
        assert staged.player.onsets() == []
        yield staged


def kill(name, number=signal.SIGKILL):
    """A signal for one of its processes."""
    return lambda staged: os.kill(staged.daemon.pid(name), number)


# What is done, and what is written of it.
ENDED = "the playing process ended by itself (signal 9); another takes over."
GONE = "the JACK server is gone; another takes over."
HUNG = "the playing process hung; another takes over."
DEATHS = {
    "kill -9 antiphon-player": (kill("antiphon-player"), ENDED),
    "kill -9 antiphon-jack": (kill("antiphon-jack"), GONE),
    "antiphon-player hangs (SIGSTOP)": (kill("antiphon-player", signal.SIGSTOP), HUNG),
    "kill -9 antiphon-spare": (kill("antiphon-spare"), None),
    "kill -9 of multiprocessing's tracker": (kill("tracker"), None),
}


def measure_parent(staged):
    """Its first process is killed, and started again by whoever keeps it."""
    staged.reach_the_answer()
    all_of_it = [staged.daemon.parent, *staged.daemon.pids()]
    opened = staged.daemon.log.count("are open")
    struck_s = time.monotonic()
    os.kill(staged.daemon.parent, signal.SIGKILL)
    wait_for(lambda: not staged.player.sounding(), "silence", every_s=0.005)
    gone_s = wait_for(lambda: not any(map(is_there, all_of_it)), "its processes to end", every_s=0.005)
    back_s = wait_for(lambda: staged.daemon.log.count("are open") > opened, "it to be back", every_s=0.005)
    silent_s = staged.player.last_change_s()
    assert staged.is_answered()
    return Measured(silent_s - struck_s, gone_s - struck_s, back_s - struck_s)


def measure_server(staged, away_s=1.0):
    """The JACK server is killed, and started again later; the player with it."""
    staged.reach_the_answer()
    again = staged.again()
    struck_s = time.monotonic()
    staged.server.kill()
    staged.player.kill()
    noticed_s = wait_for(lambda: GONE in staged.daemon.log, "it to be noticed", every_s=0.005)
    wait_for(lambda: time.monotonic() > struck_s + away_s, "a while")
    started_s = time.monotonic()
    staged.server.start()
    back_s = wait_for(lambda: staged.again() > again, "it to play again", every_s=0.005)
    staged.player = Player(staged.server.environment, connected=False)
    assert staged.player.onsets() == []
    wait_for(lambda: _tied(staged.server), "what was connected to be connected again")
    assert staged.is_answered()
    return Measured(None, noticed_s - struck_s, back_s - started_s)


def _tied(server):
    """Whether the player is connected both ways."""
    found = (
        subprocess.run(
            ["jack_lsp", "-c", port], env=server.environment, capture_output=True, text=True
        ).stdout
        for port in ("antiphon:in", "antiphon:out")
    )
    return all("player-" in connections for connections in found)


def assert_takes_are_whole(folder, number=1):
    """All takes can be read, and no note in them goes on."""
    takes = [mido.MidiFile(path) for path in sorted(folder.glob("*.mid"))]
    assert len(takes) == number
    for track in (track for take in takes for track in take.tracks[1:]):
        sounding = set()
        for message in track:
            if message.type == "note_on" and message.velocity:
                sounding.add(message.note)
            elif message.type in ("note_on", "note_off"):
                sounding.discard(message.note)
        assert not sounding


def answered_in(take):
    """The pitches of the answers that a take has, which may still grow."""
    return [timed.event.pitch for timed in played_in(take)[1] if isinstance(timed.event, NoteOn)]


def assert_as_composed(staged, folder):
    """After its end: what was heard is what the take has, and is composed so again from what was played."""
    (take,) = folder.glob("*.mid")
    assert staged.heard() == answered_in(take)
    assert staged.daemon.ask("replay", str(take)).startswith("Identical")


def assert_silenced(measured):
    """How soon the rest is done is measured by `bench_faults`; here it is only waited for."""
    print(measured)
    assert measured.silence_s is None or measured.silence_s < SILENT_S
