import pytest

from antiphon.errors import Failure
from antiphon.stage.ports.names import all_fitting, fitting, lasting, one_fitting

PORTS = ["nanoKEY2:nanoKEY2 MIDI 1 24:0", "Launchkey:Launchkey DAW 28:1", "Launchkey:Launchkey MIDI 28:0"]


@pytest.mark.parametrize(
    ("port", "api", "name"),
    [
        ("nanoKEY2:nanoKEY2 MIDI 1 24:0", "alsa", "nanoKEY2:nanoKEY2 MIDI 1"),
        ("loop 1 2", "winmm", "loop 1"),
        ("synth:in 1", "jack", "synth:in 1"),
        ("IAC Bus 1", "coremidi", "IAC Bus 1"),
    ],
)
def test_the_part_of_a_name_that_lasts(port, api, name):
    assert lasting(port, api) == name


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        ("Launchkey:Launchkey DAW 28:1", [1]),
        ("Launchkey:Launchkey DAW", [1]),
        ("LAUNCH", [1, 2]),
        ("*midi*", [0, 2]),
        ("nano*1", [0]),
        ("launch", [1, 2]),
        ("[ln]*", [0, 1, 2]),
        ("organ", []),
        ("?", []),
    ],
)
def test_a_name_a_pattern_or_a_part(wanted, places):
    assert fitting(wanted, PORTS, "alsa") == [PORTS[place] for place in places]


def test_a_whole_name_is_not_taken_for_a_part_of_another():
    assert one_fitting("synth", ["synth 2", "synth"], "jack") == "synth"


def test_a_port_that_two_names_mean_is_taken_once():
    assert all_fitting(["Launchkey*", "nano", "*"], PORTS, "alsa") == [PORTS[1], PORTS[2], PORTS[0]]


def test_what_fits_nothing_is_told_with_what_there_is():
    with pytest.raises(Failure, match=r'no MIDI input fits "organ" \(there are: none\)'):
        all_fitting(["organ"], [], "alsa")
    with pytest.raises(Failure, match=r'"nanokey2:nanokey MIDI1", did you mean nanoKEY2:nanoKEY2 MIDI 1\?'):
        one_fitting("nanokey2:nanokey MIDI1", PORTS, "alsa")
