import contextlib
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon import config, config_file
from antiphon.config import Config
from antiphon.config_sections import OscSettings
from antiphon.errors import WrongUse
from antiphon.timebase import Meter

ROOT = Path(__file__).parent.parent.parent


def written(tmp_path, text):
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def mistakes(tmp_path, text):
    with pytest.raises(WrongUse) as caught:
        config.load(written(tmp_path, text))
    return caught.value.message.splitlines()


def test_the_file_that_comes_with_the_program_says_the_defaults():
    assert config.load(ROOT / "config.toml") == Config()


def test_the_file_that_comes_with_the_program_names_every_setting():
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    for section, settings in config.to_plain(Config()).items():
        assert f"[{section}]" in text
        for key in settings:
            assert f"{key} = " in text or f".{key}]" in text, key


def test_changes_are_laid_over_the_file(tmp_path):
    path = written(tmp_path, "[tempo]\nbpm = 90\n[answer]\nbars = 2\n")
    loaded = config.load(path, {"tempo.bpm": 100.0, "answer.bars": None, "model.name": "x"})
    assert (loaded.tempo.bpm, loaded.answer.bars, loaded.model.name) == (100.0, 2, "x")


def test_every_mistake_is_told_at_once_with_its_range_and_what_was_given(tmp_path):
    told = mistakes(
        tmp_path,
        '[tempo]\nbpm = 1000\nmeter = "3x4"\n[sampling]\ntemprature = 1\ntemperature = 0\n[tmpo]\n'
        '[answer]\nstart = "soon"\n[sampling.weights]\nr = -1\n[midi]\noutput_channel = 0\n',
    )
    told = [line.removeprefix(f"{tmp_path / 'config.toml'}: ") for line in told]
    assert sorted(told) == [
        "answer.start must be 'now', 'beat' or 'bar', got 'soon'",
        "midi.output_channel must be greater than or equal to 1, got 0",
        "sampling.temperature must be greater than 0, got 0",
        "sampling.temprature is not a setting; did you mean temperature?",
        "sampling.weights.r must be greater than or equal to 0, got -1",
        "tempo.bpm must be less than or equal to 300, got 1000",
        'tempo.meter must be "heard", or a meter such as "3/4", its unit 1, 2, 4, 8, 16 or 32, got \'3x4\'',
        "tmpo is not a setting; did you mean tempo?",
    ]


@pytest.mark.parametrize("given", ['"follow"', "1", "1.0", "2.5", "3"])
def test_swing_is_followed_or_a_ratio(tmp_path, given):
    swing = config.load(written(tmp_path, f"[feel]\nswing = {given}\n")).feel.swing
    assert swing == (given.strip('"') if given.startswith('"') else float(given))


@pytest.mark.parametrize(
    ("given", "shown"), [("0.9", "0.9"), ("3.1", "3.1"), ('"much"', "'much'"), ("[]", "[]"), ("true", "True")]
)
def test_any_other_swing_is_refused_in_one_line(tmp_path, given, shown):
    (line,) = mistakes(tmp_path, f"[feel]\nswing = {given}\n")
    assert line.endswith(f'feel.swing must be "follow", or a ratio of 1.0–3.0, got {shown}')


@pytest.mark.parametrize(
    ("given", "kept"), [('"hands"', "hands"), ('"none"', "none"), ("1", 1), ("127", 127)]
)
def test_a_split_is_a_word_or_a_note(tmp_path, given, kept):
    assert config.load(written(tmp_path, f"[input]\nsplit = {given}\n")).input.split == kept


@pytest.mark.parametrize(
    ("given", "shown"), [("0", "0"), ("128", "128"), ("60.5", "60.5"), ('"left"', "'left'"), ("true", "True")]
)
def test_any_other_split_is_refused_in_one_line(tmp_path, given, shown):
    (line,) = mistakes(tmp_path, f"[input]\nsplit = {given}\n")
    assert line.endswith(f'input.split must be "hands", "none", or a note from 1 to 127, got {shown}')


def test_a_setting_like_no_other_lists_what_there_is(tmp_path):
    assert mistakes(tmp_path, "[answer]\nxyz = 1\n")[0].endswith(
        "answer.xyz is not a setting "
        "(there are: mode, start, bars, register, overlap, candidates, program_change, choice)"
    )


def test_what_is_not_toml_or_not_there(tmp_path):
    assert "not TOML" in mistakes(tmp_path, "[tempo\n")[0]
    with pytest.raises(WrongUse, match="No such file"):
        config.load(tmp_path / "nothing.toml")


