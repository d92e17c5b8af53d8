"""The calendar, and the moves from stage to stage."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from judging.editions import readiness, rules
from judging.editions.models import Edition, Stage, StageDate
from judging.editions.rules import EditionAct
from judging.foundation import audit
from judging.foundation.audit import Actor


def move_stage(session: Session, edition: Edition, stage: Stage, *, by: Actor, at: datetime, reason: str = "") -> None:
    """Move on to the next stage when nothing stands in the way, or back by one with a reason."""
    back = rules.step_back(edition)
    if stage is rules.next_step(edition):
        _require_ready(session, edition, stage, reason)
        _stand(session, edition, stage, edition.round_number, by=by, at=at, reason=reason)
    elif back is not None and stage is back[0]:
        if len(reason.strip()) < 2:
            raise rules.ReasonNeeded(sentences=rules.going_back())
        _stand(session, edition, *back, by=by, at=at, reason=reason)
    else:
        raise rules.NotTheNextStage(present=str(edition.stage.label), wanted=str(stage.label))


def open_next_round(session: Session, edition: Edition, *, by: Actor, at: datetime, reason: str = "") -> None:
    """After selection, begin the next round at blinding."""
    rules.require_stage(edition, Stage.SELECTION)
    number = edition.round_number + 1
    if not rules.has_round(edition, number):
        raise rules.NoNextRound(number=number)
    _stand(session, edition, Stage.BLINDING, number, by=by, at=at, reason=reason, act=EditionAct.NEXT_ROUND)


def _require_ready(session: Session, edition: Edition, stage: Stage, reason: str) -> None:
    found = readiness.obstacles(session, edition, stage)
    blocking = [str(obstacle.sentence) for obstacle in found if obstacle.blocking]
    if blocking:
        raise rules.NotReady(sentences=" ".join(blocking))
    if found and len(reason.strip()) < 2:
        raise rules.ReasonNeeded(sentences=" ".join(str(obstacle.sentence) for obstacle in found))


def _stand(
    session: Session,
    edition: Edition,
    stage: Stage,
    number: int,
    *,
    by: Actor,
    at: datetime,
    reason: str,
    act: EditionAct = EditionAct.STAGE,
) -> None:
    detail = {"stage": [edition.stage.value, stage.value]}
    if number != edition.round_number:
        detail["round_number"] = [str(edition.round_number), str(number)]
    edition.stage, edition.round_number = stage, number
    if stage is Stage.JUDGING and edition.frozen_at is None:
        edition.frozen_at = at
    _record(session, act, edition, by, at, detail, reason)


def set_dates(
    session: Session,
    edition: Edition,
    stage: Stage,
    *,
    opens_at: datetime | None,
    closes_at: datetime | None,
    by: Actor,
    at: datetime,
    round_number: int = 1,
    reason: str = "",
) -> None:
    """Plan when a stage opens and closes; a closing time that people were told moves for a reason only."""
    if opens_at is not None and closes_at is not None and opens_at >= closes_at:
        raise rules.DatesCrossed(stage=str(stage.label))
    known = rules.date_of(edition, stage, round_number)
    before = {"opens_at": known and known.opens_at, "closes_at": known and known.closes_at}
    changed = audit.changes(before, {"opens_at": opens_at, "closes_at": closes_at})
    if not changed:
        return
    if rules.dates_need_reason(edition, known, closes_at) and len(reason.strip()) < 2:
        raise rules.ReasonNeeded(sentences=rules.moving_a_deadline(stage))
    if known is None:
        known = StageDate(stage=stage, round_number=round_number)
        edition.dates.append(known)
    known.opens_at, known.closes_at = opens_at, closes_at
    flag_modified(edition, "version")  # the calendar is part of what people edit together
    _record(session, EditionAct.DATES, edition, by, at, {"stage": stage.value, "round": round_number} | changed, reason)


def _record(
    session: Session,
    act: EditionAct,
    edition: Edition,
    by: Actor,
    at: datetime,
    detail: Mapping[str, object],
    reason: str,
) -> None:
    audit.record(
        session,
        act,
        by=by,
        at=at,
        subject_id=edition.id,
        subject=edition.name,
        scope_id=edition.id,
        reason=reason.strip(),
        detail=detail,
    )
    session.flush()
