import pytest

from antiphon.compose.memory.experience import DISTANCES, RUNS, Experience


@pytest.mark.parametrize(
    "table", [((1.0,),), ((-1.0,) * RUNS,) * DISTANCES, ((float("nan"),) * RUNS,) * DISTANCES]
)
def test_an_experience_that_is_none_is_refused(table):
    with pytest.raises(ValueError, match="memory's weights must"):
        Experience(table)
