import dataclasses

import numpy as np
import pytest

from antiphon.compose.event_grid import EventGrid
from antiphon.compose.event_weights import EventWeights
from fakes import random_event_weights

WEIGHTS = random_event_weights(7, grid=EventGrid(12, (1, 2, 3, 4, 6, 12)), form=True)


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(EventWeights)])
def test_a_misshapen_array_is_named(name):
    arrays = {field.name: getattr(WEIGHTS, field.name) for field in dataclasses.fields(EventWeights)}
    with pytest.raises(ValueError, match=r"must have shape|not finite"):
        EventWeights(**{**arrays, name: np.zeros((3, 5), np.float32)})
    with pytest.raises(ValueError, match=f"{name} holds a number that is not finite"):
        EventWeights(**{**arrays, name: np.full_like(arrays[name], np.nan)})
