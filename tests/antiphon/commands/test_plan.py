"""How another model joins a performance that is under way."""

import pytest

from antiphon import bundle
from antiphon.commands.plan import join_of
from antiphon.errors import Failure, WrongUse


def test_a_shipped_model_or_a_folder_joins_under_the_name_that_was_given():
    folder = bundle.find("han")
    for name in ("han", str(folder)):
        join = join_of(24, name)
        assert (join.name, join.model.folder, join.model.name) == (name, folder, "han")


def test_one_that_does_not_fit_or_is_none_is_refused(tmp_path):
    steps = bundle.read_card(bundle.find("essen")).steps_per_quarter
    with pytest.raises(WrongUse, match=f"essen has {steps} steps to a quarter.*performance of {steps + 1}"):
        join_of(steps + 1, "essen")
    with pytest.raises(WrongUse, match="neither a folder nor a bundle"):
        join_of(24, "nobody")
    with pytest.raises(Failure):
        join_of(24, str(tmp_path))
