"""Weights are numbers in the right shapes, or refused before anything large is set aside for them."""

import io
import pickle
import struct
import warnings
import zipfile
import zlib
from dataclasses import asdict, replace

import numpy as np
import pytest

from antiphon.compose.arrays import LARGEST_WEIGHT
from antiphon.compose.lstm_weights import LstmStackWeights, LstmWeights
from antiphon.weights import STEPS_IN_SIZE, parse_weights, rounded, weights_bytes
from fakes import random_event_weights, random_stack, random_weights

WEIGHTS = random_weights(5, units=3)
NAMES = tuple(LstmWeights.__dataclass_fields__)


def arrays(**changes):
    return {name: getattr(WEIGHTS, name) for name in NAMES} | changes


def packed(**changes):
    buffer = io.BytesIO()
    np.savez(buffer, **arrays(**changes))
    return buffer.getvalue()


def zipped(members, **how):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", **how) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a name stands twice
        for name, data in members:
            archive.writestr(name, data)
    return buffer.getvalue()


def npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def members(**changes):
    return [(f"{name}.npy", npy(array)) for name, array in arrays(**changes).items()]


@pytest.mark.parametrize("weights", [WEIGHTS, random_event_weights(9)])
def test_what_was_written_is_read(weights):
    back = parse_weights(weights_bytes(weights))
    for name in type(weights).__dataclass_fields__:
        assert (getattr(back, name) == getattr(weights, name)).all()


@pytest.mark.parametrize("weights", [WEIGHTS, random_event_weights(9), random_stack(5, (4, 3))])
def test_half_the_bytes_hold_the_nearest_multiples_of_a_power_of_two(weights):
    whole, half = weights_bytes(weights), weights_bytes(weights, half=True)
    back = parse_weights(half)
    written, read = (one.arrays() if hasattr(one, "arrays") else asdict(one) for one in (weights, back))
    numbers = sum(array.size for array in written.values())
    assert len(whole) - len(half) == 2 * numbers
    for name, array in written.items():
        if not array.size:
            continue
        assert read[name].dtype == np.float32
        size = np.sqrt(np.mean(array.astype(float) ** 2))
        step = 2.0 ** np.floor(np.log2(size / STEPS_IN_SIZE))
        assert size / STEPS_IN_SIZE / 2 < step <= size / STEPS_IN_SIZE
        assert (read[name] % step == 0).all()
        assert np.abs(read[name] - array).max() <= step / 2
    assert weights_bytes(rounded(weights)) == weights_bytes(back)


def test_zeros_stay_zeros_in_half_the_bytes():
    assert (rounded(replace(WEIGHTS, bias=np.zeros_like(WEIGHTS.bias))).bias == 0).all()


def test_many_weights_in_half_the_bytes_pack_to_a_quarter():
    weights = random_event_weights(40, units=64)
    assert len(zlib.compress(weights_bytes(weights, half=True))) < 0.27 * len(weights_bytes(weights))


def test_a_number_that_half_the_bytes_cannot_say_is_refused():
    with pytest.raises(ValueError, match="bias"):
        rounded(replace(WEIGHTS, bias=np.full_like(WEIGHTS.bias, 1e5)))


def test_a_stack_that_was_written_is_read():
    weights = random_stack(5, (4, 3, 2))
    back = parse_weights(weights_bytes(weights))
    assert isinstance(back, LstmStackWeights)
    for name, array in weights.arrays().items():
        assert (back.arrays()[name] == array).all()


def test_a_stack_with_a_hole_is_none():
    arrays = random_stack(5, (4, 3, 2)).arrays()
    del arrays["bias_2"]
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    with pytest.raises(ValueError, match="or those of a stack of layers; they hold"):
        parse_weights(buffer.getvalue())


def test_other_floats_and_the_other_order_are_the_same_numbers():
    for dtype in (np.float64, ">f4"):
        back = parse_weights(packed(kernel=np.asfortranarray(WEIGHTS.kernel.astype(dtype))))
        assert back.kernel.dtype == np.float32
        assert (back.kernel == WEIGHTS.kernel).all()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (packed(kernel=np.zeros((5, 12), complex)), "kernel must be one of float16, float32, float64, got"),
        (packed(kernel=np.zeros((5, 12), "U9")), "kernel must be one of"),
        (packed(kernel=np.zeros((5, 12), [("a", "f4")])), "kernel must be one of"),
        (packed(kernel=np.full((5, 12), np.nan, np.float32)), "kernel holds a number that is not finite"),
        (packed(bias=np.full(12, 1e300)), "bias holds a number that is not finite"),
        (packed(bias=np.full(12, 2 * LARGEST_WEIGHT)), "bias must hold numbers of at most 10000, got 20000"),
        (packed(recurrent=np.float32(1)), r"recurrent must have shape \(…, …\), got \(\)"),
        (packed(recurrent=np.zeros((0, 0), np.float32)), "kernel must have shape"),
        (packed(kernel=np.zeros((5, 13), np.float32)), r"kernel must have shape \(5, 12\), got \(5, 13\)"),
        (packed(surprise=np.zeros(1)), "weights must hold kernel"),
        (zipped([*members(), ("kernel.npy", b"")]), "weights must hold kernel"),
        (zipped([("../" * 40 + "kernel\n.npy", b"")]), "weights must hold kernel"),
        (zipped([*members()[1:], ("kernel.npy", b"no array")]), "."),
        (zipped(members(), compression=zipfile.ZIP_LZMA), "weights must be stored or deflated"),
        (zipped([(f"{n}.npy", b"") for n in range(9999)]), "npz file of a few arrays"),
        (b"", "npz file"),
        (pickle.dumps(WEIGHTS.bias), "npz file"),
        (b"\x89HDF\r\n\x1a\n" + bytes(99), "npz file"),
    ],
)
def test_what_are_no_weights_is_refused_in_one_line(data, reason):
    with pytest.raises(ValueError, match=reason) as refused:
        parse_weights(data)
    assert len(str(refused.value)) < 600


@pytest.mark.parametrize("length", [13, 1_000_000_000_000])
def test_a_header_that_lies_of_a_shape_is_refused(length):
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({length},), }}".encode().ljust(117) + b"\n"
    lie = b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header + bytes(48)
    with pytest.raises(ValueError, match=r"cannot be read|reading array data"):
        parse_weights(zipped([(n, lie if n == "bias.npy" else data) for n, data in members()]))


def test_a_locked_member_is_refused():
    data = bytearray(packed())
    for mark, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.find(mark) + flags] |= 1
    with pytest.raises(ValueError, match="encrypted"):
        parse_weights(bytes(data))
