"""What can be done with units: register, change, and tie an account to one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.accounts.models import Role, User
from judging.accounts.service import binds
from judging.foundation import audit
from judging.foundation.audit import Actor
from judging.units import queries, rules
from judging.units.models import Membership, RecommendingUnit, Unit
from judging.units.rules import UnitAct

UNIT_FIELDS = (
    "name",
    "credit_code",
    "region",
    "industry",
    "contact_name",
    "contact_phone",
    "contact_email",
    "address",
    "member_number",
    "parent_group",
    "recommending_unit_id",
)
RECOMMENDER_FIELDS = ("code", "name", "kind", "region", "contact_name", "contact_phone", "contact_email")


def register_unit(session: Session, values: Mapping[str, Any], *, by: Actor, at: datetime) -> Unit:
    """Add a unit: its name as on certificates, region and industry are needed, the rest may follow."""
    known = _known(values, UNIT_FIELDS)
    _require_unit_free(session, known, but=None)
    unit = Unit(**known)
    session.add(unit)
    session.flush()
    _note(session, UnitAct.REGISTERED, unit, by=by, at=at)
    return unit


def register_units(session: Session, rows: Sequence[Mapping[str, Any]], *, by: Actor, at: datetime) -> list[Unit]:
    """Add many units at once, as from an import: the same checks, in a fixed number of queries."""
    known = [_known(row, UNIT_FIELDS) for row in rows]
    names, codes = queries.names_and_codes(session)
    for values in known:
        name, code = rules.fold(values["name"]), values.get("credit_code")
        if name in names:
            raise rules.NameTaken(name=names[name])
        if code and code in codes:
            raise rules.CreditCodeTaken(name=codes[code])
        names[name] = values["name"]
        codes |= {code: values["name"]} if code else {}
    made = [Unit(**values) for values in known]
    session.add_all(made)
    session.flush()
    for unit in made:
        audit.record(session, UnitAct.REGISTERED, by=by, at=at, subject_id=unit.id, subject=unit.name)
    session.flush()
    return made


def update_unit(session: Session, unit: Unit, values: Mapping[str, Any], *, by: Actor, at: datetime) -> None:
    """Change a unit; only what differs is written and leaves a line in the trail."""
    known = _known(values, UNIT_FIELDS)
    _require_unit_free(session, known, but=unit.id)
    _change(session, unit, known, UnitAct.CHANGED, by=by, at=at)


def update_own_unit(session: Session, unit: Unit, values: Mapping[str, Any], *, by: Actor, at: datetime) -> None:
    """Let a contact change how the unit can be reached; what stands on certificates is the secretariat's to change."""
    known = _known(values, UNIT_FIELDS)
    changed = {key: value for key, value in known.items() if getattr(unit, key) != value}
    rules.require_contact_only(changed, has_code=bool(unit.credit_code))
    update_unit(session, unit, changed, by=by, at=at)


def register_recommending_unit(
    session: Session, values: Mapping[str, Any], *, by: Actor, at: datetime
) -> RecommendingUnit:
    """Add a recommending unit; without a code it gets the next free one (R01, R02, …)."""
    known = _known(values, RECOMMENDER_FIELDS)
    known["code"] = known.get("code") or _next_code(session)
    _require_recommender_free(session, known, but=None)
    made = RecommendingUnit(**known)
    session.add(made)
    session.flush()
    _note(session, UnitAct.RECOMMENDER_REGISTERED, made, by=by, at=at)
    return made


def update_recommending_unit(
    session: Session, recommending_unit: RecommendingUnit, values: Mapping[str, Any], *, by: Actor, at: datetime
) -> None:
    """Change a recommending unit."""
    known = _known(values, RECOMMENDER_FIELDS)
    _require_recommender_free(session, known, but=recommending_unit.id)
    _change(session, recommending_unit, known, UnitAct.RECOMMENDER_CHANGED, by=by, at=at)


