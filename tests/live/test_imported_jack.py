"""A model of the classic recipe, imported from a file of Keras, plays on a real JACK server."""

import json

import mido
import pytest

from live.faults import assert_takes_are_whole, scene

pytestmark = [pytest.mark.live, pytest.mark.train]

# Without 60 and 64, which the phrase has.
SYMBOLS = [str(pitch) for pitch in range(45, 90) if pitch not in (60, 64)] + ["r", "_", "/"]


@pytest.fixture
def imported(tmp_path):
    """The bundle that `import` made of an untrained network."""
    from antiphon_training.export.import_model import import_model
    from antiphon_training.network.network import keras

    k = keras()
    k.utils.set_random_seed(1)
    out = k.layers.Dense(len(SYMBOLS), activation="softmax")
    model, mapping = tmp_path / "model.h5", tmp_path / "mapping.json"
    k.Sequential([k.Input((None, len(SYMBOLS))), k.layers.LSTM(16), out]).save(model)
    mapping.write_text(json.dumps({symbol: number for number, symbol in enumerate(SYMBOLS)}))
    import_model(model, mapping, tmp_path / "tutorial", "tutorial", "")
    return tmp_path / "tutorial"


def test_an_imported_model_answers_a_phrase_with_pitches_that_it_never_saw(server, tmp_path, imported):
    takes = tmp_path / "takes"
    takes.mkdir()
    with scene(server, takes, "--model", str(imported)) as staged:
        answer = staged.is_answered()
        assert answer
        assert staged.daemon.end() == 0, staged.daemon.log
    assert_takes_are_whole(takes)
    played = mido.MidiFile(next(takes.glob("*.mid"))).tracks[2]
    assert [message.note for message in played if message.type == "note_on" and message.velocity] == answer
