"""A critic's file holds the arrays of its trees, or it is refused in one line."""

import io
import pickle

import numpy as np
import pytest

from antiphon.critic_file import critic_bytes, parse_critic
from toy_critic import random_trees

TREES = random_trees()
NAMES = tuple(type(TREES).__dataclass_fields__)


def packed(**changes):
    buffer = io.BytesIO()
    arrays = {name: getattr(TREES, name) for name in NAMES} | changes
    np.savez(buffer, **{name: array for name, array in arrays.items() if array is not None})
    return buffer.getvalue()


def test_what_was_written_is_read():
    back = parse_critic(critic_bytes(TREES))
    for name in NAMES:
        assert (getattr(back, name) == getattr(TREES, name)).all()
        assert getattr(back, name).dtype == getattr(TREES, name).dtype
    assert critic_bytes(back) == critic_bytes(TREES)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "npz file of a few arrays"),
        (pickle.dumps(TREES.leaves), "npz file of a few arrays"),
        (packed(leaves=None), "a critic must hold version, asked, thresholds, leaves, bias; it holds"),
        (packed(surprise=np.zeros(1)), "a critic must hold"),
        (packed(leaves=TREES.leaves.astype(np.float64)), "leaves must be one of float32, got float64"),
        (packed(asked=TREES.asked.astype(object)), "."),
        (packed(version=np.array(0, np.int32)), "have version 0"),
        (packed(thresholds=TREES.thresholds[:3]), "thresholds must have shape"),
        (packed(leaves=np.zeros((2**12, 2**10), np.float32)), "unpack to more than 4 MiB"),
    ],
)
def test_what_is_no_critic_is_refused_in_one_line(data, reason):
    with pytest.raises(ValueError, match=reason) as refused:
        parse_critic(data)
    assert len(str(refused.value).splitlines()) == 1
    assert len(str(refused.value)) < 600


def test_every_truncated_file_is_refused():
    whole = critic_bytes(TREES)
    for length in range(0, len(whole), 97):
        with pytest.raises(ValueError, match=r"."):
            parse_critic(whole[:length])
