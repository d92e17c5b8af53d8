"""Conflicts as a workbook, for the minutes."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from flask_babel import gettext as _

from judging.conflicts.models import Conflict
from judging.foundation.spreadsheets import Column, workbook
from judging.web.filters import format_datetime


def conflict_workbook(conflicts: Iterable[Conflict], deciders: Mapping[UUID, str]) -> bytes:
    """Return one row for each conflict: who, what, why, and what was decided by whom."""
    columns = [
        Column("judge", _("Judge")),
        Column("employer", _("Employer"), 28),
        Column("target", _("Must not judge"), 44),
        Column("kind", _("Kind")),
        Column("basis", _("Basis"), 20),
        Column("reason", _("Reason"), 40),
        Column("since", _("Since"), 18),
        Column("state", _("State"), 12),
        Column("decision", _("Reason of the decision"), 40),
        Column("decider", _("Decided by"), 14),
        Column("decided", _("Decided on"), 18),
    ]
    return workbook({_("Conflicts of interest"): (columns, (_row(one, deciders) for one in conflicts))})


def _row(one: Conflict, deciders: Mapping[UUID, str]) -> dict[str, str]:
    return {
        "judge": one.judge.name if one.judge else one.named,
        "employer": one.judge.unit_name if one.judge else "",
        "target": f"{one.entry.code} {one.entry.title}" if one.entry else one.unit.name if one.unit else "",
        "kind": str(one.kind.label),
        "basis": str(one.basis.label),
        "reason": one.reason,
        "since": format_datetime(one.created_at),
        "state": str(one.status.label),
        "decision": one.decision_reason,
        "decider": deciders.get(one.decided_by_id, "") if one.decided_by_id else "",
        "decided": format_datetime(one.decided_at),
    }
