"""What stands at the left of every desk, by permission; a page of a stage belongs to one line here."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app, g, request, url_for
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from judging.accounts.guards import may
from judging.accounts.permissions import Permission

P = Permission


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the navigation; `blueprints` says on which pages it is lit."""

    endpoint: str
    label: LazyString
    icon: str
    permission: P
    unless: P | None = None  # hidden from who holds this: organizers need no entrant's lines


@dataclass(frozen=True, slots=True)
class NavItem:
    """A line as the layout draws it."""

    label: LazyString
    url: str
    icon: str
    active: bool
    badge: int | None = None


LINES = (
    Line("desk.today", _l("Today"), "home", P.EDITION_VIEW),
    Line("entries.mine", _l("My entries"), "file-text", P.ENTRY_OWN),
    Line("units.own", _l("My unit"), "building", P.UNIT_OWN),
    Line("recommend.desk", _l("Recommend"), "medal", P.ENTRY_RECOMMEND),
    Line("ballots.desk", _l("My score sheets"), "scale", P.BALLOT_MARK),
    Line("assignment.invitations", _l("Invitations to judge"), "inbox", P.INVITATION_ANSWER),
    Line("conflicts.declare", _l("Declare a conflict"), "eye-off", P.CONFLICT_DECLARE),
    Line("judges.profile", _l("My profile"), "user", P.JUDGE_SELF),
    Line("certificates.mine", _l("My certificates"), "seal", P.ENTRY_OWN),
    Line("edition.stage", _l("Stage and calendar"), "calendar", P.EDITION_VIEW),
    Line("edition.edit", _l("Edition settings"), "settings", P.EDITION_VIEW),
    Line("check.queue", _l("Entries and formal check"), "inbox", P.ENTRY_VIEW),
    Line("units.index", _l("Units"), "building", P.UNIT_VIEW),
    Line("judges.index", _l("Expert bank"), "users", P.JUDGE_VIEW),
    Line("conflicts.index", _l("Conflicts"), "shield", P.CONFLICT_VIEW),
    Line("blinding.desk", _l("Blinding"), "eye-off", P.BLINDING_VIEW),
    Line("assignment.index", _l("Assignment"), "shuffle", P.ASSIGNMENT_VIEW),
    Line("ballots.progress", _l("Judging progress"), "scale", P.BALLOT_VIEW),
    Line("results.index", _l("Results"), "chart", P.RESULT_VIEW),
    Line("selection.index", _l("Selection"), "medal", P.SELECTION_VIEW),
    Line("publication.index", _l("Notices and certificates"), "notice", P.PUBLICATION_VIEW),
    Line("people.index", _l("People and roles"), "users", P.ACCOUNT_VIEW),
    Line("desk.trail", _l("Audit trail"), "history", P.AUDIT_VIEW),
)


OUTSIDE = (
    Line("editions.index", _l("Editions"), "calendar", P.EDITION_VIEW),
    Line("rubrics.index", _l("Rubric library"), "scale", P.RUBRIC_VIEW),
)


def items() -> list[NavItem]:
    """Return the lines of this person in this edition; outside of editions what all of them share."""
    lines = OUTSIDE if g.get("edition") is None else LINES
    return [
        NavItem(line.label, url_for(line.endpoint), line.icon, _is_active(line, lines))
        for line in lines
        if line.endpoint in current_app.view_functions and may(line.permission)
    ]


def _is_active(line: Line, lines: Sequence[Line]) -> bool:
    here = request.endpoint or ""
    if here == line.endpoint:
        return True
    if any(other.endpoint == here for other in lines):
        return False
    slice_ = line.endpoint.split(".")[0]
    siblings = [other for other in lines if other.endpoint.split(".")[0] == slice_ and may(other.permission)]
    return here.split(".")[0] == slice_ and siblings[:1] == [line]
