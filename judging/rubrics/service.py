"""What can be done with rubrics: draft, edit, publish, supersede, choose for a round."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from judging.editions import rules as editions
from judging.editions.models import Edition, Round, TrackKind
from judging.editions.queries import round_of
from judging.foundation import audit
from judging.foundation.audit import Actor
from judging.rubrics import queries, rules
from judging.rubrics.library import LIBRARY, Template
from judging.rubrics.models import Criterion, RoundRubric, Rubric, RubricOrigin, RubricStatus
from judging.rubrics.rules import RubricAct


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """One criterion as an editor gives it; `code` stays the same over versions."""

    name: str
    maximum: Decimal
    text: str = ""
    minimum: Decimal = Decimal(0)
    step: Decimal = Decimal("0.5")
    weight: Decimal = Decimal(1)
    code: str = ""


def install_library(session: Session, by: Actor, at: datetime) -> list[Rubric]:
    """Add the built-in rubrics that are not there yet, published; return what was added."""
    known = set(session.scalars(sa.select(Rubric.code)))
    added = [_from_template(template, at) for template in LIBRARY if template.code not in known]
    session.add_all(added)
    session.flush()
    for rubric in added:
        _record(session, RubricAct.INSTALLED, rubric, by, at)
    return added


def _from_template(template: Template, at: datetime) -> Rubric:
    criteria = [
        Criterion(
            position=place,
            code=line.code,
            name=line.name,
            text=line.text,
            maximum=Decimal(line.maximum),
            step=template.step,
        )
        for place, line in enumerate(template.lines, start=1)
    ]
    return Rubric(
        code=template.code,
        name=template.name,
        track_kind=template.kind,
        topic_type=template.topic_type,
        on_site=template.on_site,
        standard=template.standard,
        source_note=template.source_note,
        origin=template.origin,
        status=RubricStatus.PUBLISHED,
        published_at=at,
        criteria=criteria,
    )


def draft_rubric(
    session: Session,
    *,
    code: str,
    name: str,
    track_kind: TrackKind | None,
    by: Actor,
    at: datetime,
    topic_type: str = "",
    on_site: bool = False,
    standard: str = "",
    source_note: str = "",
    origin: RubricOrigin = RubricOrigin.PRACTICE,
    lines: Iterable[CriterionLine] = (),
) -> Rubric:
    """Begin a rubric of one's own."""
    if queries.versions(session, code):
        raise rules.CodeTaken
    rubric = Rubric(
        code=code,
        name=name,
        track_kind=track_kind,
        topic_type=topic_type,
        on_site=on_site,
        standard=standard,
        source_note=source_note,
        origin=origin,
        criteria=[_criterion(place, line, f"c{place}") for place, line in enumerate(lines, start=1)],
    )
    session.add(rubric)
    session.flush()
    _record(session, RubricAct.DRAFTED, rubric, by, at)
    return rubric


def update_rubric(session: Session, rubric: Rubric, *, by: Actor, at: datetime, **values: Any) -> None:
    """Change what a draft says about itself."""
    rules.require_draft(rubric)
    allowed = ("name", "track_kind", "topic_type", "on_site", "standard", "source_note", "origin")
    after = {key: values[key] for key in allowed if key in values}
    changed = audit.changes({key: getattr(rubric, key) for key in after}, after)
    if not changed:
        return
    for key, value in after.items():
        setattr(rubric, key, value)
    _record(session, RubricAct.CHANGED, rubric, by, at, changed)


def set_criteria(session: Session, rubric: Rubric, lines: Iterable[CriterionLine], *, by: Actor, at: datetime) -> None:
    """Give a draft its criteria, in this order; a line with a known code changes that criterion."""
    rules.require_draft(rubric)
    given, known = list(lines), {criterion.code: criterion for criterion in rubric.criteria}
    before = _plain(rubric.criteria)
    kept: list[Criterion] = []
    for place, line in enumerate(given, start=1):
        criterion = known.pop(line.code, None) if line.code else None
        if criterion is None:
            criterion = _criterion(place, line, _free_code(rubric, kept, place))
        _fill(criterion, place, line)
        kept.append(criterion)
    rubric.criteria = kept
    flag_modified(rubric, "version")
    session.flush()
    changed = audit.changes({"criteria": before}, {"criteria": _plain(kept)})
    if changed:
        _record(session, RubricAct.CHANGED, rubric, by, at, changed)


def publish_rubric(session: Session, rubric: Rubric, *, by: Actor, at: datetime) -> None:
    """Publish a draft: from now on it is never edited; the version before it is superseded."""
    rules.require_draft(rubric)
    sentences = rules.gaps(rubric)
    if sentences:
        raise rules.NotComplete(sentences=" ".join(sentences))
    for earlier in queries.versions(session, rubric.code):
        if earlier.status is RubricStatus.PUBLISHED:
            earlier.status = RubricStatus.SUPERSEDED
            _record(session, RubricAct.SUPERSEDED, earlier, by, at)
    rubric.status, rubric.published_at = RubricStatus.PUBLISHED, at
    _record(session, RubricAct.PUBLISHED, rubric, by, at)


