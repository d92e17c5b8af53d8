"""Fingerprints: the same marks, parameters and version give the same digest, in any order and on any machine."""

import hashlib
import json
from collections.abc import Mapping, Sequence

import numpy as np

from scoring.arrays import FloatArray, IntArray


def digest_of(parts: Sequence[object]) -> str:
    """SHA-256 over values, each written in one canonical way.

    Parameters
    ----------
    parts : sequence
        Arrays, or anything JSON can write.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    digest = hashlib.sha256()
    for part in parts:
        content = _bytes_of(part)
        digest.update(len(content).to_bytes(8, "big"))
        digest.update(content)
    return digest.hexdigest()


def canonical_json(value: object) -> str:
    """JSON with sorted keys and no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else str(value)


def _bytes_of(part: object) -> bytes:
    if isinstance(part, np.ndarray):
        return _canonical_array(part).tobytes()
    return canonical_json(part).encode()


def _canonical_array(array: FloatArray | IntArray) -> FloatArray | IntArray:
    return array.astype("<i8") if array.dtype.kind in "iub" else array.astype("<f8") + 0.0  # + 0.0: no negative zero
