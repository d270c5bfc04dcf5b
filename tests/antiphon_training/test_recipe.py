"""The recipes are what they are said to be."""

import pytest

from antiphon.errors import WrongUse
from antiphon_training.network.network_kinds import NETWORK_KINDS
from antiphon_training.recipe import RECIPES, Recipe


def test_the_seed_recipe_is_the_one_the_user_described() -> None:
    assert RECIPES["seed"] == Recipe("seed", "window", 256, 0.2, 64, 0.001, 50)


def test_every_recipe_is_known_by_its_name_and_has_a_kind_of_network() -> None:
    assert list(RECIPES) == ["seed", "stream", "default"]
    assert all(name == recipe.name for name, recipe in RECIPES.items())
    assert {(recipe.network, recipe.context) for recipe in RECIPES.values()} == set(NETWORK_KINDS)


def test_only_notes_and_rests_are_heard_in_other_keys_and_places() -> None:
    varied = [name for name, recipe in RECIPES.items() if recipe.key_jitter or recipe.place_forgotten]
    assert varied == [name for name, recipe in RECIPES.items() if recipe.network == "events"] == ["default"]


@pytest.mark.parametrize("wrong", [{"epochs": 0}, {"epochs": -3}, {"units": 0}, {"units": 5000}])
def test_settings_out_of_range_are_refused_by_name(wrong: dict[str, int]) -> None:
    with pytest.raises(WrongUse, match=f"--{next(iter(wrong))} must be 1–"):
        RECIPES["default"].with_settings(**wrong)
