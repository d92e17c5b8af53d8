"""Acts on result sheets: compute, verify, review flags, exclude with two signatures, confirm."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.ballots import totals
from judging.ballots.models import Ballot
from judging.blinding.kinship import kinship, neighbours
from judging.editions.models import Edition, Round, Stage
from judging.editions.rules import require_round
from judging.foundation import audit
from judging.foundation.audit import Actor
from judging.judges.models import Judge
from judging.results import queries, rules
from judging.results.award_lines import award_lines
from judging.results.figures import Figures, compute_figures
from judging.results.models import Flag, FlagStatus, ResultSheet, Severity, Standing
from judging.results.rules import ResultAct
from judging.web.filters import reason_of
from scoring import ScoringError

TOLERANCE = Decimal("0.000002")  # between machines the last digit of an estimate may differ; published figures never
EXACT = (
    "candidate_id",
    "judge_id",
    "judges",
    "ballots",
    "score",
    "adjustment",
    "rank",
    "mean_rank",
    "component",
    "totals",
)


def compute(session: Session, edition: Edition, round_: Round, *, by: Actor, at: datetime) -> ResultSheet:
    """Compute the round's scores. What has not changed since the last sheet gives that very sheet."""
    require_round(edition, round_, Stage.RESULTS)
    lines = award_lines(session, round_, queries.candidate_count(session, round_.id))
    parameters = rules.parameters_of(round_, lines) | _own_work(session, round_)
    figures = _figures_now(session, round_, parameters)
    last = queries.latest_sheet(session, round_.id)
    if last is not None and last.digest == figures.digest:
        return last
    sheet = _sheet(round_, figures, number=last.number + 1 if last else 1, by=by, at=at)
    if last is not None:
        _carry_answers(queries.flags(session, last.id), sheet.flags)
    session.add(sheet)
    session.flush()
    _record(session, ResultAct.COMPUTED, edition, sheet, by=by, at=at, detail={"digest": sheet.digest})
    return sheet


def _own_work(session: Session, round_: Round) -> dict[str, Any]:
    """Return which judges scored work of their own unit and region, in keys that name nobody; kept: the sheet recomputes."""
    pairs = totals.valid_pairs(session, round_.id)
    judge_ids = {judge_id for judge_id, _ in pairs}
    met = {"units": kinship(session, round_.id, judge_ids), "regions": neighbours(session, round_.id, judge_ids)}
    return {name: keys for name, known in met.items() if (keys := known.among(pairs))}


def _figures_now(session: Session, round_: Round, parameters: Mapping[str, Any]) -> Figures:
    rows = totals.valid_totals(session, round_.id)
    if not rows:
        raise rules.NothingToCompute
    scales = queries.scales_of(session, round_.id)
    if not scales:
        raise rules.NoRubric
    unscored = queries.candidate_count(session, round_.id) - len({row.candidate_id for row in rows})
    try:
        return compute_figures(rows, scales, parameters, unscored=max(0, unscored))
    except ScoringError as error:
        raise rules.CannotCompute(reason=reason_of(error)) from error


def _sheet(round_: Round, figures: Figures, *, number: int, by: Actor, at: datetime) -> ResultSheet:
    return ResultSheet(
        round_id=round_.id,
        round=round_,
        number=number,
        method=round_.method,
        parameters=figures.parameters,
        engine_version=figures.version,
        digest=figures.digest,
        summary=figures.summary,
        computed_at=at,
        computed_by_id=by.id,
        standings=[Standing(**values) for values in figures.standings],
        severities=[Severity(**values) for values in figures.severities],
        flags=[Flag(**values) for values in figures.flags],
    )


def _carry_answers(before: Iterable[Flag], flags: Iterable[Flag]) -> None:
    """Keep what people answered where the same flag is raised again on the same total."""
    answers = {(flag.kind, flag.judge_id, flag.candidate_id, flag.detail.get("other")): flag for flag in before}
    for flag in flags:
        old = answers.get((flag.kind, flag.judge_id, flag.candidate_id, flag.detail.get("other")))
        if old is None or old.status in (*rules.OPEN, FlagStatus.EXCLUDED):
            continue
        if old.detail.get("given") == flag.detail.get("given"):
            flag.status, flag.note = old.status, old.note
            flag.reviewed_at, flag.reviewed_by_id = old.reviewed_at, old.reviewed_by_id


