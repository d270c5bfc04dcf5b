"""Checks of virtual ports: their names, a phrase and its answer, endings, and bytes of every kind."""

import os
import signal
import time
from itertools import chain
from pathlib import Path

import mido
from daemon import IN, OUT, Daemon, playing
from peers import Dump, Note, demand, dump, pitches, play_file, ports, run, sounding, wait_for
from peers import address as at

import antiphon

PHRASE = Path(antiphon.__file__).parent / "phrases" / "phrase.mid"
THROUGH = "Midi Through:Midi Through Port-0"
RESTARTS = 3
MOST_MB = 260  # with another process that stands by
RAW_DEVICE, RAW_PORT = "/dev/snd/midiC0D0", "Virtual Raw MIDI 0-0:VirMIDI 0-0"


def _phrase() -> list[int]:
    return [m.note for m in mido.MidiFile(PHRASE) if m.type == "note_on" and m.velocity]


def _in_order(notes: list[Note]) -> bool:
    """Whether each note ends before it begins again, no end is without a beginning, all on one channel."""
    held: set[int] = set()
    for note in notes:
        if note.channel or note.on == (note.pitch in held):
            return False
        (held.add if note.on else held.remove)(note.pitch)
    return True


def ports_are_listed() -> str:
    there = {port.name for port in ports() if not port.name.startswith("System:")}
    said = run("antiphon", "ports")
    missing = [name for name in there if said.count(f"  {name}  (alsa)") != 2]
    demand(there and not missing, f"{missing} not in both directions of {said!r}")
    return f"{len(there)} of aconnect's ports, in both directions"


def doctor_finds_alsa() -> str:
    said = run("antiphon", "doctor").splitlines()
    line = next((line for line in said if "MIDI: ALSA" in line), "")
    demand(line.startswith("good") and "Playing is possible." in said, str(said))
    return line


def names_last() -> str:
    for _ in range(RESTARTS + 1):
        with playing() as daemon:
            names = sorted(port.name for port in ports() if port.pid in daemon.pids())
            demand(names == sorted((IN, OUT)), f"aconnect lists {names}")
            demand(daemon.stop(signal.SIGINT) == 0, daemon.said())
    demand(not [port for port in ports() if port.pid], f"left behind: {ports()}")
    return f"{IN} and {OUT} after each of {RESTARTS} restarts; no client left behind"


def phrase_is_answered() -> str:
    with playing() as daemon, dump(OUT) as peer:
        play_file(PHRASE, IN)
        wait_for(daemon.answers, "the answer")
        demand(daemon.stop(signal.SIGINT) == 0, daemon.said())
        return _agree(daemon, peer)


def _agree(daemon: Daemon, peer: Dump) -> str:
    """What the take says is what aplaymidi played and aseqdump heard."""
    player, answer = daemon.take()
    wait_for(lambda: len(peer.notes()) >= len(answer), f"{answer} in {peer.lines()}")
    heard = peer.notes()
    demand(_in_order(heard) and not sounding(heard), f"not one note after the other: {heard}")
    demand(pitches(heard) == pitches(answer) != [], f"heard {heard}, in the take {answer}")
    demand(pitches(player) == _phrase() and not sounding(player), f"player in the take: {player}")
    return (
        f"played {len(pitches(player))} notes, heard {len(pitches(heard))}, each ended; the take has the same"
    )


def memory_is_small() -> str:
    """Proportional memory, as in bench_memory.py, after an answer, when another process stands by."""
    with playing() as daemon, dump(OUT) as peer:
        play_file(PHRASE, IN)
        wait_for(daemon.answers, "the answer")
        wait_for(lambda: peer.notes() and not sounding(peer.notes()), "its notes")
        daemon.wait_for_spare()
        found = daemon.memory_mb()
        said = ", ".join(f"{name} {mb:.0f}" for name, mb in found)
        total = sum(mb for _, mb in found)
        demand(total <= MOST_MB, f"{total:.0f} MB: {said}")
        return f"{total:.0f} MB in {len(found)} processes: {said}"


def end_in_mid_note() -> str:
    with playing() as daemon, dump(OUT) as peer:
        play_file(PHRASE, IN)
        wait_for(lambda: sounding(peer.notes()), "a note")
        begun = len(peer.notes())
        code = daemon.stop(signal.SIGTERM)
        wait_for(lambda: not sounding(peer.notes()), "its end")
        demand(code == 0, f"exit code {code}: {daemon.said()}")
        return f"after the {begun} events up to SIGTERM came {peer.notes()[begun:]}; exit code {code}"


def answer_looped_back_is_no_phrase() -> str:
    with playing() as daemon:
        run("aconnect", at(OUT), at(IN))
        play_file(PHRASE, IN)
        wait_for(daemon.answers, "the answer")
        time.sleep(1)
        demand(daemon.stop() == 0, daemon.said())
        player, answer = daemon.take()
        demand(pitches(player) == _phrase() and "cut short" not in daemon.said(), daemon.said())
        return f"{len(pitches(answer))} notes came back, none was taken for the player's"


def bytes_of_every_kind() -> str:
    """Running status and note-offs by velocity 0; between them clock, sensing, System Exclusive, nonsense."""
    with playing() as daemon:
        run("aconnect", at(RAW_PORT), at(IN))
        device = os.open(RAW_DEVICE, os.O_WRONLY)
        os.write(device, bytes([0x12, 0x34, 0xF5, 0xF0, 0x7E, 0x7F, 0x06, 0x01, 0xF7, 0xFE, 0x90]))
        for pitch in _phrase():
            os.write(device, bytes([pitch, 0xF8, 80, 0xFE]))
            time.sleep(0.2)
            os.write(device, bytes([0xF8, pitch, 0xFE, 0]))
        os.write(device, bytes([0xF0, *range(100), 0xF7]))
        os.close(device)
        wait_for(daemon.answers, "the answer")
        demand(daemon.stop() == 0, daemon.said())
        player, _ = daemon.take()
        expected = list(chain.from_iterable((pitch, pitch) for pitch in _phrase()))
        demand([note.pitch for note in player] == expected and not sounding(player), str(player))
        return f"{len(pitches(player))} notes heard, as they were written"


def panic_silences() -> str:
    with dump(THROUGH) as peer:
        run("antiphon", "panic", "--output", THROUGH)
        wait_for(lambda: len(peer.notes()) >= 16 * 128, "2048 note-offs")
        offs = {(note.channel, note.pitch) for note in peer.notes() if not note.on}
        controls = {line for line in peer.lines() if "Control change" in line}  # each comes several times
        demand(len(offs) == 16 * 128 and len(controls) == 16 * 3, f"{len(offs)}, {sorted(controls)}")
        return f"{len(offs)} notes and {len(controls)} controls reached {THROUGH}"
