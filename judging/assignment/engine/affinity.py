"""How well each judge fits each work, as a sum that can be told: same industry, speciality, shared words, track, past
works, own wishes.

A pure function over texts and marks. Every part is rounded to hundredths before it is added, so that the number of a pair
is exactly the sum a person reads; and pairs that are as good as each other are equal, which is what lets a plan choose
among them for the sake of comparability.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from judging.assignment.engine.grams import Corpus, corpus, grams_of, profiles, shared_words

Floats = NDArray[np.float32]
FIELD_WEIGHTS = (3.0, 2.0, 1.0)  # a gram of the title, the keywords, the abstract
HUNDREDTHS = 100
_BLOCK = 256  # works and judges at once: small enough for the cache


class Term(StrEnum):
    """What makes a judge fit, in the order in which it is told."""

    INDUSTRY = "industry"
    SPECIALITY = "speciality"
    WORDS = "words"
    TRACK = "track"
    PAST = "past"
    WISH = "wish"


PRESET: Mapping[Term, float] = {
    Term.INDUSTRY: 0.4,
    Term.SPECIALITY: 0.3,
    Term.WORDS: 0.2,
    Term.TRACK: 0.1,
    Term.PAST: 0.1,
    Term.WISH: 0.3,
}


@dataclass(frozen=True, slots=True)
class Work:
    """What may be known of a work where it is judged blind: its masked words and its industry."""

    title: str
    keywords: str = ""
    abstract: str = ""
    industry: str = ""

    @property
    def text(self) -> str:
        """Return all its words."""
        return f"{self.title}\n{self.keywords}\n{self.abstract}"


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of a judge: fields, specialities, further words, and the words of works judged in earlier rounds."""

    industries: frozenset[str] = frozenset()
    tracks: frozenset[str] = frozenset()
    specialities: tuple[str, ...] = ()
    words: str = ""
    past: str = ""

    @property
    def text(self) -> str:
        """Return the words a work is compared with."""
        return "\n".join((*self.specialities, self.words))


@dataclass(frozen=True, slots=True, eq=False)
class Wishes:
    """What judges said of works: 1 gladly, -1 rather not; positions of works and judges."""

    row: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    column: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    value: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True, slots=True)
class Part:
    """One summand of a pair's affinity, with the words that two texts share where it rests on words."""

    term: Term
    value: float
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Affinity:
    """The affinity of every pair, and why.

    Attributes
    ----------
    score : float32 (n, m)
        The sums, each a multiple of a hundredth.
    """

    score: Floats
    _works: Sequence[Work]
    _profiles: Sequence[Profile]
    _corpus: Corpus
    _terms: Mapping[Term, "_Values"]
    _weights: Mapping[Term, float]

    def explain(self, i: int, j: int) -> tuple[Part, ...]:
        """Return the summands of one pair, those that are nothing left out; they add up to its score."""
        parts = [self._part(term, i, j) for term in Term if term in self._terms]
        return tuple(part for part in parts if part.value)

    def _part(self, term: Term, i: int, j: int) -> Part:
        value = float(_hundredths(np.array(self._terms[term].at(i, j)), self._weights[term])) / HUNDREDTHS
        told = self._text(term, i, j) if value else ""
        words = shared_words(self._works[i].text, told, self._corpus) if told else ()
        return Part(term, value, words)

    def _text(self, term: Term, i: int, j: int) -> str:
        """Return the words of a judge on which a term rests."""
        values, judge = self._terms[term], self._profiles[j]
        if isinstance(values, _Covered):
            return values.best_phrase(i, j)
        return {Term.WORDS: judge.text, Term.PAST: judge.past}.get(term, "")


class _Values(ABC):
    """A term's values before weighting, block by block."""

    @abstractmethod
    def over(self, judges: slice) -> Callable[[slice], NDArray[np.float64]]:
        """Return what gives the values of some judges for a slice of works."""

    def at(self, i: int, j: int) -> float:
        """Return the value of one pair."""
        return float(self.over(slice(j, j + 1))(slice(i, i + 1))[0, 0])


@dataclass(frozen=True, slots=True, eq=False)
class _Marks(_Values):
    """1 where the code of a work is among a judge's codes."""

    code: NDArray[np.int64]  # of each work; the last row of `known` stands for none
    known: NDArray[np.float64]  # (codes + 1, m)

    def over(self, judges: slice) -> Callable[[slice], NDArray[np.float64]]:
        own = self.known[:, judges]
        return lambda works: own[self.code[works]]


class _Likeness(_Values):
    """The root of the cosine of two texts: it spreads the low cosines of short texts, and keeps their order."""

    def __init__(self, works: csr_array, judges: csr_array) -> None:
        used = np.unique(judges.indices)
        self._works, self._judges = works[:, used].astype(np.float32), judges[:, used].T.tocsc().astype(np.float32)

    def over(self, judges: slice) -> Callable[[slice], NDArray[np.float64]]:
        # A sparse matrix times a small dense one: far quicker than two sparse ones when the answer is dense.
        own = np.ascontiguousarray(self._judges[:, judges].toarray())
        return lambda works: np.asarray(np.sqrt(np.clip(self._works[works] @ own, 0.0, 1.0)))


