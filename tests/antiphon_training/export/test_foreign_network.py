"""A description is of the network that Antiphon plays, or what is not is named."""

import copy

import pytest

from antiphon_training.export.foreign_network import foreign_network
from keras_descriptions import keras2


def test_layers_are_named_in_their_order():
    found = foreign_network(keras2(5, 4, 3))
    assert (found.lstms, found.dense, found.steps) == (("l0", "l1", "l2"), "out", None)
    assert foreign_network(keras2(5, window=32)).steps == 32


def changed(**change):
    """The network of two layers with another setting in the layer that is named."""
    config = copy.deepcopy(keras2(5, 4))
    for layer in config["config"]["layers"]:
        layer["config"].update(change.get(layer["name"], {}))
    return config


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            {"l0": {"recurrent_activation": "hard_sigmoid"}},
            "'l0' has recurrent_activation 'hard_sigmoid'",
        ),
        ({"l0": {"return_sequences": False}}, "'l0' has return_sequences False; it must be True"),
        ({"l1": {"return_sequences": True}}, "'l1' has return_sequences True; it must be False"),
        ({"l1": {"go_backwards": True}}, "'l1' has go_backwards True"),
        ({"l1": {"time_major": True}}, "'l1' has time_major True"),
        ({"l1": {"stateful": True}}, "'l1' has stateful True"),
        ({"out": {"activation": "linear"}}, "Dense 'out' has activation 'linear'; it must be softmax"),
        ({"out": {"activation": {"class_name": "Custom"}}}, "Dense 'out' has activation"),
    ],
)
def test_a_setting_that_changes_the_arithmetic_is_named(change, reason):
    with pytest.raises(ValueError, match="must be") as refused:
        foreign_network(changed(**change))
    assert reason in str(refused.value)


@pytest.mark.parametrize("kind", ["Lambda", "GRU", "Bidirectional", "Embedding", "CuDNNLSTM", "TFSMLayer"])
def test_another_layer_is_named(kind):
    config = keras2(5, 4)
    config["config"]["layers"][1]["class_name"] = kind
    with pytest.raises(ValueError, match=f"layer 'l0' is '{kind}'; Antiphon plays an input, 1–8 LSTM"):
        foreign_network(config)


def test_other_networks_are_refused():
    two_dense = keras2(5)
    two_dense["config"]["layers"][2]["class_name"] = "Dense"
    with pytest.raises(ValueError, match="its layers are LSTM, Dense, Dense;"):
        foreign_network(two_dense)
    skipping = keras2(5, 4)
    skipping["config"]["layers"][-1]["inbound_nodes"] = [[["l0", 0, 0, {}], ["drop", 0, 0, {}]]]
    with pytest.raises(ValueError, match=r"layer 'out' hears .*, not drop alone"):
        foreign_network(skipping)
    with pytest.raises(ValueError, match="its layers are Dense;"):
        foreign_network(keras2())
    with pytest.raises(ValueError, match="it holds 'MyModel'"):
        foreign_network({"class_name": "MyModel", "config": {}})


@pytest.mark.parametrize(
    "damaged",
    [None, [], {}, {"class_name": "Model", "config": {}}, {"class_name": "Model", "config": {"layers": [7]}}],
)
def test_what_is_no_description_is_refused(damaged):
    with pytest.raises(ValueError, match="its description"):
        foreign_network(damaged)