def verify(session: Session, sheet: ResultSheet) -> bool:
    """Say whether the ballots as they are now give this very sheet: its digest and every figure."""
    return not differences(session, sheet)


def differences(session: Session, sheet: ResultSheet) -> list[str]:
    """Compute the sheet again from the ballots and return the names of what differs; nothing is written."""
    try:
        figures = _figures_now(session, _round_of(session, sheet), sheet.parameters)
    except (rules.NothingToCompute, rules.NoRubric, rules.CannotCompute):
        return ["ballots"]
    whole = queries.whole_sheet(session, sheet.id)
    checks = {
        "digest": sheet.digest == figures.digest,
        "version": sheet.engine_version == figures.version,
        "summary": sheet.summary == figures.summary,
        "standings": _same(whole.standings, figures.standings, "candidate_id"),
        "severities": _same(whole.severities, figures.severities, "judge_id"),
        "flags": _flag_keys(whole.flags)
        == sorted((f["kind"], str(f["judge_id"]), str(f["candidate_id"])) for f in figures.flags),
    }
    return [name for name, same in checks.items() if not same]


def _round_of(session: Session, sheet: ResultSheet) -> Round:
    return session.get_one(Round, sheet.round_id)


def _flag_keys(flags: Iterable[Flag]) -> list[tuple[str, str, str]]:
    return sorted((flag.kind, str(flag.judge_id), str(flag.candidate_id)) for flag in flags)


def _same(rows: Iterable[Any], figures: Iterable[Mapping[str, Any]], key: str) -> bool:
    expected = {values[key]: values for values in figures}
    stored = {getattr(row, key): row for row in rows}
    return stored.keys() == expected.keys() and all(
        _equal(name, getattr(stored[one], name), value)
        for one, values in expected.items()
        for name, value in values.items()
    )


def _equal(name: str, stored: Any, computed: Any) -> bool:
    if name in EXACT or stored is None or computed is None or not isinstance(stored, Decimal):
        return bool(stored == computed)
    return bool(abs(stored - computed) <= TOLERANCE)


def review_flag(
    session: Session, edition: Edition, flag: Flag, status: FlagStatus, *, note: str, by: Actor, at: datetime
) -> None:
    """Answer a flag: the score stands, the judge was asked, one more judge; or propose to exclude the total."""
    sheet = _open_sheet(session, edition, flag)
    if flag.status is FlagStatus.EXCLUDED:
        raise rules.AlreadyExcluded
    proposing = status in (FlagStatus.PROPOSED, FlagStatus.EXCLUDED)
    if proposing:
        _require_excludable(session, flag, note)
    flag.status = FlagStatus.PROPOSED if proposing else status
    flag.note, flag.reviewed_at, flag.reviewed_by_id, flag.seconded_by_id = note.strip(), at, by.id, None
    act = ResultAct.EXCLUSION_PROPOSED if proposing else ResultAct.FLAG_REVIEWED
    _record_flag(session, act, edition, sheet, flag, by=by, at=at, reason=note)


def second_exclusion(session: Session, edition: Edition, flag: Flag, *, by: Actor, at: datetime) -> None:
    """Sign a proposed exclusion as the second person: the total no longer counts, and the sheet must be computed again."""
    sheet = _open_sheet(session, edition, flag)
    if flag.status is not FlagStatus.PROPOSED:
        raise rules.NotProposed
    rules.require_second(flag.reviewed_by_id, by.id)
    ballot = _require_excludable(session, flag, flag.note)
    ballot.excluded_reason = flag.note
    flag.status, flag.seconded_by_id = FlagStatus.EXCLUDED, by.id
    _record_flag(session, ResultAct.EXCLUSION_SIGNED, edition, sheet, flag, by=by, at=at, reason=flag.note)


