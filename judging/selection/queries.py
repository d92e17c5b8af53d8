"""Reading tiers, award lists and channels: one function per question. Names are here again."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from judging.accounts.models import User
from judging.blinding.identity import Identity
from judging.editions.models import Edition, Track
from judging.entries.models import Entry
from judging.foundation.errors import NotFound
from judging.results.models import Standing
from judging.results.queries import held_rounds
from judging.selection.models import AwardList, Channel, Decision, Move, MoveStatus, Outcome, Recommendation, Tier
from judging.units.models import Unit


@dataclass(frozen=True, slots=True)
class GrantedRow:
    """A final decision that grants something, for notices and certificates."""

    decision: Decision
    entry: Entry
    tier: Tier
    track: Track


def tiers_of(session: Session, track_id: UUID, round_number: int) -> list[Tier]:
    """Return the levels of a track and round, best first."""
    query = sa.select(Tier).where(Tier.track_id == track_id, Tier.round_number == round_number)
    return list(session.scalars(query.order_by(Tier.position)))


def tiers_of_edition(session: Session, edition: Edition) -> dict[tuple[UUID, int], list[Tier]]:
    """Return all levels of an edition by track and round."""
    query = sa.select(Tier).where(Tier.track_id.in_([track.id for track in edition.tracks])).order_by(Tier.position)
    found: dict[tuple[UUID, int], list[Tier]] = {}
    for tier in session.scalars(query):
        found.setdefault((tier.track_id, tier.round_number), []).append(tier)
    return found


def track_of(edition: Edition, track_id: UUID) -> Track:
    """Return a track of this edition, or refuse as missing."""
    found = next((track for track in edition.tracks if track.id == track_id), None)
    if found is None:
        raise NotFound
    return found


def list_of(session: Session, track_id: UUID, round_number: int) -> AwardList | None:
    """Return the award list of a track and round."""
    query = sa.select(AwardList).where(AwardList.track_id == track_id, AwardList.round_number == round_number)
    return session.scalar(query.options(joinedload(AwardList.sheet)))


def lists_of_edition(session: Session, edition: Edition) -> list[AwardList]:
    """Return the award lists of an edition."""
    tracks = [track.id for track in edition.tracks]
    query = sa.select(AwardList).where(AwardList.track_id.in_(tracks)).order_by(AwardList.round_number)
    return list(session.scalars(query))


def undecided_tracks(session: Session, edition: Edition) -> list[Track]:
    """Return the tracks with candidates in the running round whose award list is missing or not decided."""
    number = edition.round_number
    decided = {
        list_.track_id
        for list_ in lists_of_edition(session, edition)
        if list_.round_number == number and list_.decided_at is not None
    }
    running = {round_.id: track for track in edition.tracks if (round_ := track.round(number)) is not None}
    held = held_rounds(session, running.keys())
    return [track for round_id, track in running.items() if round_id in held and track.id not in decided]


def award_list(session: Session, edition: Edition, list_id: UUID) -> AwardList:
    """Return an award list of this edition with track and sheet, or refuse as missing."""
    query = (
        sa.select(AwardList)
        .join(AwardList.track)
        .where(AwardList.id == list_id, Track.edition_id == edition.id)
        .options(contains_eager(AwardList.track), joinedload(AwardList.sheet))
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def decisions_query(list_id: UUID) -> sa.Select[Decision]:
    """Return the decisions of a list with entry, unit and level, to be searched, sorted and paged."""
    return (
        sa.select(Decision)
        .join(Decision.entry)
        .join(Entry.unit)
        .outerjoin(Decision.tier)
        .where(Decision.award_list_id == list_id)
        .options(contains_eager(Decision.entry).contains_eager(Entry.unit), contains_eager(Decision.tier))
    )


def decisions(session: Session, list_id: UUID) -> list[Decision]:
    """Return all decisions of a list in order."""
    ordered = decisions_query(list_id).order_by(Decision.rank, Entry.code)
    return list(session.scalars(ordered.execution_options(populate_existing=True)))


def decision_of(session: Session, edition: Edition, decision_id: UUID) -> Decision:
    """Return a decision of this edition with its list and entry, or refuse as missing."""
    query = (
        sa.select(Decision)
        .join(Decision.award_list)
        .join(AwardList.track)
        .join(Decision.entry)
        .join(Entry.unit)
        .where(Decision.id == decision_id, Track.edition_id == edition.id)
        .options(
            contains_eager(Decision.award_list).contains_eager(AwardList.track),
            contains_eager(Decision.entry).contains_eager(Entry.unit),
            joinedload(Decision.tier),
        )
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def moves_of(session: Session, list_id: UUID) -> list[Move]:
    """Return the moves of a list with their entries, those that wait first."""
    query = (
        sa.select(Move)
        .join(Move.decision)
        .where(Decision.award_list_id == list_id)
        .options(contains_eager(Move.decision).joinedload(Decision.entry).joinedload(Entry.unit))
        .order_by(Move.proposed_at.desc(), Move.id)
    )
    return sorted(session.scalars(query), key=lambda move: move.status is not MoveStatus.PROPOSED)


def move_of(session: Session, edition: Edition, move_id: UUID) -> Move:
    """Return a move of this edition, or refuse as missing."""
    query = (
        sa.select(Move)
        .join(Move.decision)
        .join(Decision.award_list)
        .join(AwardList.track)
        .where(Move.id == move_id, Track.edition_id == edition.id)
        .options(contains_eager(Move.decision).contains_eager(Decision.award_list))
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def waiting_moves(session: Session, list_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return how many moves wait for a signature, by list."""
    query = (
        sa.select(Decision.award_list_id, sa.func.count(Move.id))
        .join(Move, Move.decision_id == Decision.id)
        .where(Decision.award_list_id.in_(list_ids), Move.status == MoveStatus.PROPOSED)
        .group_by(Decision.award_list_id)
    )
    return dict(session.execute(query).all())