def test_the_folder_one_starts_in_comes_first(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert config.load(None) == Config()
    own = config_file.usual_places()[1]
    own.parent.mkdir(parents=True)
    own.write_text("[tempo]\nbpm = 70\n")
    assert config.load(None).tempo.bpm == 70
    written(tmp_path, "[tempo]\nbpm = 80\n")
    assert config.load(None).tempo.bpm == 80


def test_channels_count_from_one_outside_and_from_zero_inside(tmp_path):
    assert config.load(written(tmp_path, "[midi]\noutput_channel = 16\n")).session.channel == 15


def test_one_port_may_be_named_without_brackets(tmp_path):
    assert config.load(written(tmp_path, '[midi]\ninputs = "nano"\n')).midi.inputs == ("nano",)
    assert config.load(written(tmp_path, '[midi]\ninputs = ["a", "b*"]\n')).midi.inputs == ("a", "b*")


def test_what_is_wrong_with_a_port_is_told_in_words(tmp_path):
    text = '[midi]\napi = "core"\ninputs = [1]\nclient_name = "a:b"\ninput_channel = 17\n'
    told = [line.split("config.toml: ")[1] for line in mistakes(tmp_path, text)]
    assert sorted(told) == [
        "midi.api must be 'auto', 'alsa', 'jack', 'coremidi' or 'winmm', got 'core'",
        "midi.client_name must be a name of 1–32 printable characters without a colon, got 'a:b'",
        "midi.input_channel must be less than or equal to 16, got 17",
        'midi.inputs must be a list of port names such as ["nanoKEY", "Launchkey*"], got [1]',
    ]


def test_osc_has_an_address_and_targets(tmp_path):
    text = '[osc]\nport = 9000\nbind = "0.0.0.0"\ntargets = ["pi.local:57120", "127.0.0.1:9001"]\n'
    loaded = config.load(written(tmp_path, text)).osc
    assert loaded == OscSettings(9000, "0.0.0.0", ("pi.local:57120", "127.0.0.1:9001"))
    assert loaded.wanted
    assert not Config().osc.wanted


@pytest.mark.parametrize(
    ("given_", "told"),
    [
        ("port = 65536", "osc.port must be less than or equal to 65535, got 65536"),
        ('bind = "everywhere"', 'osc.bind must be an IPv4 address such as "127.0.0.1" or "0.0.0.0", got'),
        ("bind = 0", "osc.bind must be an IPv4 address"),
        *(
            (f"targets = [{target}]", 'osc.targets must be a list of up to 8 of "host:port"')
            for target in ('"pi"', '":9"', '"pi:0"', '"pi:65536"', '"pi:x"', '"::1:9"', "9", '"a:1", ' * 9)
        ),
        ('port = 9000\ntargets = "localhost:9000"', "osc.targets must not be the port of [osc] itself"),
    ],
)
def test_what_is_wrong_with_osc_is_told_in_words(tmp_path, given_, told):
    (line,) = mistakes(tmp_path, f"[osc]\n{given_}\n")
    assert told in line


@given(st.text(max_size=60))
def test_any_text_is_a_configuration_or_a_told_mistake(text):
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(WrongUse):
        assert isinstance(config.load(written(Path(folder), text)), Config)


def test_programs_are_a_list_of_bundles(tmp_path):
    loaded = config.load(written(tmp_path, '[model]\nprograms = ["essen", "folder/mine"]\n'))
    assert loaded.model.programs == ("essen", "folder/mine")
    assert mistakes(tmp_path, "[model]\nprograms = [1]\n")[0].endswith(
        'model.programs must be a list of up to 128 bundles such as ["essen", "mine"], got [1]'
    )
    assert "up to 128" in mistakes(tmp_path, f"[model]\nprograms = {['x'] * 129}\n")[0]


def test_the_log_has_levels(tmp_path):
    assert mistakes(tmp_path, '[log]\nlevel = "loud"\n')[0].endswith(
        "log.level must be 'debug', 'info', 'warning' or 'error', got 'loud'"
    )


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 5000,
        "a = {" * 2000,
        "tempo.bpm" + ".a" * 5000 + " = 1",
        "tempo.bpm = 0x" + "f" * 50_000,
        "tempo.bpm = " + "9" * 5000,
        "tempo.bpm = nan",
        "tempo.bpm = -inf",
        "tempo.bpm = 1e999",
        "model = 1",
        "x" * 100_000 + " = 1",
        '"a\\nb" = 1',
        "[sampling]\ntemperature = nan",
        "[sampling.weights]\nr = nan",
        '[memory]\nfile = "a\\u0000b"',
        '[midi]\ninputs = ["a", "\\u001b[2J"]',
        "# " + "x" * config_file.MAX_FILE_BYTES,
        "[tempo]\nmeter = '" + "9" * 9999 + "/4'",
    ],
)
def test_what_a_file_should_never_say_is_one_short_line(tmp_path, text):
    (told,) = mistakes(tmp_path, text)
    assert len(told) < 500


def test_every_number_must_be_finite(tmp_path):
    for section, settings in config.to_plain(Config()).items():
        for key, value in settings.items():
            if isinstance(value, int | float) and not isinstance(value, bool):
                for given in ("nan", "inf", "-inf"):
                    (told,) = mistakes(tmp_path, f"[{section}]\n{key} = {given}\n")
                    assert f"{section}.{key} must be " in told


def test_a_file_of_mistakes_is_not_told_to_its_end(tmp_path):
    told = mistakes(tmp_path, "\n".join(f"k{number} = 1" for number in range(5000)))
    assert len(told) == 51


