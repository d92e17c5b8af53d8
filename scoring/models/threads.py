"""One thread for small matrices: on a busy machine, waiting for a second one costs a thousand times the work itself."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from scipy.linalg import _flapack

LARGE = 1000
PREFIXES = ("scipy_", "")
SUFFIXES = ("", "64_")


@contextmanager
def one_thread(size: int) -> Iterator[None]:
    """Keep the linear algebra to one thread while matrices are smaller than 1,000; do nothing where it cannot be told.

    Parameters
    ----------
    size : int
        Rows of the matrix at hand.
    """
    limits = _limits()
    if limits is None or size >= LARGE:
        yield
        return
    get, limit = limits
    before = get()
    limit(1)
    try:
        yield
    finally:
        limit(before)


@cache
def _limits() -> tuple[Any, Any] | None:
    """How OpenBLAS is asked and told its number of threads, if that is what SciPy was built with."""
    try:
        library = ctypes.CDLL(_flapack.__file__)
    except (OSError, AttributeError):
        return None
    for prefix in PREFIXES:
        for suffix in SUFFIXES:
            names = (f"{prefix}openblas_{verb}_num_threads{suffix}" for verb in ("get", "set"))
            get, limit = (getattr(library, name, None) for name in names)
            if get is not None and limit is not None:
                return get, limit
    return None
