"""The whole invented competition of one year, from one seed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from judging.demo.corpus_facts import (
    EntryFacts,
    JudgeFacts,
    PaperFacts,
    QcFacts,
    RecommenderFacts,
    StoryFacts,
    UnitFacts,
)
from judging.demo.corpus_groups import invent_groups
from judging.demo.corpus_qc import make_qc
from judging.demo.corpus_texts import make_paper, make_story, paper_lines, story_lines
from judging.demo.corpus_topics import Topic, all_topics
from judging.demo.corpus_units import make_recommenders, make_units
from judging.demo.people import make_judges

JUDGES = 44

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Corpus:
    """Units, people and entries of one year; the same seed gives the same corpus on every machine."""

    seed: int
    year: int
    recommenders: tuple[RecommenderFacts, ...]
    units: tuple[UnitFacts, ...]
    judges: tuple[JudgeFacts, ...]
    qc: tuple[QcFacts, ...]
    stories: tuple[StoryFacts, ...]
    papers: tuple[PaperFacts, ...]

    @classmethod
    def make(cls, seed: int = 2022, qc: int = 240, stories: int = 24, papers: int = 40, year: int = 2022) -> "Corpus":
        """So many entries of each track; titles do not repeat."""
        return _make(seed, year, (0, 0, 0), (qc, stories, papers))

    def earlier(self, qc: int, stories: int, papers: int) -> "Corpus":
        """The year before: the same units and judges, other entries."""
        taken = (len(self.qc), len(self.stories), len(self.papers))
        return _make(self.seed, self.year - 1, taken, (qc, stories, papers))

    def others(self, before: "Corpus", stories: int) -> "Corpus":
        """Stories of the same year with titles of neither year."""
        both = [len(one) + len(other) for one, other in ((self.qc, before.qc), (self.stories, before.stories))]
        return _make(self.seed, self.year, (*both, len(self.papers) + len(before.papers)), (0, stories, 0))

    @property
    def entries(self) -> tuple[EntryFacts, ...]:
        """All entries, track after track."""
        return (*self.qc, *self.stories, *self.papers)


def _make(seed: int, year: int, taken: tuple[int, ...], wanted: tuple[int, int, int]) -> Corpus:
    rng = Random(f"people {seed}")
    recommenders = make_recommenders(rng)
    units = make_units(rng, recommenders)
    judges = make_judges(rng, units, JUDGES)
    topics = _draw(Random(f"topics {seed}"), all_topics(), taken[0], wanted[0])
    stories = _draw(Random(f"stories {seed}"), story_lines(), taken[1], wanted[1])
    papers = _draw(Random(f"papers {seed}"), paper_lines(), taken[2], wanted[2])
    rng = Random(f"entries {seed} {year}")
    groups = invent_groups(rng)
    makers = _Makers(rng, _Turns(rng, units), groups, year)
    return Corpus(
        seed,
        year,
        recommenders,
        units,
        judges,
        tuple(makers.qc(number, topic) for number, topic in enumerate(topics, 1)),
        tuple(
            make_story(rng, number, line, makers.turns.next_of(line[0]), groups)
            for number, line in enumerate(stories, 1)
        ),
        tuple(make_paper(rng, number, line, makers.turns.next_of(line[0])) for number, line in enumerate(papers, 1)),
    )


def _draw(rng: Random, pool: Sequence[T], start: int, count: int) -> list[T]:
    if start + count > len(pool):
        raise ValueError(f"Only {len(pool)} different titles are written, {start + count} were asked for.")
    return rng.sample(pool, len(pool))[start : start + count]


class _Turns:
    """Lets the units of a trade take turns, with some of them twice in a round."""

    def __init__(self, rng: Random, units: tuple[UnitFacts, ...]) -> None:
        self._rng = rng
        self._units = units
        self._waiting: dict[str, list[UnitFacts]] = {}

    def next_of(self, trade: str) -> UnitFacts:
        if not self._waiting.get(trade):
            own = [unit for unit in self._units if unit.trade == trade]
            self._waiting[trade] = self._rng.sample(own + own[:2], len(own) + 2)
        return self._waiting[trade].pop()


@dataclass(frozen=True, slots=True)
class _Makers:
    rng: Random
    turns: _Turns
    groups: Iterator[str]
    year: int

    def qc(self, number: int, topic: Topic) -> QcFacts:
        unit = self.turns.next_of(topic.trade.key)
        return make_qc(self.rng, number, topic, unit, self.year, self.groups, asked=self.rng.random() < 0.35)