def new_version(session: Session, rubric: Rubric, *, by: Actor, at: datetime) -> Rubric:
    """Begin the next version of a published rubric as a draft with the same criteria."""
    known = queries.versions(session, rubric.code)
    if rubric.status is RubricStatus.DRAFT or any(version.status is RubricStatus.DRAFT for version in known):
        raise rules.DraftExists
    draft = _twin(rubric, code=rubric.code, number=known[0].number + 1, name=rubric.name)
    session.add(draft)
    session.flush()
    _record(session, RubricAct.DRAFTED, draft, by, at)
    return draft


def copy_rubric(session: Session, rubric: Rubric, *, code: str, name: str, by: Actor, at: datetime) -> Rubric:
    """Begin a rubric of one's own from another one."""
    if queries.versions(session, code):
        raise rules.CodeTaken
    draft = _twin(rubric, code=code, number=1, name=name)
    session.add(draft)
    session.flush()
    _record(session, RubricAct.DRAFTED, draft, by, at, {"source": rubric.name})
    return draft


def discard_draft(session: Session, rubric: Rubric, *, by: Actor, at: datetime) -> None:
    """Throw a draft away."""
    rules.require_draft(rubric)
    _record(session, RubricAct.DISCARDED, rubric, by, at)
    session.delete(rubric)
    session.flush()


def use_rubric(
    session: Session, round_: Round, topic_type: str, rubric: Rubric, *, edition: Edition, by: Actor, at: datetime
) -> None:
    """Let a round mark entries of a topic type ("": all that are not named) by a rubric, until judging opens."""
    editions.require_not_frozen(edition)
    track, _ = round_of(edition, round_.id)
    chosen = _chosen(session, round_.id, topic_type)
    if chosen is not None and chosen.rubric_id == rubric.id:
        return
    if rubric.status is not RubricStatus.PUBLISHED:
        raise rules.NotPublished
    if rubric.track_kind not in (None, track.kind):
        raise rules.WrongKind
    detail = {"round": round_.number, "topic_type": topic_type, "rubric": [chosen and chosen.rubric.name, rubric.name]}
    if chosen is None:
        session.add(RoundRubric(round_id=round_.id, topic_type=topic_type, rubric=rubric))
    else:
        chosen.rubric = rubric
    flag_modified(edition, "version")  # the choice is part of what people edit together
    audit.record(
        session,
        RubricAct.USED,
        by=by,
        at=at,
        subject_id=round_.id,
        subject=f"{track.name} · {round_.number}",
        scope_id=edition.id,
        detail=detail,
    )
    session.flush()


def _chosen(session: Session, round_id: UUID, topic_type: str) -> RoundRubric | None:
    same = sa.and_(RoundRubric.round_id == round_id, RoundRubric.topic_type == topic_type)
    return session.scalar(sa.select(RoundRubric).where(same))


def _twin(rubric: Rubric, *, code: str, number: int, name: str) -> Rubric:
    kept = ("track_kind", "topic_type", "on_site", "standard", "source_note", "origin")
    columns = ("position", "code", "name", "text", "minimum", "maximum", "step", "weight")
    criteria = [Criterion(**{key: getattr(c, key) for key in columns}) for c in rubric.criteria]
    values = {key: getattr(rubric, key) for key in kept}
    return Rubric(**values, code=code, number=number, name=name, criteria=criteria)


def _criterion(place: int, line: CriterionLine, code: str) -> Criterion:
    return _fill(Criterion(code=line.code or code), place, line)


def _fill(criterion: Criterion, place: int, line: CriterionLine) -> Criterion:
    criterion.position, criterion.name, criterion.text = place, line.name, line.text
    criterion.minimum, criterion.maximum = line.minimum, line.maximum
    criterion.step, criterion.weight = line.step, line.weight
    return criterion


def _free_code(rubric: Rubric, kept: Iterable[Criterion], place: int) -> str:
    taken = {criterion.code for criterion in (*rubric.criteria, *kept)}
    return next(code for n in range(place, place + 1000) if (code := f"c{n}") not in taken)


def _plain(criteria: Iterable[Criterion]) -> list[str]:
    return [
        f"{c.name} {c.minimum.normalize():f}–{c.maximum.normalize():f} / {c.step.normalize():f} × {c.weight.normalize():f}"
        for c in criteria
    ]


def _record(
    session: Session, act: RubricAct, rubric: Rubric, by: Actor, at: datetime, detail: dict[str, Any] | None = None
) -> None:
    subject = f"{rubric.name} v{rubric.number}"
    audit.record(session, act, by=by, at=at, subject_id=rubric.id, subject=subject, detail=detail)
    session.flush()