def granted_counts(session: Session, list_ids: Collection[UUID]) -> dict[UUID, dict[UUID | None, int]]:
    """Return how many entries have each level (None: nothing), by list."""
    query = (
        sa.select(Decision.award_list_id, Decision.tier_id, sa.func.count(Decision.id))
        .where(Decision.award_list_id.in_(list_ids))
        .group_by(Decision.award_list_id, Decision.tier_id)
    )
    found: dict[UUID, dict[UUID | None, int]] = {}
    for list_id, tier_id, count in session.execute(query):
        found.setdefault(list_id, {})[tier_id] = count
    return found


def last_decisions(session: Session, track_ids: Collection[UUID], *, decided: bool = True) -> list[Decision]:
    """Return for every entry the decision of the last round it took part in (of decided lists), with its names."""
    query = (
        sa.select(Decision)
        .join(Decision.award_list)
        .join(Decision.entry)
        .join(Entry.unit)
        .where(AwardList.track_id.in_(track_ids))
        .options(
            contains_eager(Decision.award_list),
            contains_eager(Decision.entry).contains_eager(Entry.unit),
            contains_eager(Decision.entry).joinedload(Entry.recommending_unit),
            contains_eager(Decision.entry).selectinload(Entry.members),
            contains_eager(Decision.entry).joinedload(Entry.track),
            joinedload(Decision.tier),
        )
        .order_by(AwardList.round_number, Decision.rank, Entry.code)
    )
    query = query.where(AwardList.decided_at.is_not(None)) if decided else query
    last = {decision.entry_id: decision for decision in session.scalars(query).unique()}
    return sorted(last.values(), key=lambda one: (-one.award_list.round_number, one.rank, one.entry.code))


def granted(session: Session, edition: Edition) -> list[GrantedRow]:
    """Return what is finally granted: by track, level and place; a shortlist is no award."""
    tracks = {track.id: track for track in edition.tracks}
    rows = [
        GrantedRow(decision, decision.entry, decision.tier, tracks[decision.award_list.track_id])
        for decision in last_decisions(session, tracks)
        if decision.tier is not None and not decision.tier.advances
    ]
    return sorted(rows, key=lambda row: (row.track.position, row.tier.position, row.decision.rank, row.entry.code))


def shortlisted(session: Session, track_id: UUID, round_number: int) -> list[Entry]:
    """Return the entries of a decided list that go on to the next round."""
    query = (
        sa.select(Entry)
        .join(Decision, Decision.entry_id == Entry.id)
        .join(AwardList, Decision.award_list_id == AwardList.id)
        .join(Tier, Decision.tier_id == Tier.id)
        .where(AwardList.track_id == track_id, AwardList.round_number == round_number)
        .where(AwardList.decided_at.is_not(None), Tier.advances)
        .options(selectinload(Entry.members), selectinload(Entry.attachments), joinedload(Entry.unit))
        .order_by(Entry.code)
    )
    return list(session.scalars(query))


