"""How judges hang together: entries in common, and how well the severity of one is known against another's."""

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from scoring.arrays import BoolArray, FloatArray, IntArray
from scoring.design import Design
from scoring.errors import ScoringError
from scoring.models.threads import one_thread
from scoring.sentences import Sentence
from scoring.table import ScoreTable

MOST_JUDGES = 3000


def linking_entries(table: ScoreTable) -> IntArray:
    """How many entries each pair of judges has in common, judges by judges; own loads on the diagonal.

    Parameters
    ----------
    table : ScoreTable

    Returns
    -------
    array of int
    """
    incidence = Design.of(table).incidence
    return np.asarray((incidence.T @ incidence).toarray()).astype(np.int64)


def contrast_errors(table: ScoreTable) -> FloatArray:
    """Standard error of the difference of two judges' severities, in units of the noise of a total.

    Parameters
    ----------
    table : ScoreTable

    Returns
    -------
    array of float
        Judges by judges; infinite between unlinked parts, 0 on the diagonal.

    Raises
    ------
    ScoringError
        ``too_many_judges`` above 3,000.

    Notes
    -----
    Entries and judges as fixed effects: the generalized inverse of the reduced normal equations, which are the Laplacian of
    the graph of judges (its effective resistance). Fisher's incomplete blocks; Ghosh, Boyd & Saberi (2008).
    """
    design = Design.of(table)
    judges = len(table.judges)
    if judges > MOST_JUDGES:
        text = Sentence(
            f"Pairs are compared of up to {MOST_JUDGES} judges; there are {judges}.",
            f"最多两两比较 {MOST_JUDGES} 位评委；这里有 {judges} 位。",
        )
        raise ScoringError("too_many_judges", text, judges=judges, most=MOST_JUDGES)
    shared = design.incidence.multiply(1 / design.load_of_entry[:, None]).tocsr()
    matrix = np.diag(design.load_of_judge) - np.asarray((design.incidence.T @ shared).toarray(), float)
    same = _same(design.part_of_judge)
    with one_thread(judges):
        factor = cho_factor(matrix + same / same.sum(axis=1), lower=True, check_finite=False)
        inverse = np.asarray(cho_solve(factor, np.eye(judges), check_finite=False), float)
    variance = np.add.outer(np.diag(inverse), np.diag(inverse)) - 2 * inverse
    np.fill_diagonal(variance, 0.0)
    return np.where(same, np.sqrt(np.maximum(variance, 0.0)), np.inf)


def _same(part: IntArray) -> BoolArray:
    return np.asarray(part[:, None] == part[None, :], bool)
