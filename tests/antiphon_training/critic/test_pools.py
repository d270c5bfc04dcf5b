"""A cut is told to the critic as in playing: counted from a bar line, the answer after the phrase."""

import pytest

from antiphon.compose.answer_features import features
from antiphon_training.critic.pools import pool, pools
from antiphon_training.judge.answer_settings import JudgedSettings
from antiphon_training.judge.answers import answer, speaker_of
from antiphon_training.score.evaluated_model import evaluated_model
from toy_answers import quarters, toy_bundle, toy_opening
from toy_songs import toy_data


def column(measured, name):
    return measured[..., features.NAMES.index(name)]


def test_a_pool_has_the_truth_and_our_answers_in_their_order():
    cut = toy_opening(quarters([60, 62, 64, 65]), quarters([64, 62, 60]))
    found = pool(cut, [quarters([65, 65, 65]).split(), quarters([60, 62, 67]).split()])
    assert found.ours.shape == (2, len(features.NAMES))
    assert column(found.truth, "last_is_tonic") == 1
    assert column(found.ours, "last_degree").tolist() == [5, 7]
    assert pool(cut, []).ours.shape == (0, len(features.NAMES))


@pytest.mark.train
def test_a_bundles_answers_are_those_it_gives_elsewhere(tmp_path):
    folder = toy_bundle(tmp_path / "toy", toy_data(tmp_path / "data"))
    speaker, settings = speaker_of(evaluated_model(str(folder))), JudgedSettings()
    cut = toy_opening(quarters([60, 62, 64, 65]), quarters([64, 62, 60]))
    first, second = pools(speaker, [cut, cut], 2, settings, 5)
    again = answer(speaker, cut, settings, (5, 1, 0)).stream
    assert (second.ours[0] == pool(cut, [again]).ours[0]).all()
    assert (first.truth == second.truth).all()
