"""How another model joins a performance that is under way."""

import pytest

from antiphon import bundle
from antiphon.commands.plan import join_of, plan_of
from antiphon.errors import Failure, WrongUse
from antiphon.files import chord_table
from antiphon.harmony.theory import theory
from antiphon.stage.ports.wiring import PartOutput


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


def test_the_table_of_chords_is_read_before_anything_is_loaded(tmp_path):
    table = tmp_path / "mine.json"
    chord_table.write(table, theory(), 1, 1)
    plan = plan_of(None, {}, (f"harmony.table={table}",), 1)
    assert plan.chords is not None
    assert plan.order.chords is plan.chords.table
    table.write_text("{}")
    with pytest.raises(WrongUse) as refused:
        plan_of(None, {}, (f"harmony.table={table}",), 1)
    said = f"harmony.table: {table}: is not a chord table: format None, this Antiphon reads format 1"
    assert refused.value.message == said


def test_a_part_may_have_a_port_of_its_own():
    ports = ("harmony.bass_port=own", "harmony.second_voice_port=Moog", "harmony.second_voice_channel=9")
    assert plan_of(None, {}, ports, 1).wiring.part_outputs == (
        PartOutput("bass", "", 1),
        PartOutput("second-voice", "Moog", 8),
    )
    assert plan_of(None, {}, (), 1).wiring.part_outputs == ()
