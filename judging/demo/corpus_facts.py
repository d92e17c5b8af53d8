"""What the demo invents: people, units, judges and entries, as plain values without a database."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from judging.editions.models import TrackKind
from judging.entries.models import TopicType


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """Somebody who never lived. The 154 prefix belongs to no operator, so no telephone rings."""

    name: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class RecommenderFacts:
    """A recommending unit: for some regions, or for some trades."""

    name: str
    uscc: str
    region: str
    contact: PersonFacts
    regions: tuple[str, ...] = ()
    trades: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """An enterprise or institution that puts entries forward; direct members have no recommender."""

    name: str
    short_name: str
    uscc: str
    region: str
    industry: str
    trade: str
    member_number: str
    contact: PersonFacts
    recommender: RecommenderFacts | None


@dataclass(frozen=True, slots=True)
class JudgeFacts:
    """An expert who can be invited; `tracks` are qc, story and paper, `specialities` letters of GB/T 4754, `topics` words."""

    username: str
    person: PersonFacts
    unit_name: str
    post: str
    title: str
    region: str
    tracks: tuple[str, ...]
    specialities: tuple[str, ...]
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QcFacts:
    """One result of a quality group; the figures of `abstract` are those of `target` and `reached`."""

    track: ClassVar[TrackKind] = TrackKind.QC
    number: int
    unit: UnitFacts
    title: str
    topic_type: TopicType
    keywords: tuple[str, ...]
    abstract: str
    methods: tuple[str, ...]
    metric: str
    measure: str
    baseline: str
    target: str
    reached: str
    benefit: Decimal
    intangible: str
    group: str
    registration: str
    members: tuple[str, ...]
    presenter: str
    started: date
    ended: date
    symptom: str
    share: int
    causes: tuple[str, ...]
    remedies: tuple[str, ...]
    standard: str


@dataclass(frozen=True, slots=True)
class StoryFacts:
    """One QC story, told on a stage by its speakers."""

    track: ClassVar[TrackKind] = TrackKind.STORY
    number: int
    unit: UnitFacts
    title: str
    keywords: tuple[str, ...]
    abstract: str
    group: str
    members: tuple[str, ...]
    presenter: str


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """One paper with its authors in order."""

    track: ClassVar[TrackKind] = TrackKind.PAPER
    number: int
    unit: UnitFacts
    title: str
    keywords: tuple[str, ...]
    abstract: str
    members: tuple[str, ...]
    sentences: tuple[str, str, str]


EntryFacts = QcFacts | StoryFacts | PaperFacts