def refuse_exclusion(session: Session, edition: Edition, flag: Flag, *, reason: str, by: Actor, at: datetime) -> None:
    """Refuse a proposed exclusion: the flag waits for another answer."""
    sheet = _open_sheet(session, edition, flag)
    if flag.status is not FlagStatus.PROPOSED:
        raise rules.NotProposed
    flag.status, flag.note = FlagStatus.OPEN, rules.require_reason(reason)
    flag.reviewed_at, flag.reviewed_by_id = None, None
    _record_flag(session, ResultAct.EXCLUSION_REFUSED, edition, sheet, flag, by=by, at=at, reason=reason)


def _open_sheet(session: Session, edition: Edition, flag: Flag) -> ResultSheet:
    sheet = session.get_one(ResultSheet, flag.sheet_id)
    require_round(edition, _round_of(session, sheet), Stage.RESULTS)
    if sheet.confirmed_at is not None:
        raise rules.SheetConfirmed
    return sheet


def _require_excludable(session: Session, flag: Flag, reason: str) -> Ballot:
    rules.require_reason(reason)
    if flag.candidate_id is None or flag.judge_id is None:
        raise rules.ScoreFlagsOnly
    ballot = queries.ballot_of(session, flag.candidate_id, flag.judge_id)
    if ballot is None:
        raise rules.ScoreFlagsOnly
    if ballot.excluded_reason:
        raise rules.AlreadyExcluded
    if queries.counted_on(session, flag.candidate_id) < 2:
        raise rules.LastBallot
    return ballot


def confirm(
    session: Session, edition: Edition, sheet: ResultSheet, *, by: Actor, at: datetime, reason: str = ""
) -> None:
    """Confirm a sheet: it must be the newest, agree with the ballots, and its flags be answered or a reason be given."""
    round_ = _round_of(session, sheet)
    require_round(edition, round_, Stage.RESULTS)
    if sheet.confirmed_at is not None:
        raise rules.SheetConfirmed
    latest = queries.latest_sheet(session, sheet.round_id)
    if latest is None or latest.id != sheet.id or not verify(session, sheet):
        raise rules.SheetOutdated
    waiting = queries.open_flags(session, [sheet.id]).get(sheet.id, 0)
    if waiting and len(reason.strip()) < 2:
        raise rules.OpenFlags(count=waiting)
    sheet.confirmed_at, sheet.confirmed_by_id = at, by.id
    detail = {"digest": sheet.digest, "open_flags": waiting}
    _record(session, ResultAct.CONFIRMED, edition, sheet, by=by, at=at, reason=reason, detail=detail)


def reopen(session: Session, edition: Edition, sheet: ResultSheet, *, reason: str, by: Actor, at: datetime) -> None:
    """Take a confirmation back, with a reason, while the edition is still at the results."""
    require_round(edition, _round_of(session, sheet), Stage.RESULTS)
    if sheet.confirmed_at is None:
        raise rules.NotConfirmed
    words = rules.require_reason(reason)
    sheet.confirmed_at, sheet.confirmed_by_id = None, None
    _record(session, ResultAct.REOPENED, edition, sheet, by=by, at=at, reason=words)


def _record(
    session: Session,
    act: ResultAct,
    edition: Edition,
    sheet: ResultSheet,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    subject = queries.name_of(session, sheet)
    audit.record(
        session,
        act,
        by=by,
        at=at,
        subject_id=sheet.id,
        subject=subject,
        scope_id=edition.id,
        reason=reason,
        detail=detail,
    )
    session.flush()


def _record_flag(
    session: Session,
    act: ResultAct,
    edition: Edition,
    sheet: ResultSheet,
    flag: Flag,
    *,
    by: Actor,
    at: datetime,
    reason: str,
) -> None:
    judge = session.scalar(sa.select(Judge.code).where(Judge.id == flag.judge_id)) or ""
    detail = {"flag": flag.kind, "answer": flag.status.value, "judge": judge}
    if flag.candidate_id is not None:
        detail["candidate"] = queries.code_of(session, flag.candidate_id)
    _record(session, act, edition, sheet, by=by, at=at, reason=reason, detail=detail)
