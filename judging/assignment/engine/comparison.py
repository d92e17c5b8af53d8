"""How well a plan lets judges' severities be told apart, when a score is entry + severity of the judge + noise.

With every entry eliminated, what a plan tells about severities is the matrix L = diag(loads) - N' diag(1/k) N (N the
plan as entries by judges, k the judges per entry): the Laplacian of a network in which every entry ties its judges
together. Its non-zero eigenvalues say how much is known about each contrast of severities.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_solve, cholesky, eigvalsh, solve_triangular
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import LinearOperator, eigsh

from judging.assignment.engine.instance import Floats, Ints, Pairs

DENSE = 600  # judges up to which all eigenvalues are computed


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Measures of a plan; none hangs on the order or numbering of judges.

    Attributes
    ----------
    a_eff
        Harmonic over arithmetic mean of the non-zero eigenvalues: the mean variance of a difference of two severities
        if the same ballots told equally much about every contrast, over the one they have. At most 1; 0 when some
        severities cannot be compared at all.
    lam2
        Smallest of them over the arithmetic mean: how much is known about the worst contrast; 0 when unconnected.
    post
        Mean variance left of a severity that varies between judges as much as the noise does between ballots.
    error
        Expected standard error of the difference of two judges' severities, in standard deviations of the noise of
        one ballot; infinite when unconnected.
    parts
        Groups of judges without a link between them (judges with a ballot only); 1 is what one wants.
    judges
        With at least one ballot.
    """

    a_eff: float
    lam2: float
    post: float
    error: float
    parts: int
    judges: int

    def error_of(self, noise: float) -> float:
        """Return the standard error of a difference of severities, for noise of some points per ballot."""
        return self.error * noise


def compare(pairs: Pairs, judges: int) -> Comparison:
    """Measure a plan of `judges` judges (with or without a ballot)."""
    loads = np.bincount(pairs.column, minlength=judges)
    used = np.nonzero(loads)[0]
    if not len(used):
        return Comparison(0.0, 0.0, 1.0, np.inf, 0, 0)
    place = np.cumsum(loads > 0) - 1
    small = Pairs(pairs.row, place[pairs.column])
    parts = int(parts_of(small, len(used)).max()) + 1
    laplacian = information(small, len(used))
    if len(used) <= DENSE:
        values = eigvalsh(laplacian)
        post, inverse, lowest = float((1 / (1 + values)).sum()), 0.0, 0.0
        if parts == 1 and len(used) > 1:
            inverse, lowest = float((1 / values[1:]).sum()), float(values[1])
    else:
        post = trace_of_inverse(laplacian + np.eye(len(used)))
        inverse, lowest = _spectrum(laplacian) if parts == 1 else (0.0, 0.0)
    post = (post + judges - len(used)) / judges
    if parts > 1 or len(used) == 1:
        return Comparison(0.0, 0.0, post, np.inf if parts > 1 else 0.0, parts, len(used))
    mean = float(np.trace(laplacian)) / (len(used) - 1)
    a_eff = (len(used) - 1) / inverse / mean
    return Comparison(a_eff, lowest / mean, post, float(np.sqrt(2 * inverse / (len(used) - 1))), parts, len(used))


def information(pairs: Pairs, judges: int) -> Floats:
    """Return L, float64 (judges, judges)."""
    rows, row = np.unique(pairs.row, return_inverse=True)
    panel = np.bincount(row)
    shared = csr_array((1 / np.sqrt(panel[row]), (row, pairs.column)), shape=(len(rows), judges))
    laplacian: Floats = -(shared.T @ shared).toarray()
    laplacian[np.arange(judges), np.arange(judges)] += np.bincount(pairs.column, minlength=judges)
    return laplacian


def parts_of(pairs: Pairs, judges: int) -> Ints:
    """Return the number of the part that each judge belongs to, int64 (judges,)."""
    rows = int(pairs.row.max(initial=-1)) + 1
    size = judges + rows
    graph = csr_array((np.ones(len(pairs)), (pairs.column, judges + pairs.row)), shape=(size, size))
    label = connected_components(graph, directed=False)[1][:judges]
    return np.unique(label, return_inverse=True)[1].astype(np.int64)


def trace_of_inverse(matrix: Floats) -> float:
    """Return the trace of the inverse of a positive definite matrix."""
    factor = cholesky(matrix, lower=True, check_finite=False)
    half = solve_triangular(factor, np.eye(len(matrix)), lower=True, check_finite=False, overwrite_b=True)
    return float(np.einsum("ij,ij->", half, half))


def _spectrum(laplacian: Floats) -> tuple[float, float]:
    """Return the trace of the pseudo-inverse and the smallest non-zero eigenvalue, of a connected plan."""
    size = len(laplacian)
    lifted = laplacian + np.trace(laplacian) / size / size  # the constant contrast gets the mean eigenvalue
    factor = cholesky(lifted, lower=True, check_finite=False)
    half = solve_triangular(factor, np.eye(size), lower=True, check_finite=False, overwrite_b=True)
    inverse = float(np.einsum("ij,ij->", half, half)) - size / float(np.trace(laplacian))
    solve = LinearOperator((size, size), matvec=lambda x: cho_solve((factor, True), x, check_finite=False))
    start = np.sin(np.arange(1, size + 1, dtype=np.float64))
    largest = eigsh(solve, k=1, which="LA", v0=start, return_eigenvectors=False, tol=1e-9)
    return inverse, 1 / float(largest[0])


def links(pairs: Pairs, label: Ints) -> Ints:
    """Count the entries that two groups of judges have in common, int64 (groups, groups).

    Parameters
    ----------
    pairs
    label : int64 (m,)
        Group of each judge: hall, panel, field; -1 for none.

    Returns
    -------
    int64 (g, g)
        Symmetric; on the diagonal the entries a group judges.
    """
    groups = int(label.max(initial=-1)) + 1
    rows = int(pairs.row.max(initial=-1)) + 1
    here = np.zeros((rows, groups), dtype=np.int64)
    inside = label[pairs.column] >= 0
    here[pairs.row[inside], label[pairs.column[inside]]] = 1
    return here.T @ here
