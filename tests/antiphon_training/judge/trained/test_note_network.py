"""The GRU learns what differs, anew for every fold, and gets notes as rows of ids."""

import numpy as np

from antiphon_training.judge.trained.line import exchange_of
from antiphon_training.judge.trained.note_network import NoteNetwork, padded
from toy_answers import quarters, toy_answer


def test_it_tells_what_it_learned_to_tell_and_learns_anew_each_time() -> None:
    rng = np.random.default_rng(0)
    phrase = quarters([60, 62])
    true = [toy_answer(phrase, quarters(rng.choice([60, 62, 64], 3))) for _ in range(40)]
    ours = [toy_answer(phrase, quarters(rng.choice([66, 68, 70], 3))) for _ in range(40)]
    judge = NoteNetwork([exchange_of(answer) for answer in (*true, *ours)])
    which = np.arange(80) >= 40
    learned, asked = np.flatnonzero(np.arange(80) % 4 > 0), np.flatnonzero(np.arange(80) % 4 == 0)
    scores = judge.scores(learned, which, asked)
    assert scores[:10].max() < scores[10:].min()
    turned = judge.scores(learned, ~which, asked)
    assert turned[:10].min() > turned[10:].max()


def test_songs_are_padded_at_their_end() -> None:
    one, three = np.ones((1, 8), np.int32), np.full((3, 8), 2, np.int32)
    assert padded([one, three])[:, :, 0].tolist() == [[1, 0, 0], [2, 2, 2]]