class _Covered(_Values):
    """How much of the best matching one of a judge's specialities stands in a work: 1 when all of it does."""

    def __init__(self, works: csr_array, phrases: csr_array, of_judge: NDArray[np.int64], texts: Sequence[str]) -> None:
        """Take works as marks of grams, phrases with each row summing to 1 at most, and each judge's phrases."""
        self._likeness = (works @ phrases.T).toarray()
        self._texts = texts
        self._of_judge = of_judge  # (m, most phrases), padded with the empty phrase

    def over(self, judges: slice) -> Callable[[slice], NDArray[np.float64]]:
        own = self._of_judge[judges]

        def best(works: slice) -> NDArray[np.float64]:
            covered = self._likeness[works]
            found = covered[:, own[:, 0]]
            for place in range(1, own.shape[1]):
                np.maximum(found, covered[:, own[:, place]], out=found)
            return np.asarray(np.clip(found, 0.0, 1.0))

        return best

    def best_phrase(self, i: int, j: int) -> str:
        """Return the speciality that counts for a pair."""
        own = self._of_judge[j]
        return str(self._texts[own[int(np.argmax(self._likeness[i, own]))]])


@dataclass(frozen=True, slots=True, eq=False)
class _Wished(_Values):
    """What the judges said."""

    said: csr_array

    def over(self, judges: slice) -> Callable[[slice], NDArray[np.float64]]:
        own = self.said[:, judges]
        return lambda works: np.asarray(own[works].toarray())


def affinity(
    works: Sequence[Work],
    judges: Sequence[Profile],
    *,
    track: str = "",
    weights: Mapping[Term, float] = PRESET,
    wishes: Wishes | None = None,
) -> Affinity:
    """Return how well every judge fits every work.

    Parameters
    ----------
    works, judges
        Rows and columns.
    track
        The track in which the works stand.
    weights
        What each term is worth at most; a term that is left out or worth 0 does not count.
    wishes
        What judges said of works; a later line about a pair takes the place of an earlier one.

    Returns
    -------
    Affinity
        ``score[i, j]`` is the sum over the terms of weight times value, each rounded to hundredths. Values lie in
        [0, 1], those of wishes in [-1, 1].
    """
    said = corpus([(work.title, work.keywords, work.abstract) for work in works], FIELD_WEIGHTS)
    makers: dict[Term, _Values] = {
        Term.INDUSTRY: _marks([work.industry for work in works], [judge.industries for judge in judges]),
        Term.SPECIALITY: _covered(said, [judge.specialities for judge in judges]),
        Term.WORDS: _Likeness(said.rows, profiles(said, [judge.text for judge in judges])),
        Term.TRACK: _marks([track] * len(works), [judge.tracks for judge in judges]),
        Term.PAST: _Likeness(said.rows, profiles(said, [judge.past for judge in judges])),
        Term.WISH: _Wished(_last(wishes or Wishes(), (len(works), len(judges)))),
    }
    counted = {term: values for term, values in makers.items() if weights.get(term)}
    score = np.zeros((len(works), len(judges)), dtype=np.float32)
    for judge in _slices(len(judges)):
        blocks = {term: values.over(judge) for term, values in counted.items()}
        for work in _slices(len(works)):
            parts = [_hundredths(block(work), weights[term]) for term, block in blocks.items()]
            score[work, judge] = sum(parts) / np.float32(HUNDREDTHS) if parts else 0.0
    return Affinity(score, works, judges, said, counted, weights)


def _slices(count: int) -> list[slice]:
    return [slice(start, min(start + _BLOCK, count)) for start in range(0, count, _BLOCK)]


def _hundredths(values: NDArray[np.float64], weight: float) -> NDArray[np.float64]:
    return np.rint(values * (weight * HUNDREDTHS))


def _marks(codes: Sequence[str], known: Sequence[Iterable[str]]) -> _Marks:
    names = {code: place for place, code in enumerate(sorted({code for code in codes if code}))}
    table = np.zeros((len(names) + 1, len(known)))
    for j, own in enumerate(known):
        table[[names[code] for code in own if code in names], j] = 1.0
    return _Marks(np.array([names.get(code, len(names)) for code in codes], dtype=np.int64), table)


def _covered(said: Corpus, specialities: Sequence[Sequence[str]]) -> _Covered:
    """Weigh each gram of a phrase alike: a phrase is covered when all its grams stand in the work."""
    phrases = sorted({phrase for own in specialities for phrase in own})
    place = {phrase: number for number, phrase in enumerate(phrases)}
    most = max((len(own) for own in specialities), default=0) or 1
    of_judge = np.full((len(specialities), most), len(phrases), dtype=np.int64)
    for j, own in enumerate(specialities):
        of_judge[j, : len(own)] = [place[phrase] for phrase in own]
    rows = profiles(said, [*phrases, ""])
    marks = rows.copy()
    marks.data = np.ones_like(marks.data)
    held = np.array([_gram_count(phrase) for phrase in [*phrases, ""]], dtype=np.float64)
    inverse = np.divide(1.0, held, out=np.zeros_like(held), where=held > 0)
    marks.data = marks.data * np.repeat(inverse, np.diff(marks.indptr))
    works = said.rows.copy()
    works.data = np.ones_like(works.data)
    return _Covered(works, marks, of_judge, [*phrases, ""])


def _gram_count(phrase: str) -> int:
    return len(np.unique(grams_of([phrase]).code))


def _last(wishes: Wishes, shape: tuple[int, int]) -> csr_array:
    keys = wishes.row * shape[1] + wishes.column
    _, latest = np.unique(keys[::-1], return_index=True)
    keep = len(keys) - 1 - latest
    return csr_array((wishes.value[keep], (wishes.row[keep], wishes.column[keep])), shape=shape)
