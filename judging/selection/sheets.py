"""Award lists and recommendation lists as workbooks; rows and columns serve other workbooks too."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from judging.editions.models import Track
from judging.entries.models import Entry
from judging.foundation.spreadsheets import Column, workbook
from judging.selection import queries
from judging.selection.models import AwardList, Channel, Decision, Recommendation
from judging.selection.words import TOPICS, decision_reason, recommendation_reason

DECISIONS = (
    Column("number", _l("No."), 6),
    Column("code", _l("Entry number"), 14),
    Column("title", _l("Title"), 40),
    Column("unit", _l("Unit"), 34),
    Column("group", _l("Group"), 18),
    Column("topic", _l("Topic type"), 18),
    Column("rank", _l("Place"), 8),
    Column("score", _l("Score"), 10),
    Column("tier", _l("Level"), 18),
    Column("reason", _l("Reason"), 50),
)
# The usual columns of a 推荐汇总表: one row per entry.
CHANNEL = (
    Column("number", _l("No."), 6),
    Column("outcome", _l("Recommendation"), 12),
    Column("title", _l("Title"), 40),
    Column("unit", _l("Unit"), 34),
    Column("group", _l("Group"), 18),
    Column("topic", _l("Topic type"), 18),
    Column("members", _l("Members"), 40),
    Column("tier", _l("Level"), 18),
    Column("score", _l("Score"), 10),
    Column("recommender", _l("Recommending unit"), 26),
    Column("contact", _l("Contact"), 12),
    Column("phone", _l("Phone"), 16, text_only=True),
    Column("reason", _l("Reason"), 50),
)


def decision_rows(decisions: Iterable[Decision]) -> list[dict[str, Any]]:
    """Return the rows of DECISIONS, with entry, unit and level loaded."""
    return [
        {
            "number": number,
            **_entry(one.entry),
            "rank": one.rank,
            "score": one.score,
            "tier": one.tier.name if one.tier is not None else _("none"),
            "reason": decision_reason(one.reason),
        }
        for number, one in enumerate(decisions, start=1)
    ]


def channel_rows(session: Session, channel: Channel) -> list[dict[str, Any]]:
    """Return the rows of CHANNEL: who goes up, then the reserves."""
    rows: Sequence[Recommendation] = queries.recommended(session, channel)
    last = {one.entry_id: one for one in queries.last_decisions(session, [channel.track_id])}
    return [_recommended(number, one, last.get(one.entry_id)) for number, one in enumerate(rows, start=1)]


def _recommended(number: int, one: Recommendation, decision: Decision | None) -> dict[str, Any]:
    entry = one.entry
    tier = decision.tier if decision is not None else None
    return {
        "number": number,
        "outcome": f"{one.outcome.label} {one.position}",
        **_entry(entry),
        "members": "、".join(member.name for member in entry.members),
        "tier": tier.name if tier is not None else _("none"),
        "score": decision.score if decision is not None else None,
        "recommender": entry.recommending_unit.name if entry.recommending_unit is not None else "",
        "contact": entry.contact_name or entry.unit.contact_name,
        "phone": entry.contact_phone or entry.unit.contact_phone,
        "reason": recommendation_reason(one.reason),
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "code": entry.code,
        "title": entry.title,
        "unit": entry.unit.name,
        "group": entry.group_name,
        "topic": str(TOPICS.get(entry.topic_type, "")),
    }


def decisions_workbook(session: Session, award_list: AwardList, track: Track) -> bytes:
    """Return an award list as a workbook."""
    return workbook({track.name: (DECISIONS, decision_rows(queries.decisions(session, award_list.id)))})


def channel_workbook(session: Session, channel: Channel) -> bytes:
    """Return the recommendation list of a channel as a workbook."""
    return workbook({channel.name: (CHANNEL, channel_rows(session, channel))})
