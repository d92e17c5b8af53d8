"""Acts on award lists: propose from the confirmed sheet, move with two signatures, decide, open again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session

from judging.blinding import identity_queries
from judging.editions.models import Edition, Round, Stage, Track
from judging.editions.rules import require_stage
from judging.entries.models import Entry
from judging.foundation import audit
from judging.foundation.audit import Actor
from judging.results import queries as results
from judging.results.models import ResultSheet, Standing
from judging.results.rules import ranks_parts_apart
from judging.selection import queries, rules
from judging.selection.combine import combination_of, combine
from judging.selection.models import AwardList, Decision, GroupBy, Move, MoveStatus, Tier
from judging.selection.proposal import Proposal, Scored, lay_tiers
from judging.selection.rules import SelectionAct, TierSpec


@dataclass(frozen=True, slots=True)
class Material:
    """What a proposal is made of: the sheet, the levels, and the entries with the scores that count."""

    sheet: ResultSheet
    tiers: list[Tier]
    scored: list[Scored]
    entries: Mapping[str, Entry]

    def lay(self, amounts: Mapping[UUID, Decimal] | None = None) -> Proposal:
        """Lay the levels over the entries; `amounts` tries other numbers of places without writing anything."""
        changed = amounts or {}
        return lay_tiers(self.scored, [_spec(tier, changed.get(tier.id)) for tier in self.tiers])


def _spec(tier: Tier, amount: Decimal | None) -> TierSpec:
    spec = TierSpec(tier.name, tier.basis, tier.amount, tier.group_by, tier.tie_rule, tier.advances)
    return spec if amount is None else replace(spec, amount=amount)


def material(session: Session, edition: Edition, track: Track, round_number: int | None = None) -> Material:
    """Gather what the award list of a track's running (or given) round is made of."""
    number = round_number or edition.round_number
    round_ = track.round(number)
    if round_ is None:
        raise rules.NoSuchRound(track=track.name, number=number)
    sheet = results.confirmed_sheet(session, round_.id)
    if sheet is None:
        raise rules.NoConfirmedSheet
    tiers = queries.tiers_of(session, track.id, number)
    if not tiers:
        raise rules.NoTiers
    standings = results.standings(session, sheet.id)
    entries = identity_queries.entries_of(session, [one.candidate_id for one in standings])
    scored = _scored(standings, entries, sheet, tiers[0].group_by)
    combined = _combined(session, track, round_, sheet, scored)
    return Material(sheet, tiers, combined, {str(entry.id): entry for entry in entries.values()})


def _scored(
    standings: Sequence[Standing], entries: Mapping[UUID, Entry], sheet: ResultSheet, group_by: GroupBy
) -> list[Scored]:
    apart = ranks_parts_apart(sheet.parameters)
    return [
        Scored(
            key=str(entries[one.candidate_id].id),
            score=one.score,
            rank=one.rank,
            group=_group(one, group_by),
            part=one.component if apart else 1,
        )
        for one in standings
        if one.candidate_id in entries
    ]


def _group(standing: Standing, group_by: GroupBy) -> str:
    if group_by is GroupBy.TOPIC_TYPE:
        return standing.candidate.topic_type
    return standing.candidate.industry if group_by is GroupBy.INDUSTRY else ""


def _combined(session: Session, track: Track, round_: Round, sheet: ResultSheet, scored: list[Scored]) -> list[Scored]:
    how = combination_of(round_.settings, round_.decimals)
    earlier = track.round(round_.number - 1)
    first = results.confirmed_sheet(session, earlier.id) if earlier is not None else None
    if first is None:
        return scored
    standings = results.standings(session, first.id)
    entries = identity_queries.entries_of(session, [one.candidate_id for one in standings])
    before = {str(entries[one.candidate_id].id): one.score for one in standings if one.candidate_id in entries}
    maxima = (Decimal(first.summary.get("maximum", "100")), Decimal(sheet.summary.get("maximum", "100")))
    return combine(scored, before, how, maxima=maxima)


def propose(session: Session, edition: Edition, track: Track, *, by: Actor, at: datetime) -> AwardList:
    """Make the award list of the running round from the confirmed sheet; an undecided one is made anew."""
    require_stage(edition, Stage.SELECTION)
    found = queries.list_of(session, track.id, edition.round_number)
    if found is not None and found.decided_at is not None:
        raise rules.ListDecided
    given = material(session, edition, track)
    proposal = given.lay()
    made = found or AwardList(track_id=track.id, track=track, round_number=edition.round_number)
    made.sheet_id, made.proposed_at, made.proposed_by_id = given.sheet.id, at, by.id
    made.summary = summary_of(given, proposal)
    session.add(made)
    session.flush()
    _replace_decisions(session, made, given, proposal, at)
    counts = {tier.name: proposal.granted(index) for index, tier in enumerate(given.tiers)}
    _record(session, SelectionAct.PROPOSED, edition.id, made, track.name, by=by, at=at, detail={"granted": counts})
    return made


