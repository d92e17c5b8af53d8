"""Assignments and plans as a workbook; its first sheet can be changed and read back in."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from judging.assignment.engine.reserves import Line as Lot
from judging.assignment.engine.reserves import Role
from judging.assignment.lots import Barred, roll_of, told_stratum
from judging.assignment.models import Assignment, JudgeDraw, Seat
from judging.blinding.models import Candidate
from judging.foundation.spreadsheets import Column, RowError, workbook
from judging.web.forms import narrow
from judging.web.imports import Checker, rows_of

NUMBER = re.compile(r"-?\d{1,6}(\.\d{1,6})?")
COLUMNS = (
    Column("code", _l("Candidate code"), 16, required=True, aliases=("盲审编号", "候选成果编号", "Candidate code")),
    Column("title", _l("Title"), 40, aliases=("题目", "课题名称", "Title")),
    Column("judge_code", _l("Bank number"), 16, aliases=("专家编号", "评委编号", "库内编号", "Bank number")),
    Column("judge", _l("Judge"), 14, aliases=("评委", "评委姓名", "Judge")),
    Column("fit", _l("Fit"), 10, aliases=("匹配度", "Fit")),
    Column("source", _l("Given how"), 14, aliases=("来源", "Given how")),
)


STRENGTHS = (
    Column("code", _l("Candidate code"), 16, required=True, aliases=("盲审编号", "候选成果编号", "Candidate code")),
    Column("title", _l("Title"), 40, aliases=("题目", "课题名称", "Title")),
    Column("strength", _l("Strength"), 12, aliases=("强度", "实力", "分数", "Strength")),
)


def strengths_workbook(candidates: Iterable[Candidate], strengths: Mapping[UUID, float]) -> bytes:
    """Return every candidate of a round with its strength, to be filled in and read back."""
    ordered = sorted(candidates, key=lambda candidate: candidate.code)
    rows = [{"code": c.code, "title": c.title, "strength": strengths.get(c.id, "")} for c in ordered]
    return workbook({_("Strengths"): (STRENGTHS, rows)})


def read_strengths(content: bytes, candidates: Iterable[Candidate]) -> tuple[dict[UUID, float | None], list[RowError]]:
    """Return the strength of each candidate on a sheet (an empty cell: none), and what is wrong with its rows."""
    known, found = {candidate.code.upper(): candidate for candidate in candidates}, dict[UUID, float | None]()
    errors: list[RowError] = []
    for row in rows_of(content, STRENGTHS)[0]:
        checker = Checker(row, STRENGTHS)
        code, text = checker.get("code").upper(), narrow(checker.get("strength")) or ""
        if code not in known:
            checker.wrong("code", _("“%(code)s” is no cleared candidate of this round", code=code[:40]))
        elif known[code].id in found:
            checker.wrong("code", _("stands twice on the sheet"))
        elif text and not NUMBER.fullmatch(text):
            checker.wrong("strength", _("“%(value)s” is no number", value=text[:20]))
        else:
            found[known[code].id] = float(text) if text else None
        errors += checker.errors
    return found, errors


Fits = Mapping[tuple[UUID, UUID], float]  # by candidate and seat


@dataclass(frozen=True, slots=True)
class Line:
    """One candidate given to one judge, or to nobody yet."""

    candidate: Candidate
    seat: Seat | None = None
    fit: float | None = None
    source: str = ""


def assignment_lines(assignments: Iterable[Assignment], fits: Fits) -> list[Line]:
    """Return the assignments as they stand."""
    return [Line(a.candidate, a.seat, fits.get((a.candidate_id, a.seat_id)), str(a.source.label)) for a in assignments]


def lines_workbook(lines: Iterable[Line]) -> bytes:
    """Return three sheets of given or proposed pairs: one row each, by candidate, by judge. Candidates stand by code."""
    ordered = sorted(lines, key=lambda line: (line.candidate.code, line.seat.judge.code if line.seat else ""))
    return workbook(
        {
            _("Assignments"): (COLUMNS, [_row(line) for line in ordered]),
            _("By candidate"): (
                [Column("code", _("Candidate code")), Column("count", _("Judges")), Column("names", _("Names"), 60)],
                _by_candidate(ordered),
            ),
            _("By judge"): (
                [
                    Column("judge_code", _("Bank number")),
                    Column("judge", _("Judge")),
                    Column("count", _("Candidates")),
                    Column("codes", _("Codes"), 80),
                ],
                _by_judge(ordered),
            ),
        }
    )


def _row(line: Line) -> dict[str, object]:
    return {
        "code": line.candidate.code,
        "title": line.candidate.title,
        "judge_code": line.seat.judge.code if line.seat else "",
        "judge": line.seat.judge.name if line.seat else "",
        "fit": line.fit,
        "source": line.source,
    }


def _by_candidate(lines: Iterable[Line]) -> list[dict[str, object]]:
    names: dict[str, list[str]] = {}
    for line in lines:
        own = names.setdefault(line.candidate.code, [])
        own += [line.seat.judge.name] if line.seat else []
    return [{"code": code, "count": len(own), "names": "、".join(own)} for code, own in names.items()]


def _by_judge(lines: Iterable[Line]) -> list[dict[str, object]]:
    codes: dict[tuple[str, str], list[str]] = defaultdict(list)
    for line in lines:
        if line.seat:
            codes[line.seat.judge.code, line.seat.judge.name].append(line.candidate.code)
    return [
        {"judge_code": code, "judge": name, "count": len(own), "codes": "、".join(own)}
        for (code, name), own in sorted(codes.items())
    ]


def draw_workbook(draw: JudgeDraw, names: Mapping[str, str]) -> bytes:
    """Return a draw of judges in three sheets: what was drawn and how, the seats of each group, a line for everybody."""
    facts = [
        (_("Panel"), draw.panel_name),
        (_("Seed"), str(draw.seed)),
        (_("Seats"), draw.seats),
        (_("Reserves for each seat"), draw.reserves),
        (_("Seats shared among"), str(draw.strata.label)),
        (_("Reason"), draw.reason),
        *([(_("Void"), draw.void_reason or _("yes"))] if draw.panel_id is None else []),
        (
            _("How to draw again"),
            _(
                "The lot of a judge is the SHA-256 of the seed and the bank number, each followed by a line feed. "
                "In each group the lowest lots get the seats and the next ones wait as reserves; "
                "a group that is too small borrows from the others."
            ),
        ),
    ]
    group, seats = Column("group", _("Drawn among"), 30), Column("seats", _("Seats"))
    log = (
        *(group, Column("place", _("Order of the lot"), 8), Column("role", _("Role"), 14)),
        *(Column("code", _("Bank number")), Column("name", _("Judge"), 14), Column("lot", _("Lot"), 70)),
        Column("note", _("Note"), 30),
    )
    return workbook(
        {
            _("Draw"): (
                [Column("what", _("What"), 24), Column("value", _("Value"), 80)],
                [{"what": what, "value": value} for what, value in facts],
            ),
            _("Groups"): (
                [group, seats],
                [{"group": told_stratum(tuple(s), draw.strata), "seats": count} for s, count in draw.quotas],
            ),
            _("Log"): (log, [_lot_row(draw, line, names) for line in roll_of(draw).lines]),
        }
    )


_ROLES = {
    Role.SEAT: _l("Seat"),
    Role.RESERVE: _l("Reserve"),
    Role.NOT_CALLED: _l("Not called"),
    Role.BARRED: _l("Barred"),
}


def _lot_row(draw: JudgeDraw, line: Lot, names: Mapping[str, str]) -> dict[str, object]:
    note = _("From another group") if line.borrowed else ""
    return {
        "group": told_stratum(line.stratum, draw.strata),
        "place": line.place or "",
        "role": str(_ROLES[line.role]),
        "code": line.code,
        "name": names.get(line.code, ""),
        "lot": line.lot,
        "note": str(Barred(line.reason).label) if line.reason else note,
    }