def test_what_is_no_text_and_what_is_no_file(tmp_path):
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(WrongUse, match="not TOML"):
        config.load(path)
    with pytest.raises(WrongUse, match="is not a regular file"):
        config.load(Path("/dev/zero"))
    with pytest.raises(WrongUse, match="model must be"):
        config.load(written(tmp_path, "model = 1"), {"model.name": "essen"})


def test_the_mark_that_some_editors_begin_a_file_with_is_no_mistake(tmp_path):
    assert config.load(written(tmp_path, "\ufeff[tempo]\nbpm = 99\n")).tempo.bpm == 99


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "[sampling]\nmin_temperature = 2\nmax_temperature = 1",
            "sampling.min_temperature must not be above sampling.max_temperature (1), got 2",
        ),
        (
            "[input]\nlowest_note = 80\nhighest_note = 60",
            "input.lowest_note must not be above input.highest_note (60), got 80",
        ),
        (
            "[sampling]\nmin_temperature = 2.5",
            "sampling.min_temperature must not be above sampling.max_temperature (2.0), got 2.5",
        ),
        (
            "[sampling]\nlow_entropy = 3",
            "sampling.low_entropy must not be above sampling.high_entropy (2.5), got 3",
        ),
        (
            "[control]\nrests = 20\ntemperature = 20",
            "control.rests must not have the number of control.temperature, 20",
        ),
        (
            '[harmony]\nbass_port = "own"\nbass_channel = 1\n',
            "harmony.bass_channel must not be that of midi.output_channel, 1, where the part has a port of "
            "its own",
        ),
        (
            '[harmony]\nchords_port = "Moog"\nbass_channel = 3\n',
            "harmony.chords_channel must not be that of harmony.bass_channel, 3, where the part has a port "
            "of its own",
        ),
        ("[control]\npanic = 64", "control.panic must not be 64, which is the sustain pedal"),
        (
            '[tempo]\nmeter = "heard"\ndownbeat = "first"',
            'tempo.meter can be "heard" only where tempo.downbeat is "heard", too',
        ),
    ],
)
def test_settings_that_contradict_each_other_are_a_mistake(tmp_path, text, line):
    assert mistakes(tmp_path, text) == [f"{tmp_path / 'config.toml'}: {line}"]


def test_contradictions_are_told_beside_other_mistakes(tmp_path):
    text = "[sampling]\nmin_temperature = 3\n[tempo]\nbpm = 1\n[control]\nmode = 5\nbars = 5\n"
    assert len(mistakes(tmp_path, text)) == 3


def test_a_light_may_have_the_number_of_its_button(tmp_path):
    loaded = config.load(written(tmp_path, "[control]\nrecord = 28\nstate = 28\n"))
    assert (loaded.control.record, loaded.control.state) == (28, 28)


@pytest.mark.parametrize(
    ("changes", "options", "line"),
    [
        ({"tempo.bpm": 900.0}, {"tempo.bpm": "--bpm"}, "--bpm must be less than or equal to 300, got 900.0"),
        ({"tempo.bmp": 90}, {"tempo.bmp": "--set x"}, "--set x is not a setting; did you mean bpm?"),
        (
            {"sampling.weights.r": -1},
            {"sampling.weights.r": "--set y"},
            "--set y must be greater than or equal to 0, got -1",
        ),
        (
            {"sampling.max_temperature": 0.05},
            {"sampling.max_temperature": "--set z"},
            "--set z: sampling.min_temperature must not be above sampling.max_temperature (0.05), got 0.1",
        ),
    ],
)
def test_a_mistake_in_an_option_is_told_of_the_option(tmp_path, changes, options, line):
    path = written(tmp_path, "[answer]\nbars = -1\n")
    with pytest.raises(WrongUse) as caught:
        config.load(path, changes, options)
    of_option, of_file = sorted(caught.value.message.splitlines(), key=lambda told: str(path) in told)
    assert of_option == line
    assert of_file == f"{path}: answer.bars must be greater than or equal to 0, got -1"


def test_a_row_of_a_table_is_laid_over_the_file(tmp_path):
    path = written(tmp_path, "[sampling.weights]\nr = 0.5\n")
    assert config.load(path, {"sampling.weights._": 2}).sampling.weights == {"r": 0.5, "_": 2.0}


def test_a_setting_that_is_no_table_is_not_replaced_by_one(tmp_path):
    with pytest.raises(WrongUse, match=r"answer\.bars must be"):
        config.load(written(tmp_path, "[answer]\nbars = 2\n"), {"answer.bars.x": 1})


def test_a_setting_of_an_earlier_version_is_passed_over_in_one_line(tmp_path):
    file, said = tmp_path / "config.toml", []
    file.write_text("[midi]\nexact = false\nthru = true\n")
    assert config.load(file, say=said.append).midi.thru
    assert said == [f"{file}: midi.exact is no longer a setting and is ignored"]
    assert config.checked({"midi": {"exact": False}}) == Config()  # as in the header of a take


def test_downbeat_and_meter_can_be_heard(tmp_path):
    tempo = config.load(written(tmp_path, '[tempo]\nmeter = "heard"\ndownbeat = "heard"\n')).tempo
    assert (tempo.meter, tempo.downbeat, tempo.first_meter) == ("heard", "heard", Meter(4, 4))
