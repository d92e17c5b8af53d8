"""How well judges fit candidates: what the engine is told of them, and how its sums are told to people.

Of a candidate nothing is taken but what stands on the candidate itself, as it is judged blind: its masked title, keywords
and abstract, its kind of topic and its industry. Of a judge the fields, specialities and certificates of the bank, the
words and wishes of the answer to the invitation, and the blind words of what the judge read in earlier editions.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from flask_babel import gettext as _
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from judging.assignment.engine.affinity import PRESET, Part, Profile, Term, Wishes, Work, affinity
from judging.assignment.models import Assignment, Preference, Seat, SeatInvitation, Wish
from judging.blinding.models import Candidate
from judging.editions.models import Edition, Round, Track
from judging.judges.models import ExpertiseKind, Judge

MOST_PAST = 20  # works of earlier editions that still say what a judge reads
VALUES = {Wish.WISH: 1.0, Wish.NEUTRAL: 0.0, Wish.RATHER_NOT: -1.0}


class Affinities(NamedTuple):
    """The affinity of every candidate and seat, in the order in which they were given, and why."""

    score: NDArray[np.float32]
    explain: Callable[[int, int], tuple[Part, ...]]


def affinity_matrix(
    session: Session,
    edition: Edition,
    round_: Round,
    candidates: Sequence[Candidate],
    seats: Sequence[Seat],
    weights: Mapping[Term, float] | None = None,
) -> Affinities:
    """Return how well the judge of each seat fits each candidate, by the round's weights unless others are tried.

    `explain(i, j)` gives the summands of one pair; `told` makes a sentence of them.
    """
    track = next(track.kind.value for track in edition.tracks if track.id == round_.track_id)
    invitations = _invitations(session, round_.id)
    past = _past(session, edition, [seat.judge_id for seat in seats])
    made = affinity(
        [work_of(candidate) for candidate in candidates],
        [_profile(seat.judge, invitations.get(seat.judge_id), past[seat.judge_id]) for seat in seats],
        track=track,
        weights=weights_of(round_) if weights is None else weights,
        wishes=_wishes(session, invitations, candidates, seats),
    )
    return Affinities(made.score, made.explain)


def weights_of(round_: Round) -> dict[Term, float]:
    """Return the weights of a round: the preset, where none were set."""
    return {term: float(round_.affinity.get(term.value, preset)) for term, preset in PRESET.items()}


def work_of(candidate: Candidate) -> Work:
    """Return what may be known of a candidate."""
    return Work(candidate.title, candidate.keywords, candidate.abstract, candidate.industry)


def topics_of(candidate: Candidate) -> tuple[str, ...]:
    """Return the topics a candidate belongs to, as preferences name them; the narrower one last."""
    industry = (f"industry:{candidate.industry}",) if candidate.industry else ()
    return industry + ((f"type:{candidate.topic_type}",) if candidate.topic_type else ())


def _profile(judge: Judge, invitation: SeatInvitation | None, past: Sequence[str]) -> Profile:
    known: dict[ExpertiseKind, list[str]] = defaultdict(list)
    for expertise in judge.expertise:
        known[expertise.kind].append(expertise.code)
    wished = invitation.wish_words if invitation else ""
    return Profile(
        industries=frozenset(known[ExpertiseKind.INDUSTRY]),
        tracks=frozenset(known[ExpertiseKind.TRACK]),
        specialities=tuple(sorted(known[ExpertiseKind.TOPIC])),
        words=f"{judge.certificates}\n{wished}",
        past="\n".join(past),
    )


def _invitations(session: Session, round_id: UUID) -> dict[UUID, SeatInvitation]:
    query = sa.select(SeatInvitation).where(SeatInvitation.round_id == round_id)
    return {invitation.judge_id: invitation for invitation in session.scalars(query)}


def _past(session: Session, edition: Edition, judge_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Return the words of what each judge read in earlier editions; this edition's rounds must not draw one back."""
    query = (
        sa.select(Seat.judge_id, Candidate.title, Candidate.keywords)
        .join(Assignment, Assignment.seat_id == Seat.id)
        .join(Candidate, Candidate.id == Assignment.candidate_id)
        .join(Round, Round.id == Candidate.round_id)
        .join(Track, Track.id == Round.track_id)
        .where(Seat.judge_id.in_(judge_ids), Track.edition_id != edition.id)
        .order_by(Assignment.created_at.desc(), Candidate.code)
    )
    found: dict[UUID, list[str]] = {judge_id: [] for judge_id in judge_ids}
    for judge_id, title, keywords in session.execute(query):
        if len(found[judge_id]) < MOST_PAST:
            found[judge_id].append(f"{title}\n{keywords}")
    return found


def _wishes(
    session: Session,
    invitations: Mapping[UUID, SeatInvitation],
    candidates: Sequence[Candidate],
    seats: Sequence[Seat],
) -> Wishes:
    """Return what the judges said; what is said of a title counts before what is said of its topic."""
    column = {invitations[seat.judge_id].id: j for j, seat in enumerate(seats) if seat.judge_id in invitations}
    rows: dict[object, list[int]] = defaultdict(list)
    for i, candidate in enumerate(candidates):
        rows[candidate.id].append(i)
        for topic in topics_of(candidate):
            rows[topic].append(i)
    query = sa.select(Preference.invitation_id, Preference.candidate_id, Preference.topic, Preference.wish)
    said = [row for row in session.execute(query.where(Preference.invitation_id.in_(column))) if row[0] in column]
    said.sort(key=lambda row: (row[1] is not None, row[2].startswith("type:")))  # the engine lets the last one stand
    lines = [(i, column[by], VALUES[wish]) for by, candidate, topic, wish in said for i in rows[candidate or topic]]
    row, column_, value = zip(*lines, strict=True) if lines else ((), (), ())
    return Wishes(np.array(row, dtype=np.int64), np.array(column_, dtype=np.int64), np.array(value, dtype=np.float64))


def term_words(term: Term) -> str:
    """Return what a term is called."""
    return str(
        {
            Term.INDUSTRY: _("Same industry"),
            Term.SPECIALITY: _("Speciality"),
            Term.WORDS: _("Shared words"),
            Term.TRACK: _("Same track"),
            Term.PAST: _("Earlier reading"),
            Term.WISH: _("Own wish"),
        }[term]
    )


def part_words(part: Part) -> str:
    """Return what a summand rests on: its name, and the words that two texts share."""
    return term_words(part.term) + (f"（{'、'.join(part.words)}）" if part.words else "")


def told(parts: Sequence[Part]) -> str:
    """Return the summands of a pair as people read them: “Same industry 0.4 + Speciality（焊接）0.3”."""
    if not parts:
        return str(_("nothing in common"))
    first, *rest = parts
    signed = [f" {'+' if part.value > 0 else '−'} {part_words(part)} {abs(part.value):g}" for part in rest]
    return f"{part_words(first)} {f'{first.value:g}'.replace('-', '−')}" + "".join(signed)