@binds(Role.ENTRANT)
def bind_contact(session: Session, user: User, unit_id: UUID, at: datetime) -> None:
    """Let an account speak for a unit; doing so already is no error."""
    unit = queries.unit_of(session, unit_id)
    if unit_id not in queries.unit_ids_of_user(session, user.id):
        session.add(Membership(user_id=user.id, unit_id=unit.id, since=at))
        _note(session, UnitAct.CONTACT_BOUND, unit, by=user.actor, at=at)


@binds(Role.RECOMMENDER)
def bind_recommender(session: Session, user: User, recommending_unit_id: UUID, at: datetime) -> None:
    """Let an account speak for a recommending unit."""
    recommending_unit = queries.recommending_unit_of(session, recommending_unit_id)
    same = sa.and_(Membership.user_id == user.id, Membership.recommending_unit_id == recommending_unit.id)
    if session.scalar(sa.select(Membership.id).where(same)) is None:
        session.add(Membership(user_id=user.id, recommending_unit_id=recommending_unit.id, since=at))
        _note(session, UnitAct.CONTACT_BOUND, recommending_unit, by=user.actor, at=at)


def remove_contact(
    session: Session, subject: Unit | RecommendingUnit, membership_id: UUID, *, reason: str, by: Actor, at: datetime
) -> None:
    """End an account's speaking for a unit; the account itself stays."""
    session.delete(queries.membership_of(session, subject, membership_id))
    _note(session, UnitAct.CONTACT_REMOVED, subject, by=by, at=at, reason=reason)


def _known(values: Mapping[str, Any], fields: tuple[str, ...]) -> dict[str, Any]:
    unknown = set(values) - set(fields)
    if unknown:
        raise ValueError(f"not fields of a unit: {', '.join(sorted(unknown))}")
    known = dict(values)
    if "credit_code" in known:
        known["credit_code"] = rules.credit_code(known["credit_code"]) if known["credit_code"] else None
    return known


def _require_unit_free(session: Session, values: Mapping[str, Any], *, but: UUID | None) -> None:
    if "name" in values:
        same = queries.unit_by_name(session, values["name"])
        if same is not None and same.id != but:
            raise rules.NameTaken(name=same.name)
    if values.get("credit_code"):
        same = queries.unit_by_credit_code(session, values["credit_code"])
        if same is not None and same.id != but:
            raise rules.CreditCodeTaken(name=same.name)


def _require_recommender_free(session: Session, values: Mapping[str, Any], *, but: UUID | None) -> None:
    others = [other for other in queries.recommending_units(session) if other.id != but]
    if any(other.code == values.get("code") for other in others):
        raise rules.RecommenderCodeTaken
    if "name" in values and any(rules.fold(other.name) == rules.fold(values["name"]) for other in others):
        raise rules.RecommenderNameTaken


def _next_code(session: Session) -> str:
    taken = {other.code for other in queries.recommending_units(session)}
    return next(code for code in (f"R{number:02d}" for number in range(1, 10_000)) if code not in taken)


def _change(
    session: Session, row: Unit | RecommendingUnit, values: Mapping[str, Any], act: UnitAct, *, by: Actor, at: datetime
) -> None:
    changed = audit.changes({key: getattr(row, key) for key in values}, values)
    for key in changed:
        setattr(row, key, values[key])
    if changed:
        _note(session, act, row, by=by, at=at, detail=_in_words(session, changed))


def _in_words(session: Session, changed: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Return the changes with names instead of ids, for people who read the trail."""
    ids = changed.pop("recommending_unit_id", None)
    if ids is None:
        return changed
    names = {str(other.id): other.name for other in queries.recommending_units(session)}
    return changed | {"recommending_unit": [names.get(str(found), "") for found in ids]}


def _note(
    session: Session,
    act: UnitAct,
    row: Unit | RecommendingUnit,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    # Units are shared by all editions, so the line belongs to none.
    audit.record(session, act, by=by, at=at, subject_id=row.id, subject=row.name, reason=reason, detail=detail)
    session.flush()
