"""Networks as Keras describes them in its files."""

GATES = {"activation": "tanh", "recurrent_activation": "sigmoid", "use_bias": True, "go_backwards": False}


def keras2(*units, window=None):
    """As Keras 2 describes the recipe's network, its old keywords included."""
    layers = [("InputLayer", "in", {"batch_input_shape": [None, window, 7]})]
    for k, size in enumerate(units):
        more = k < len(units) - 1
        layers.append(
            ("LSTM", f"l{k}", {"units": size, "return_sequences": more, "time_major": False, **GATES})
        )
    layers += [
        ("Dropout", "drop", {"rate": 0.2}),
        ("Dense", "out", {"units": 7, "activation": "softmax", "use_bias": True}),
    ]
    described, before = [], None
    for kind, name, config in layers:
        nodes = [] if before is None else [[[before, 0, 0, {}]]]
        described.append(
            {"class_name": kind, "config": {"name": name, **config}, "name": name, "inbound_nodes": nodes}
        )
        before = name
    return {"class_name": "Functional", "config": {"name": "model", "layers": described}}