def summary_of(given: Material, proposal: Proposal) -> dict[str, Any]:
    """Return places, grants and cut lines per level and group, as they are stored with the list."""
    lines = [
        {
            "tier": str(given.tiers[line.level].id),
            "group": line.group,
            "part": line.part,
            "places": line.places,
            "granted": line.granted,
            "line": None if line.score is None else format(line.score, "f"),
        }
        for line in proposal.lines
    ]
    return {"lines": lines, "group_by": given.tiers[0].group_by.value, "entries": len(given.scored)}


def _replace_decisions(session: Session, made: AwardList, given: Material, proposal: Proposal, at: datetime) -> None:
    """Bring the decisions up to date in place: signed moves stay as history, objections may point at them."""
    _drop_waiting_moves(session, made, at)
    present = {str(one.entry_id): one for one in session.scalars(_decisions_of(made))}
    for one in given.scored:
        placed = proposal.placed[one.key]
        tier_id = None if placed.level is None else given.tiers[placed.level].id
        row = present.pop(one.key, None) or Decision(award_list_id=made.id, entry_id=UUID(one.key))
        row.tier_id = row.proposed_tier_id = tier_id
        row.rank, row.score, row.reason = one.rank, one.score, placed.reason
        session.add(row)
    moved = set(
        session.scalars(sa.select(Move.decision_id).where(Move.decision_id.in_([o.id for o in present.values()])))
    )
    for gone in present.values():
        if gone.id in moved:
            gone.tier_id, gone.proposed_tier_id, gone.reason = None, None, {"code": "not_on_sheet", "params": {}}
        else:
            session.delete(gone)
    session.flush()
    session.expire(made, ["decisions"])


def _decisions_of(made: AwardList) -> sa.Select[Decision]:
    return sa.select(Decision).where(Decision.award_list_id == made.id)


def _drop_waiting_moves(session: Session, made: AwardList, at: datetime) -> None:
    query = sa.select(Move).join(Move.decision).where(Decision.award_list_id == made.id)
    for move in session.scalars(query.where(Move.status == MoveStatus.PROPOSED)):
        move.status, move.signed_at, move.answer = MoveStatus.REFUSED, at, gettext("The list was proposed again.")


def propose_move(
    session: Session, decision: Decision, tier: Tier | None, *, reason: str, by: Actor, at: datetime
) -> Move:
    """Propose to move an entry to another level (None: no award); it takes effect with a second signature."""
    award_list = _movable(session, decision)
    words = rules.require_reason(reason)
    if by.id is None:
        raise rules.SamePerson
    if decision.tier_id == (tier.id if tier else None):
        raise rules.NotAMove
    waiting = sa.select(Move.id).where(Move.decision_id == decision.id, Move.status == MoveStatus.PROPOSED)
    if session.scalar(waiting.limit(1)) is not None:
        raise rules.MoveWaits
    if tier is not None and (tier.track_id, tier.round_number) != (award_list.track_id, award_list.round_number):
        raise rules.NoTiers
    move = Move(
        decision_id=decision.id,
        decision=decision,
        from_tier_id=decision.tier_id,
        to_tier_id=tier.id if tier else None,
        reason=words,
        proposed_at=at,
        proposed_by_id=by.id,
    )
    session.add(move)
    session.flush()
    _record_move(session, SelectionAct.MOVE_PROPOSED, award_list, move, by=by, at=at, reason=words)
    return move


def sign_move(session: Session, move: Move, *, by: Actor, at: datetime) -> None:
    """Sign a move as the second person: the entry gets its new level."""
    decision = session.get_one(Decision, move.decision_id)
    award_list = _movable(session, decision)
    if move.status is not MoveStatus.PROPOSED:
        raise rules.MoveAnswered
    rules.require_second(move.proposed_by_id, by.id)
    names = {tier.id: tier.name for tier in queries.tiers_of(session, award_list.track_id, award_list.round_number)}
    params = {
        "from": names.get(move.from_tier_id or UUID(int=0), ""),
        "to": names.get(move.to_tier_id or UUID(int=0), ""),
    }
    move.status, move.signed_at, move.signed_by_id = MoveStatus.SIGNED, at, by.id
    decision.tier_id = move.to_tier_id
    first = decision.reason.get("was", decision.reason)
    decision.reason = {"code": "moved", "params": {**params, "reason": move.reason}, "was": first}
    session.flush()
    session.expire(decision, ["tier"])
    _record_move(session, SelectionAct.MOVE_SIGNED, award_list, move, by=by, at=at, reason=move.reason)


