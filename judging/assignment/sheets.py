"""Assignments as a workbook."""

from collections import defaultdict
from collections.abc import Sequence

from flask_babel import gettext as _

from judging.assignment.models import Assignment
from judging.foundation.spreadsheets import Column, workbook


def assignment_workbook(assignments: Sequence[Assignment]) -> bytes:
    """Return three sheets: one row per assignment, per candidate, per judge. Candidates stand by code only."""
    single = [
        Column("code", _("Candidate code")),
        Column("title", _("Title"), width=40),
        *_judge_columns(),
        Column("source", _("Given how")),
    ]
    by_code: dict[str, list[str]] = defaultdict(list)
    by_judge: dict[tuple[str, str], list[str]] = defaultdict(list)
    for assignment in assignments:
        judge, candidate = assignment.seat.judge, assignment.candidate
        by_code[candidate.code].append(judge.name)
        by_judge[judge.code, judge.name].append(candidate.code)
    return workbook(
        {
            _("Assignments"): (
                single,
                [
                    {
                        "code": a.candidate.code,
                        "title": a.candidate.title,
                        "judge_code": a.seat.judge.code,
                        "judge": a.seat.judge.name,
                        "source": str(a.source.label),
                    }
                    for a in assignments
                ],
            ),
            _("By candidate"): (
                [
                    Column("code", _("Candidate code")),
                    Column("count", _("Judges")),
                    Column("names", _("Names"), width=60),
                ],
                [{"code": c, "count": len(names), "names": "、".join(names)} for c, names in sorted(by_code.items())],
            ),
            _("By judge"): (
                [*_judge_columns(), Column("count", _("Candidates")), Column("codes", _("Codes"), width=80)],
                [
                    {"judge_code": code, "judge": name, "count": len(codes), "codes": "、".join(sorted(codes))}
                    for (code, name), codes in sorted(by_judge.items())
                ],
            ),
        }
    )


def _judge_columns() -> list[Column]:
    return [Column("judge_code", _("Bank number")), Column("judge", _("Judge"))]
