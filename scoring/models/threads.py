"""One thread for small matrices: on a busy machine, waiting for a second one costs a thousand times the work itself."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from typing import Any

LARGE = 4000
# NumPy and SciPy may each carry their own OpenBLAS; a symbol is looked up in what the module was linked with.
LINKED = ("numpy.linalg._umath_linalg", "scipy.linalg._flapack")
PREFIXES, SUFFIXES = ("scipy_", ""), ("64_", "")


@contextmanager
def one_thread(size: int) -> Iterator[None]:
    """Keep the linear algebra to one thread while matrices are smaller than 4,000; do nothing where it cannot be told.

    Parameters
    ----------
    size : int
        Rows of the matrix at hand.
    """
    limits = _limits() if size < LARGE else ()
    before = [get() for get, _ in limits]
    for _, limit in limits:
        limit(1)
    try:
        yield
    finally:
        for (_, limit), threads in zip(limits, before, strict=True):
            limit(threads)


@cache
def _limits() -> tuple[tuple[Any, Any], ...]:
    """How every OpenBLAS in use is asked and told its number of threads."""
    found = (_limit_of(name) for name in LINKED)
    return tuple(limit for limit in found if limit is not None)


def _limit_of(name: str) -> tuple[Any, Any] | None:
    try:
        library = ctypes.CDLL(str(import_module(name).__file__))
    except (ImportError, OSError):
        return None
    for prefix in PREFIXES:
        for suffix in SUFFIXES:
            names = (f"{prefix}openblas_{verb}_num_threads{suffix}" for verb in ("get", "set"))
            get, limit = (getattr(library, symbol, None) for symbol in names)
            if get is not None and limit is not None:
                return get, limit
    return None
