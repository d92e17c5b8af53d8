"""Texts as weighted character n-grams: Chinese has no spaces between its words, so pairs and triples of characters stand
for them; Latin words and numbers with letters (SPC, 6S) count whole.

Everything runs over one array of code points, not text by text: 5,000 abstracts take as long as one sort of their grams.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Codes = NDArray[np.uint64]
_LATIN = re.compile(r"(?=[a-z0-9]*[a-z])[a-z0-9]{2,40}")
_BITS = np.uint64(21)  # of a code point; three of them fill 63 bits, the 64th marks a Latin word
_WORD = np.uint64(1 << 63)
_PARTICLES = "的与和及或在中了对为以于之其等"  # a stretch neither begins nor ends with one
_SCRIPT = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x2FFFF))


@dataclass(frozen=True, slots=True, eq=False)
class Grams:
    """All grams of a list of texts, one line per place where one stands."""

    code: Codes
    text: NDArray[np.int64]  # which text


def plain(text: str) -> str:
    """Return a text as it is compared, character by character: one width, no case."""
    point = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32).copy()
    wide = (point >= 0xFF01) & (point <= 0xFF5E)
    point[wide] -= 0xFEE0
    point[(point >= ord("A")) & (point <= ord("Z"))] += 32
    return point.tobytes().decode("utf-32-le")


def grams_of(texts: Sequence[str]) -> Grams:
    """Return the grams of texts: pairs and triples of Chinese characters, and Latin words."""
    ends = np.cumsum([len(text) + 1 for text in texts], dtype=np.int64)
    joined = plain("\n".join([*texts, ""]))
    point = np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    script = np.zeros(len(point), dtype=bool)
    for low, high in _SCRIPT:
        script |= (point >= low) & (point <= high)
    pair = np.flatnonzero(script[:-1] & script[1:])
    pairs = (point[pair] << _BITS) | point[pair + 1]
    inside = pair[: np.searchsorted(pair, len(point) - 2)]
    triple = inside[script[inside + 2]]
    triples = (((point[triple] << _BITS) | point[triple + 1]) << _BITS) | point[triple + 2]
    words = [(match.start(), _word(match.group())) for match in _LATIN.finditer(joined)]
    place = np.array([start for start, _ in words], dtype=np.int64)
    word = np.array([code for _, code in words], dtype=np.uint64)
    where = np.concatenate([pair, triple, place])
    return Grams(np.concatenate([pairs, triples, word]), np.searchsorted(ends, where, side="right"))


def _word(word: str) -> int:
    """Return a number for a Latin word: FNV-1a over its letters, so that it needs no dictionary."""
    value = 0xCBF29CE484222325
    for letter in word.encode():
        value = ((value ^ letter) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value | int(_WORD)


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """The texts of a round as a matrix: one row per work, unit length, and what each gram is worth."""

    vocabulary: Codes  # sorted
    worth: NDArray[np.float64]  # inverse document frequency of each gram
    unseen: float  # what a gram is worth that stands in none of the works
    rows: csr_array  # float64 (n, vocabulary), each row of length 1


def corpus(texts: Sequence[Sequence[str]], weights: Sequence[float]) -> Corpus:
    """Return works as TF-IDF vectors.

    Parameters
    ----------
    texts
        Of each work its fields, for example title, keywords, abstract.
    weights
        How often a gram of each field counts.

    Returns
    -------
    Corpus
        Term weight ``ln(1 + weighted count)`` times ``ln((1 + n) / (1 + works with the gram))``, each row divided by
        its Euclidean length: a gram that stands in every work is worth nothing.
    """
    count = len(texts)
    parts = [grams_of([work[field] for work in texts]) for field in range(len(weights))]
    code = np.concatenate([part.code for part in parts]) if parts else np.zeros(0, dtype=np.uint64)
    text = np.concatenate([part.text for part in parts]) if parts else np.zeros(0, dtype=np.int64)
    times = np.repeat(np.asarray(weights, dtype=np.float64), [len(part.code) for part in parts])
    vocabulary, gram = np.unique(code, return_inverse=True)
    counted = csr_array((times, (text, gram)), shape=(count, len(vocabulary)))
    counted.sum_duplicates()
    seen = np.bincount(counted.indices, minlength=len(vocabulary))
    worth = np.log((1 + count) / (1 + seen))
    counted.data = np.log1p(counted.data) * worth[counted.indices]
    return Corpus(vocabulary, worth, float(np.log(1 + count)), _unit(counted))


def profiles(known: Corpus, texts: Sequence[str]) -> csr_array:
    """Return texts of other people in the words of a corpus, as rows of unit length; what no work says only lengthens."""
    found = grams_of(texts)
    shape = (len(texts), len(known.vocabulary) + 1)  # the last column stands for grams that no work has
    place = np.searchsorted(known.vocabulary, found.code)
    place = np.where(place < len(known.vocabulary), place, 0)
    is_known = known.vocabulary[place] == found.code if len(known.vocabulary) else np.zeros(len(found.code), dtype=bool)
    column = np.where(is_known, place, len(known.vocabulary))
    counted = csr_array((np.ones(len(column)), (found.text, column)), shape=shape)
    counted.sum_duplicates()
    worth = np.append(known.worth, known.unseen)
    # Several unseen grams share one column: their squares add up, as if each stood alone.
    alone = counted.indices == len(known.vocabulary)
    counted.data = np.where(alone, np.sqrt(counted.data) * np.log(2), np.log1p(counted.data)) * worth[counted.indices]
    return _unit(counted)[:, : len(known.vocabulary)]


def _unit(rows: csr_array) -> csr_array:
    length = np.sqrt(np.asarray((rows * rows).sum(axis=1)).ravel())
    inverse = np.divide(1.0, length, out=np.zeros_like(length), where=length > 0)
    rows.data = rows.data * np.repeat(inverse, np.diff(rows.indptr))
    return rows


def shared_words(one: str, other: str, known: Corpus, most: int = 3) -> tuple[str, ...]:
    """Return the longest stretches that two texts share, the telling ones first."""
    one, other = plain(one), plain(other)
    stretches = {piece for piece in _common(one, other) if len(piece) >= 2}
    longest = list[str]()
    for piece in sorted(stretches, key=lambda piece: (-len(piece), piece)):
        if not any(piece in wider for wider in longest):
            longest.append(piece)
    worth = _worth_of(longest, known)
    telling = [piece for piece in longest if worth[piece] > 0]
    return tuple(sorted(telling, key=lambda piece: (-worth[piece], piece))[:most])


def _common(one: str, other: str) -> set[str]:
    found = set(_LATIN.findall(one)) & set(_LATIN.findall(other))
    pairs = {other[at : at + 2] for at in range(len(other) - 1)}
    for run in re.findall(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002ffff]+", one):
        for start in range(len(run) - 1):
            if run[start : start + 2] in pairs:
                end = start + 3
                while end <= len(run) and run[start:end] in other:
                    end += 1
                found.add(run[start : end - 1].strip(_PARTICLES))
    return found


def _worth_of(pieces: Sequence[str], known: Corpus) -> dict[str, float]:
    """Return what the grams of each stretch are worth together, each gram once."""
    found = grams_of(pieces)
    place = np.minimum(np.searchsorted(known.vocabulary, found.code), max(len(known.vocabulary) - 1, 0))
    worth = dict.fromkeys(pieces, 0.0)
    if len(known.vocabulary):
        is_known = known.vocabulary[place] == found.code
        once = set(zip(found.text[is_known].tolist(), place[is_known].tolist(), strict=True))
        for text, gram in sorted(once):
            worth[pieces[text]] += float(known.worth[gram])
    return worth
