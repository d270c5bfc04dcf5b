"""The commands as a person meets them: what they print, what they write, how they end."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict

import mido
import pytest

import midi_bytes
from antiphon import bundle
from antiphon.events import GridNote
from antiphon.stage.machine.arithmetic import this_arithmetic
from antiphon.stage.phrase_file import write_melody
from antiphon.stage.takes import finish, records
from antiphon.stage.takes import format as take_format
from antiphon.stage.takes.header import TakeHeader
from toy_critic import random_trees

SEED = "67 _ _ _ 69 _ 71 _ 74 _ _ _ 74 _ _ _"


def onsets(path):
    return [m.note for track in mido.MidiFile(path).tracks for m in track if m.type == "note_on"]


def test_generate_prints_symbols_and_writes_a_file(antiphon, tmp_path):
    code, out, err = antiphon("generate", "--seed", SEED, "--random-seed", 1, "--out", "melody.mid")
    assert code == 0
    symbols = out.split()
    assert 0 < len(symbols) <= 64 * 6  # of 24 a quarter
    assert "in G major" in err
    assert "random seed 1" in err
    pitches = [int(s) for s in symbols if s.isdigit()]
    assert onsets(tmp_path / "melody.mid") == [67, 69, 71, 74, 74, *pitches]


def test_the_same_random_seed_gives_the_same_melody(antiphon):
    first, second, other = (antiphon("generate", "--seed", SEED, "--random-seed", s)[1] for s in (1, 1, 2))
    assert first == second != other


def test_trace_and_json_say_how_each_symbol_came_about(antiphon):
    arguments = ("generate", "--seed", SEED, "--random-seed", 1, "--steps", 5)
    rows = antiphon(*arguments, "--trace")[1].splitlines()
    said = json.loads(antiphon(*arguments, "--json")[1])
    assert rows[0].split() == ["step", "symbol", "entropy", "temperature", "probability"]
    assert [row.split()[1] for row in rows[1:]] == [step["symbol"] for step in said["steps"]]
    assert said["answer"] == " ".join(step["symbol"] for step in said["steps"])
    assert said["key"] == "G major"
    assert all(0 < step["probability"] <= 1 for step in said["steps"])


def test_a_phrase_from_a_midi_file_at_its_tempo(antiphon, tmp_path):
    write_melody(tmp_path / "phrase.mid", [GridNote(0, 4, 67), GridNote(4, 4, 71)], bpm=90)
    code, _, err = antiphon("generate", "--phrase", "phrase.mid", "--out", "melody.mid", "--picture", "p.svg")
    assert code == 0, err
    assert onsets(tmp_path / "melody.mid")[:2] == [67, 71]
    tempos = [m.tempo for m in mido.MidiFile(tmp_path / "melody.mid").tracks[0] if m.type == "set_tempo"]
    assert tempos == [mido.bpm2tempo(90)]
    assert (tmp_path / "p.svg").read_text().startswith("<svg")


def test_a_pitch_the_model_never_saw_is_said(antiphon):
    code, _, err = antiphon("generate", "--seed", "60 _ 62 _ 64 _ 60 _ 127 _", "--key", "C")
    assert code == 0
    assert "the model never saw 127 and hears it as" in err


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (["--seed", "60 x"], 2, 'symbol 2 must be a MIDI number 0–127, r, _ or /, got "x"'),
        (["--temperature", "0"], 2, "--temperature must be greater than 0, got 0.0"),
        (["--temperature", "-1"], 2, "--temperature must be greater than 0, got -1.0"),
        (["--steps", "0"], 2, "'--steps': 0 is not in the range 1<=x<=100000"),
        (["--steps", "many"], 2, "'many' is not a valid integer"),
        (["--key", "H"], 2, 'a key must look like "G major", "F# minor" or "Am", got "H"'),
        (["--seed", "60", "--phrase", "x.mid"], 2, "with --seed or with --phrase, not both"),
        (["--phrase", "x.mid"], 1, "x.mid: No such file or directory"),
        (["--phrase", "x.wav"], 2, "a phrase must be one of .mid"),
        (
            ["--model", "nobody"],
            2,
            'model "nobody" is neither a folder nor a bundle that ships (there are: all, essen',
        ),
        (["--model", "."], 1, "model.json: No such file"),
        (["--out", "no/such/folder/x.mid"], 1, "no/such/folder/x.mid"),
        (["--config", "nothing.toml"], 2, "nothing.toml: No such file"),
    ],
)
def test_a_mistake_is_one_line_and_an_exit_code(antiphon, tmp_path, arguments, code, line):
    before = sorted(tmp_path.iterdir())
    ended, out, err = antiphon("generate", *arguments)
    assert (ended, out) == (code, "")
    assert line in err
    assert len(err.splitlines()) == 1
    assert "Traceback" not in err
    assert sorted(tmp_path.iterdir()) == before


def test_a_truncated_midi_file(antiphon, tmp_path):
    write_melody(tmp_path / "whole.mid", [GridNote(0, 4, 67)], bpm=90)
    (tmp_path / "cut.mid").write_bytes((tmp_path / "whole.mid").read_bytes()[:40])
    for command in (["generate", "--phrase"], ["demo", "--fast", "--phrase"]):
        code, _, err = antiphon(*command, "cut.mid")
        assert code == 1
        assert err.startswith("antiphon: cut.mid: ")
        assert len(err.splitlines()) == 1


@pytest.mark.parametrize(("option", "value"), [("--track", "Bass"), ("--track", "1"), ("--channel", 2)])
def test_a_phrase_is_read_from_the_track_that_is_asked_for(antiphon, tmp_path, option, value):
    bass = midi_bytes.named("Bass") + midi_bytes.struck([(n, 0.9, 36 + 7 * (n % 2)) for n in range(8)], 1)
    tune = midi_bytes.struck(midi_bytes.row([1] * 8, gate=0.9))
    (tmp_path / "two.mid").write_bytes(midi_bytes.file_of(bass, tune))
    said = json.loads(antiphon("generate", "--phrase", "two.mid", "--json", "--steps", 1)[1])
    assert said["phrase"].split()[0] == "60"
    said = json.loads(antiphon("generate", "--phrase", "two.mid", option, value, "--json", "--steps", 1)[1])
    assert said["phrase"].split()[::24] == ["36", "43"] * 4
    played = json.loads(antiphon("demo", "--fast", "--json", "--phrase", "two.mid", option, value)[1])
    assert {note[2] for note in played["phrase"]} == {36, 43}


@pytest.mark.parametrize("command", [["generate"], ["demo", "--fast"]])
def test_a_track_without_a_file_is_wrong_use(antiphon, command):
    code, out, err = antiphon(*command, "--track", "2")
    assert (code, out) == (2, "")
    assert "--track and --channel choose in the file of --phrase, which was not given" in err


def test_the_demo_answers_and_keeps_a_take(antiphon, tmp_path):
    code, out, err = antiphon("demo", "--fast", "--take-dir", "here", "--random-seed", 1)
    assert (code, err) == (0, "")
    take = next((tmp_path / "here").glob("*.mid"))
    assert str(take.relative_to(tmp_path)) in out
    assert "antiphon play" in out
    lines = out.splitlines()
    assert lines[0].startswith("you       D4 G4 A4 B4 D5")
    assert lines[1].startswith("antiphon  ")
    assert len(onsets(take)) == sum(len(line.split()) - 1 for line in (lines[0].split("  (")[0], lines[1]))


def test_the_demo_says_the_same_to_a_program(antiphon, tmp_path):
    code, out, _ = antiphon("demo", "--fast", "--json", "--random-seed", 1)
    said = json.loads(out)
    assert code == 0
    assert said["key"] == "G major"
    assert (said["pickup_quarters"], said["answer_starts_at_step"]) == (1.0, 80 * 6)
    assert (tmp_path / said["take"]).is_file()
    assert said["late_ms"] == {"median": 0.0, "worst": 0.0}
    assert len(said["symbols"].split()) <= 64 * 6
    assert (said["swing"], said["steps_per_quarter"]) == (1.0, 24)
    onset, length, pitch, velocity, at_s = said["phrase"][0]
    assert (length, pitch, at_s) == (1.0, 62, 0.0)
    assert 1 <= velocity <= 127
    assert len(said["answer"]) == said["notes_sent"]
    bpm, first = said["bpm"], said["phrase"][0]
    for onset, _, _, _, at_s in said["answer"]:
        assert at_s == pytest.approx(first[4] + (onset - first[0]) * 60 / bpm, abs=0.05)
    assert (
        antiphon("demo", "--fast", "--json", "--random-seed", 1)[1].split('"take"')[1].split(",", 1)[1]
        == (out.split('"take"')[1].split(",", 1)[1])
    )


def test_the_demo_plays_your_phrase_rests_and_all(antiphon, tmp_path):
    notes = [GridNote(0, 4, 62), GridNote(20, 4, 66), GridNote(60, 4, 69)]
    write_melody(tmp_path / "mine.mid", notes, bpm=140)
    said = json.loads(antiphon("demo", "--fast", "--json", "--phrase", "mine.mid")[1])
    wanted = [[n.onset_steps / 4, n.duration_steps / 4, n.pitch] for n in notes]
    assert [row[:3] for row in said["phrase"]] == wanted


def test_the_demo_begins_with_the_pickup_of_your_phrase(antiphon, tmp_path):
    notes = [GridNote(4 * onset, 4, 60 + onset) for onset in range(3, 12)]
    write_melody(tmp_path / "mine.mid", notes, bpm=110)
    said = json.loads(antiphon("demo", "--fast", "--json", "--phrase", "mine.mid")[1])
    assert said["pickup_quarters"] == 1.0
    assert [row[0] for row in said["phrase"]] == [float(onset) for onset in range(-1, 8)]


def test_generate_keeps_the_place_in_the_bar(antiphon, tmp_path):
    notes = [GridNote(4 * onset, 4, 60 + onset) for onset in range(3, 12)]
    write_melody(tmp_path / "mine.mid", notes, bpm=110)
    code, _, _ = antiphon("generate", "--phrase", "mine.mid", "--out", "whole.mid", "--steps", 16)
    assert code == 0
    written = mido.MidiFile(tmp_path / "whole.mid")
    # The oldest mido that is allowed cannot play a file: the tracks are read as they are.
    begins = []
    for track in written.tracks:
        ticks = 0
        for message in track:
            ticks += message.time
            if message.type == "note_on":
                begins.append(ticks)
    assert min(begins) == 3 * written.ticks_per_beat


def test_the_demo_hears_the_bars_of_a_phrase_whose_bars_it_is_not_told(antiphon, tmp_path):
    """In 3/4, with a pickup of a quarter; the file says that it is in 4/4 and begins on the downbeat."""
    quarters = [(67, 1), (72, 2), (72, 1), (76, 2), (74, 1), (72, 2), (71, 1), (72, 2)]
    notes, step = [], 0
    for pitch, length in quarters:
        notes.append(GridNote(step, 4 * length, pitch))
        step += 4 * length
    write_melody(tmp_path / "mine.mid", notes, bpm=110)
    (tmp_path / "config.toml").write_text('[tempo]\ndownbeat = "heard"\nmeter = "heard"\n')
    told = json.loads(antiphon("demo", "--fast", "--json", "--phrase", "mine.mid")[1])
    heard = json.loads(antiphon("demo", "--fast", "--json", "--listen-only", "--phrase", "mine.mid")[1])
    assert (told["meter"], told["pickup_quarters"], told["answer_starts_at_step"]) == ("4/4", 0.0, 64 * 6)
    assert (heard["meter"], heard["pickup_quarters"], heard["answer_starts_at_step"]) == ("3/4", 1.0, 60 * 6)
    assert heard["bpm"] == pytest.approx(110, rel=0.01)


def test_the_demo_ends_whatever_the_settings(antiphon, tmp_path):
    for mode, source in (("continue", "internal"), ("trade", "midi")):
        (tmp_path / "config.toml").write_text(
            f'[answer]\nmode = "{mode}"\n[tempo]\nmode = "follow"\n[clock]\nsource = "{source}"\n'
        )
        code, out, _ = antiphon("demo", "--fast", "--json")
        assert code == 0
        assert json.loads(out)["answer_starts_at_step"] == 80 * 6


def test_a_folder_that_cannot_be_written_is_said_before_any_music(antiphon, tmp_path):
    (tmp_path / "file").write_text("")
    code, out, err = antiphon("demo", "--fast", "--take-dir", "file")
    assert (code, out) == (1, "")
    assert "file: cannot record takes here" in err


def test_the_demo_runs_where_no_midi_library_can_be_imported(tmp_path):
    for library in ("rtmidi", "supriya_midi"):
        broken = "raise ImportError('libasound.so.2: cannot open shared object file')"
        (tmp_path / f"{library}.py").write_text(broken)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    run = [sys.executable, "-m", "antiphon"]
    done = subprocess.run(
        [*run, "demo", "--fast"], capture_output=True, text=True, env=environment, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    name = f"no-rtmidi-{os.getpid()}"  # another Antiphon may run on this machine
    play = [*run, "play", "--client-name", name]
    live = subprocess.run(play, capture_output=True, text=True, env=environment, cwd=tmp_path)
    assert live.returncode == 1
    assert "no MIDI library can be loaded (libasound.so.2" in live.stderr
    assert len(live.stderr.splitlines()) == 1


def test_models_are_listed_one_a_line_and_their_licences_if_asked(antiphon):
    code, out, _ = antiphon("models")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == ["all", "essen", "han", "irish", "lieder"]
    assert "with memory" in out
    long = antiphon("models", "--long")[1].splitlines()
    assert long[::2] == out.splitlines()
    cards = [json.loads(card.read_text()) for card in sorted(bundle.SHIPPED.glob("*/model.json"))]
    assert len(cards) == 5
    for card, line in zip(cards, long[1::2], strict=True):
        assert line.endswith(f"{card['corpus']['title']}: {card['corpus']['licence']}")
    assert json.loads(antiphon("models", "--json")[1])[1]["name"] == "essen"


def test_a_model_with_a_critic_says_so(antiphon, tmp_path, monkeypatch):
    for name in ("irish", "han"):
        shutil.copytree(bundle.SHIPPED / name, tmp_path / "shipped" / name)
    monkeypatch.setattr(bundle, "SHIPPED", tmp_path / "shipped")
    card, critic = (tmp_path / "shipped" / "irish" / name for name in ("model.json", "critic.npz"))
    card.write_text(json.dumps({**json.loads(card.read_text()), "critic_sha256": None}))
    critic.unlink()
    han, irish = antiphon("models")[1].splitlines()
    assert irish.endswith("with memory]")
    assert han.endswith("with memory], with a critic")


@pytest.mark.parametrize("command", [[], ["generate"], ["demo"], ["models"], ["play"], ["takes"], ["replay"]])
def test_help(antiphon, command):
    code, out, _ = antiphon(*command, "--help")
    assert code == 0
    assert out.startswith("Usage: antiphon")


def test_an_unknown_setting_in_the_folders_configuration(antiphon, tmp_path):
    (tmp_path / "config.toml").write_text("[sampling]\ntemprature = 1\n")
    code, _, err = antiphon("generate")
    assert code == 2
    assert "config.toml: sampling.temprature is not a setting; did you mean temperature?" in err


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--bpm", "900"], "--bpm must be less than or equal to 300, got 900.0"),
        (
            ["--client-name", "a:b"],
            "--client-name must be a name of 1–32 printable characters without a colon",
        ),
        (["--set", "tempo.bpm=900"], "--set tempo.bpm must be less than or equal to 300, got 900"),
        (["--set", "tempo.bmp=90"], "--set tempo.bmp is not a setting; did you mean bpm?"),
        (["--set", "tempo"], '--set must look like sampling.temperature=1.2, got "tempo"'),
    ],
)
def test_a_mistake_in_an_option_is_told_of_the_option_and_not_of_the_file(antiphon, tmp_path, options, line):
    (tmp_path / "config.toml").write_text("[tempo]\nbpm = 90\n")
    code, out, err = antiphon("play", *options)
    assert (code, out) == (2, "")
    assert err.startswith(f"antiphon: {line}")
    assert len(err.splitlines()) == 1


def test_a_config_toml_of_another_program_does_not_stop_the_demo(antiphon, tmp_path):
    (tmp_path / "config.toml").write_text('baseURL = "x"\n[build]\njobs = 1\n')
    code, _, err = antiphon("demo", "--fast")
    assert (code, err) == (0, "antiphon: config.toml: has no section of Antiphon's and is ignored\n")
    code, _, err = antiphon("demo", "--fast", "--config", "config.toml")
    assert code == 2
    assert "config.toml: build is not a setting" in err


def test_a_program_that_cannot_be_loaded_is_named_before_any_music(antiphon, tmp_path):
    (tmp_path / "config.toml").write_text('[model]\nprograms = ["essen", "nobody"]\n')
    code, out, err = antiphon("play")
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert 'model "nobody" is neither a folder nor a bundle that ships' in err
    (tmp_path / "nobody").mkdir()
    code, _, err = antiphon("play")
    assert code == 1
    assert "nobody/model.json: No such file" in err


def test_programs_whose_grids_have_no_common_one_are_refused(antiphon, tmp_path):
    shutil.copytree(bundle.find("essen"), tmp_path / "triplets")
    card = json.loads((tmp_path / "triplets" / "model.json").read_text())
    card.update(name="triplets", steps_per_quarter=35)
    (tmp_path / "triplets" / "model.json").write_text(json.dumps(card))
    (tmp_path / "config.toml").write_text('[model]\nprograms = ["triplets"]\n')
    code, _, err = antiphon("play")
    assert code == 2
    assert err == (
        "antiphon: model.programs: the grid of all models together may have 1–96 steps to a quarter, "
        "these need 840\n"
    )


def demo_take(antiphon, folder, *options):
    antiphon("demo", "--fast", "--take-dir", folder, "--random-seed", 1, *options)
    return max(folder.glob("*.mid"))


def test_takes_are_listed(antiphon, tmp_path):
    code, _, err = antiphon("takes")
    assert (code, err) == (1, "antiphon: takes: there is no such folder\n")
    take = demo_take(antiphon, tmp_path / "takes")
    code, out, err = antiphon("takes")
    assert (code, err) == (0, "")
    assert out.splitlines()[1].split() == [take.name, "0:17", "1", "1", "G", "major", "essen"]
    said = json.loads(antiphon("takes", tmp_path / "takes", "--json")[1])
    assert [(one["model"], one["summary"]["keys"], one["wrong"]) for one in said] == [
        ("essen", ["G major"], "")
    ]
    (tmp_path / "empty").mkdir()
    assert antiphon("takes", "empty")[1] == "There are no takes in empty.\n"


def test_a_replay_is_identical(antiphon, tmp_path):
    take = demo_take(antiphon, tmp_path / "here")
    code, out, err = antiphon("replay", take)
    assert (code, out, err) == (0, "Identical: 22 events.\n", "")
    assert json.loads(antiphon("replay", take, "--json")[1]) == {
        "identical": True,
        "events": 22,
        "late": 0,
        "arithmetic": {"recorded": asdict(this_arithmetic()), "here": asdict(this_arithmetic())},
        "difference": None,
    }


@pytest.mark.parametrize(
    ("then", "said"),
    [
        ({}, "numpy, BLAS and processor are the same as then."),
        ({"numpy": "1.0"}, f"numpy was 1.0, here it is {this_arithmetic().numpy}."),
    ],
)
def test_a_replay_that_differs_says_where_and_whether_the_arithmetic_differs(antiphon, tmp_path, then, said):
    take = demo_take(antiphon, tmp_path / "here")
    whole = finish.read(take)
    lines = [
        line.replace(b'["on",71,', b'["on",70,') if line.startswith(b'["out"') else line
        for line in whole.lines
    ]
    whole.texts["arithmetic"] |= then
    texts = [f"{name}: {json.dumps(value)}" for name, value in whole.texts.items()]
    header = TakeHeader.of(whole.texts)
    take.write_bytes(
        take_format.finished([(0, 100.0)], [(0, header.meter)], texts, b"", records.pack(lines), [])
    )
    code, out, _ = antiphon("replay", take)
    assert code == 1
    assert out.startswith("Different after 12 events, in bar ")
    assert "beat 1: recorded Bb4 at" in out
    assert "now B4 at" in out
    assert out.splitlines()[1] == said
    assert json.loads(antiphon("replay", take, "--json")[1])["identical"] is False


def test_other_answers_to_the_same_phrases(antiphon, tmp_path):
    take = demo_take(antiphon, tmp_path / "here")
    code, out, _ = antiphon("replay", take, "--model", "irish", "--set", "answer.bars=2")
    again = take.with_name(f"{take.stem}-again.mid")
    assert (code, out) == (0, f"The take with the new answers is {again}.\n")
    assert onsets(again)[:15] == onsets(take)[:15]
    assert onsets(again) != onsets(take)
    assert antiphon("replay", again)[0] == 0
    assert antiphon("replay", take, "--set", "answer.bars=2", "--out", tmp_path / "mine.mid")[0] == 0
    assert antiphon("replay", tmp_path / "mine.mid")[1].startswith("Identical: ")


@pytest.mark.parametrize(
    ("options", "code", "line"),
    [
        (["--set", "sampling.temperature=hot"], 2, "--set sampling.temperature must be a valid number"),
        (
            ["--set", "sampling.temprature=1"],
            2,
            "--set sampling.temprature is not a setting; did you mean temperature?",
        ),
        (["--set", "singing.loud=1"], 2, "singing.loud is not a setting"),
        (["--set", "loud"], 2, '--set must look like sampling.temperature=1.2, got "loud"'),
        (["--model", "nobody"], 2, 'model "nobody" is neither a folder nor a bundle that ships'),
        (["--out", "x.mid"], 2, "--out is for new answers: give --model or --set, too"),
    ],
)
def test_a_mistake_in_a_replay(antiphon, tmp_path, options, code, line):
    take = demo_take(antiphon, tmp_path / "here")
    ended, out, err = antiphon("replay", take, *options)
    assert (ended, out, len(err.splitlines())) == (code, "", 1)
    assert line in err
    assert list((tmp_path / "here").iterdir()) == [take]


def test_a_replay_of_something_else(antiphon, tmp_path):
    write_melody(tmp_path / "song.mid", [GridNote(0, 4, 60)], bpm=90)
    (tmp_path / "noise.mid").write_bytes(b"noise")
    for name, line in (("song.mid", "is no take of Antiphon's"), ("noise.mid", "is no MIDI file")):
        code, out, err = antiphon("replay", name)
        assert (code, out, err) == (1, "", f"antiphon: {name}: {line}\n")


def test_a_model_that_is_no_longer_the_same_is_said(antiphon, tmp_path):
    shutil.copytree(bundle.find("essen"), tmp_path / "mine")
    take = demo_take(antiphon, tmp_path / "here", "--model", "mine")
    assert antiphon("replay", take)[0] == 0
    for name in ("model.json", "weights.npz", "critic.npz"):
        shutil.copy(bundle.find("han") / name, tmp_path / "mine" / name)
    code, out, err = antiphon("replay", take)
    assert (code, out) == (1, "")
    assert "essen: the take was answered by the model with checksum" in err
    assert antiphon("replay", take, "--model", "essen")[0] == 0


def test_a_critic_that_is_no_longer_the_same_is_said(antiphon, tmp_path):
    folder = tmp_path / "mine"
    shutil.copytree(bundle.find("essen"), folder)
    bundle.save_critic(folder, random_trees(random_seed=1))
    chosen = demo_take(antiphon, tmp_path / "with", "--model", "mine")
    assert antiphon("replay", chosen)[0] == 0
    bundle.save_critic(folder, random_trees(random_seed=2))
    code, out, err = antiphon("replay", chosen)
    assert (code, out) == (1, "")
    assert "the take was answered by the critic with checksum" in err


def test_a_take_of_a_model_without_a_critic_is_replayed_without_the_critic_it_has_now(antiphon, tmp_path):
    folder = tmp_path / "mine"
    shutil.copytree(bundle.find("essen"), folder)
    shipped = bundle.load(folder)
    bundle.save(folder, shipped.card, shipped.weights)  # which leaves a critic out
    plain = demo_take(antiphon, tmp_path / "without", "--model", "mine")
    bundle.save_critic(folder, random_trees())
    assert antiphon("replay", plain)[0] == 0
