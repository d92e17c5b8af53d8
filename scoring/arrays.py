"""The kinds of arrays the engine works on, and sums over them."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


def sums_by(index: IntArray, values: FloatArray, size: int) -> FloatArray:
    """Sum of `values` for every index below `size`."""
    return np.asarray(np.bincount(index, weights=values, minlength=size), np.float64)


def counts_by(index: IntArray, size: int) -> IntArray:
    """How often every index below `size` occurs."""
    return np.bincount(index, minlength=size).astype(np.int64)


def exact_sums_by(index: IntArray, values: IntArray, size: int) -> IntArray:
    """Sum of whole `values` for every index below `size`, without rounding."""
    sums = np.zeros(size, np.int64)
    np.add.at(sums, index, values)
    return sums
