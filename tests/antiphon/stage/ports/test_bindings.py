"""Which binding is loaded, and supriya-midi behind python-rtmidi's interface."""

import sys
from enum import Enum
from types import SimpleNamespace

import pytest

from antiphon.stage.ports import bindings
from antiphon.stage.ports.bindings import load_binding
from antiphon.stage.ports.rtmidi import BindingSystem, api_name
from antiphon.stage.ports.system import MissingError, NoServerError


class Api(Enum):
    LINUX_ALSA, UNIX_JACK, RTMIDI_DUMMY, MACOSX_CORE = 2, 3, 5, 1


class RtMidiError(Exception):
    pass


class Client:
    def __init__(self, api, name, *queue):
        if name == "no sequencer":
            raise RuntimeError("error creating ALSA sequencer client object")
        self.made = (api, name, *queue)


@pytest.fixture
def supriya(monkeypatch):
    """supriya-midi as it is laid out, and no python-rtmidi."""
    package = SimpleNamespace(
        RtMidiError=RtMidiError,
        MidiIn=Client,
        MidiOut=Client,
        get_compiled_apis=lambda: list(Api),
        get_api_name=lambda api: {Api.LINUX_ALSA: "alsa", Api.MACOSX_CORE: "core"}[api],
        get_api_display_name=lambda api: api.name,
    )
    monkeypatch.setitem(sys.modules, "rtmidi", None)
    monkeypatch.setitem(sys.modules, "supriya_midi", package)
    monkeypatch.setitem(sys.modules, "supriya_midi.rtmidi_ext", SimpleNamespace(RtMidiAPI=Api))
    return load_binding()


def test_supriya_midi_is_used_where_python_rtmidi_is_not_and_never_for_jack(supriya):
    numbers = supriya.get_compiled_api()
    assert [api_name(supriya, number) for number in numbers] == ["alsa", "coremidi"]
    assert supriya.get_api_display_name(numbers[0]) == "LINUX_ALSA"
    assert supriya.MidiIn(numbers[0], "antiphon", 9).made == (Api.LINUX_ALSA, "antiphon", 9)
    assert supriya.MidiOut(numbers[0], "antiphon").made == (Api.LINUX_ALSA, "antiphon")


def test_a_sequencer_that_is_not_there_is_no_server(supriya):
    system = BindingSystem(supriya, Api.LINUX_ALSA)
    with pytest.raises(NoServerError, match="error creating ALSA"):
        system.output("no sequencer", "out")


def test_another_package_of_its_name_is_not_used(monkeypatch):
    monkeypatch.setitem(sys.modules, "rtmidi", None)
    monkeypatch.setitem(sys.modules, "supriya_midi", SimpleNamespace())
    monkeypatch.setitem(sys.modules, "supriya_midi.rtmidi_ext", SimpleNamespace(RtMidiAPI=Api))
    with pytest.raises(MissingError, match="RtMidiError"):
        load_binding()


def test_where_alsas_library_is_missing_it_is_named_and_not_the_package_that_is_there(monkeypatch):
    def load(name):
        missing = {"rtmidi": "No module named 'rtmidi'", "supriya_midi": "libasound.so.2: cannot open"}
        raise ImportError(missing[name])

    monkeypatch.setattr(bindings, "import_module", load)
    with pytest.raises(MissingError, match=r"No module named 'rtmidi'; libasound\.so\.2: cannot") as missing:
        load_binding()
    assert missing.value.mend.startswith("sudo apt install libasound2")


@pytest.mark.parametrize(("version", "package"), [((3, 12), "python-rtmidi"), ((3, 14), "supriya-midi")])
def test_the_command_installs_what_has_wheels_for_this_python(version, package, monkeypatch):
    monkeypatch.setattr(bindings.sys, "version_info", version)
    assert package in bindings.how_to_install()
