"""The first judge: gradient boosting of trees on features of phrase and answer."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from antiphon_training.judge.trained.features import matrix
from antiphon_training.judge.trained.line import Exchange

Floats = NDArray[np.float64]
_TREES, _RATE, _LEAVES, _FEWEST = 150, 0.06, 12, 10


class BoostedTrees:
    """Scores how likely an answer is ours (scikit-learn's histogram gradient boosting, so many trees)."""

    def __init__(self, exchanges: Sequence[Exchange], trees: int = _TREES) -> None:
        self._rows, self._trees = matrix(exchanges), trees

    def scores(self, learned: NDArray[np.intp], ours: NDArray[np.bool_], asked: NDArray[np.intp]) -> Floats:
        """For the exchanges `asked` (k,), after learning from those `learned`; `ours` says which are ours."""
        from sklearn.ensemble import HistGradientBoostingClassifier

        trees = HistGradientBoostingClassifier(
            max_iter=self._trees,
            learning_rate=_RATE,
            max_leaf_nodes=_LEAVES,
            min_samples_leaf=_FEWEST,
            l2_regularization=1.0,
            max_features=0.5,
            early_stopping=False,
            random_state=0,
        )
        said = ~np.isnan(self._rows[learned]).all(axis=0)  # scikit-learn cannot bin a column of nothing
        trees.fit(self._rows[learned][:, said], ours[learned])
        return np.asarray(trees.decision_function(self._rows[asked][:, said]), np.float64)