def channels_of(session: Session, edition: Edition) -> list[Channel]:
    """Return the channels of an edition with their tracks."""
    query = sa.select(Channel).where(Channel.edition_id == edition.id).options(joinedload(Channel.track))
    return list(session.scalars(query.order_by(Channel.position, Channel.code)))


def channel_of(session: Session, edition: Edition, channel_id: UUID) -> Channel:
    """Return a channel of this edition, or refuse as missing."""
    query = sa.select(Channel).where(Channel.id == channel_id, Channel.edition_id == edition.id)
    found = session.scalar(query.options(joinedload(Channel.track)))
    if found is None:
        raise NotFound
    return found


def outcome_counts(session: Session, channel_ids: Collection[UUID]) -> dict[UUID, dict[Outcome, int]]:
    """Return how many entries are in, in reserve and out, by channel."""
    query = (
        sa.select(Recommendation.channel_id, Recommendation.outcome, sa.func.count(Recommendation.id))
        .where(Recommendation.channel_id.in_(channel_ids))
        .group_by(Recommendation.channel_id, Recommendation.outcome)
    )
    found: dict[UUID, dict[Outcome, int]] = {}
    for channel_id, outcome, count in session.execute(query):
        found.setdefault(channel_id, {})[outcome] = count
    return found


def recommendations_query(channel_id: UUID) -> sa.Select[Recommendation]:
    """Return the list of a channel with entry and unit, to be searched, sorted and paged."""
    return (
        sa.select(Recommendation)
        .join(Recommendation.entry)
        .join(Entry.unit)
        .where(Recommendation.channel_id == channel_id)
        .options(contains_eager(Recommendation.entry).contains_eager(Entry.unit))
    )


ORDER_OF_OUTCOMES = sa.case({Outcome.IN.value: 0, Outcome.RESERVE.value: 1}, value=Recommendation.outcome, else_=2)


def recommended(session: Session, channel: Channel) -> list[Recommendation]:
    """Return who goes up through a channel and the reserves, in order, with all names."""
    query = (
        recommendations_query(channel.id)
        .where(Recommendation.outcome != Outcome.OUT)
        .options(
            contains_eager(Recommendation.entry).joinedload(Entry.recommending_unit),
            contains_eager(Recommendation.entry).selectinload(Entry.members),
        )
        .order_by(ORDER_OF_OUTCOMES, Recommendation.position)
    )
    return list(session.scalars(query))


def units_of(session: Session, entry_ids: Collection[UUID]) -> dict[UUID, Unit]:
    """Return the units of entries."""
    query = sa.select(Entry.id, Unit).join(Entry.unit).where(Entry.id.in_(entry_ids))
    return dict(session.execute(query).all())


def topic_counts(session: Session, channel_id: UUID) -> dict[str, int]:
    """Return how many entries of each topic type go up through a channel."""
    query = (
        sa.select(Entry.topic_type, sa.func.count(Recommendation.id))
        .join(Entry, Entry.id == Recommendation.entry_id)
        .where(Recommendation.channel_id == channel_id, Recommendation.outcome == Outcome.IN)
        .group_by(Entry.topic_type)
    )
    return dict(session.execute(query).all())


def standings_of(session: Session, award_list: AwardList, entry_ids: Collection[UUID]) -> dict[UUID, Standing]:
    """Return what the sheet of a list says of entries."""
    query = (
        sa.select(Identity.entry_id, Standing)
        .join(Standing, Standing.candidate_id == Identity.candidate_id)
        .where(Standing.sheet_id == award_list.sheet_id, Identity.entry_id.in_(entry_ids))
    )
    return dict(session.execute(query).all())


def pending_moves(session: Session, decision_ids: Collection[UUID]) -> set[UUID]:
    """Return the decisions that have a move waiting for its second signature."""
    query = sa.select(Move.decision_id).where(Move.decision_id.in_(decision_ids), Move.status == MoveStatus.PROPOSED)
    return set(session.scalars(query))


def names_of(session: Session, user_ids: Collection[UUID | None]) -> dict[UUID, str]:
    """Return the names of accounts."""
    query = sa.select(User.id, User.name).where(User.id.in_([user_id for user_id in user_ids if user_id is not None]))
    return dict(session.execute(query).all())