def refuse_move(session: Session, move: Move, *, answer: str, by: Actor, at: datetime) -> None:
    """Refuse a move, with the reason."""
    decision = session.get_one(Decision, move.decision_id)
    award_list = session.get_one(AwardList, decision.award_list_id)
    if move.status is not MoveStatus.PROPOSED:
        raise rules.MoveAnswered
    words = rules.require_reason(answer)
    move.status, move.signed_at, move.signed_by_id, move.answer = MoveStatus.REFUSED, at, by.id, words
    _record_move(session, SelectionAct.MOVE_REFUSED, award_list, move, by=by, at=at, reason=words)


def _movable(session: Session, decision: Decision) -> AwardList:
    """Return the list if its entries may be moved: before it is decided, and after a notice when an objection is upheld."""
    award_list = session.get_one(AwardList, decision.award_list_id)
    edition = _edition_of(session, award_list)
    require_stage(edition, Stage.SELECTION, Stage.NOTICE)
    if award_list.decided_at is not None and edition.stage is Stage.SELECTION:
        raise rules.ListDecided
    return award_list


def decide(session: Session, award_list: AwardList, *, by: Actor, at: datetime) -> None:
    """Decide the list: every move is answered, and the sheet it was made from still stands."""
    edition = _edition_of(session, award_list)
    require_stage(edition, Stage.SELECTION)
    if award_list.decided_at is not None:
        raise rules.ListDecided
    waiting = queries.waiting_moves(session, [award_list.id]).get(award_list.id, 0)
    if waiting:
        raise rules.UnsignedMoves(count=waiting)
    sheet = session.get_one(ResultSheet, award_list.sheet_id)
    confirmed = results.confirmed_sheet(session, sheet.round_id)
    if confirmed is None or confirmed.id != sheet.id:
        raise rules.SheetReplaced
    award_list.decided_at, award_list.decided_by_id = at, by.id
    counts = queries.granted_counts(session, [award_list.id]).get(award_list.id, {})
    names = {tier.id: tier.name for tier in queries.tiers_of(session, award_list.track_id, award_list.round_number)}
    detail = {"granted": {names[tier]: count for tier, count in counts.items() if tier is not None}}
    track = session.get_one(Track, award_list.track_id)
    _record(session, SelectionAct.DECIDED, edition.id, award_list, track.name, by=by, at=at, detail=detail)


def reopen(session: Session, award_list: AwardList, *, reason: str, by: Actor, at: datetime) -> None:
    """Open a decided list again, with a reason, as long as nothing has been published."""
    edition = _edition_of(session, award_list)
    require_stage(edition, Stage.SELECTION)
    if award_list.decided_at is None:
        raise rules.ListNotDecided(track=session.get_one(Track, award_list.track_id).name)
    words = rules.require_reason(reason)
    award_list.decided_at, award_list.decided_by_id = None, None
    track = session.get_one(Track, award_list.track_id)
    _record(session, SelectionAct.REOPENED, edition.id, award_list, track.name, by=by, at=at, reason=words)


def _edition_of(session: Session, award_list: AwardList) -> Edition:
    return session.get_one(Edition, session.get_one(Track, award_list.track_id).edition_id)


def _record(
    session: Session,
    act: SelectionAct,
    scope: UUID,
    award_list: AwardList,
    name: str,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    subject = f"{name} {award_list.round_number}"
    ids = {"subject_id": award_list.id, "scope_id": scope}
    audit.record(session, act, by=by, at=at, subject=subject, reason=reason, detail=detail, **ids)
    session.flush()


def _record_move(
    session: Session, act: SelectionAct, award_list: AwardList, move: Move, *, by: Actor, at: datetime, reason: str
) -> None:
    track = session.get_one(Track, award_list.track_id)
    entry_id = session.scalar(sa.select(Decision.entry_id).where(Decision.id == move.decision_id))
    code = session.scalar(sa.select(Entry.code).where(Entry.id == entry_id)) or ""
    names = {tier.id: tier.name for tier in queries.tiers_of(session, award_list.track_id, award_list.round_number)}
    was, shall_be = (names.get(tier or UUID(int=0), "") for tier in (move.from_tier_id, move.to_tier_id))
    detail = {"entry": code, "from": was, "to": shall_be}
    _record(session, act, track.edition_id, award_list, track.name, by=by, at=at, reason=reason, detail=detail)
