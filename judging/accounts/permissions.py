"""The whole permission matrix on one page: what each role may do in the editions where it is granted.

Nothing is permitted that does not stand here. Whose object it is (a unit's own entry, a judge's own sheet) is asked by
the query that finds it: a foreign object is simply not found.
"""

from functools import cache

from flask_babel import lazy_gettext as _l

from judging.accounts.models import Role
from judging.foundation.labels import LabelEnum


class Permission(LabelEnum):
    """What a person may do; every route declares one."""

    ACCOUNT_MANAGE = "account.manage", _l("Invite people, give and take back roles")
    ACCOUNT_VIEW = "account.view", _l("See people and their roles")
    EDITION_CREATE = "edition.create", _l("Create editions")
    EDITION_MANAGE = "edition.manage", _l("Set up an edition and move it on")
    EDITION_VIEW = "edition.view", _l("See the set-up of an edition")
    UNIT_MANAGE = "unit.manage", _l("Keep units and recommending units")
    UNIT_VIEW = "unit.view", _l("See units")
    UNIT_OWN = "unit.own", _l("Keep one's own unit")
    RUBRIC_MANAGE = "rubric.manage", _l("Write and publish rubrics")
    RUBRIC_VIEW = "rubric.view", _l("See rubrics")
    ENTRY_OWN = "entry.own", _l("Fill in and submit one's own entries")
    ENTRY_RECOMMEND = "entry.recommend", _l("Check and recommend entries of one's units")
    ENTRY_CHECK = "entry.check", _l("Do the formal check")
    ENTRY_VIEW = "entry.view", _l("See entries")
    JUDGE_SELF = "judge.self", _l("Keep one's own judge's data")
    JUDGE_MANAGE = "judge.manage", _l("Keep the expert bank")
    JUDGE_VIEW = "judge.view", _l("See the expert bank")
    CONFLICT_DECLARE = "conflict.declare", _l("Declare own conflicts of interest")
    CONFLICT_REQUEST = "conflict.request", _l("Request that a judge recuses")
    CONFLICT_MANAGE = "conflict.manage", _l("Detect and waive conflicts")
    CONFLICT_VIEW = "conflict.view", _l("See conflicts")
    BLINDING_MANAGE = "blinding.manage", _l("Make codes and review copies")
    BLINDING_VIEW = "blinding.view", _l("See which code belongs to which entry")
    INVITATION_ANSWER = "invitation.answer", _l("Answer an invitation to judge")
    ASSIGNMENT_MANAGE = "assignment.manage", _l("Plan and change assignments")
    ASSIGNMENT_VIEW = "assignment.view", _l("See assignments")
    BALLOT_MARK = "ballot.mark", _l("Mark assigned candidates")
    BALLOT_CHAIR = "ballot.chair", _l("Reopen score sheets as chair of a panel")
    BALLOT_MANAGE = "ballot.manage", _l("Look after score sheets")
    BALLOT_VIEW = "ballot.view", _l("See score sheets")
    RESULT_MANAGE = "result.manage", _l("Compute and confirm results")
    RESULT_VIEW = "result.view", _l("See results")
    SELECTION_MANAGE = "selection.manage", _l("Decide awards and recommendations")
    SELECTION_VIEW = "selection.view", _l("See awards and recommendations")
    PUBLICATION_MANAGE = "publication.manage", _l("Publish notices and certificates, rule on objections")
    PUBLICATION_VIEW = "publication.view", _l("See notices, objections and certificates")
    AUDIT_VIEW = "audit.view", _l("Read the audit trail")


P = Permission

_SEES = frozenset(
    {
        P.ACCOUNT_VIEW,
        P.EDITION_VIEW,
        P.UNIT_VIEW,
        P.RUBRIC_VIEW,
        P.ENTRY_VIEW,
        P.JUDGE_VIEW,
        P.CONFLICT_VIEW,
        P.BLINDING_VIEW,
        P.ASSIGNMENT_VIEW,
        P.BALLOT_VIEW,
        P.RESULT_VIEW,
        P.SELECTION_VIEW,
        P.PUBLICATION_VIEW,
        P.AUDIT_VIEW,
    }
)

_RUNS = _SEES | {
    P.ACCOUNT_MANAGE,
    P.EDITION_MANAGE,
    P.UNIT_MANAGE,
    P.RUBRIC_MANAGE,
    P.ENTRY_CHECK,
    P.JUDGE_MANAGE,
    P.CONFLICT_MANAGE,
    P.BLINDING_MANAGE,
    P.ASSIGNMENT_MANAGE,
    P.BALLOT_MANAGE,
    P.RESULT_MANAGE,
    P.SELECTION_MANAGE,
    P.PUBLICATION_MANAGE,
}

MATRIX: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: _RUNS | {P.EDITION_CREATE},
    Role.ORGANIZER: _RUNS | {P.EDITION_CREATE},
    Role.SUPERVISOR: _SEES,
    Role.JUDGE: frozenset({P.JUDGE_SELF, P.CONFLICT_DECLARE, P.INVITATION_ANSWER, P.BALLOT_MARK, P.BALLOT_CHAIR}),
    Role.RECOMMENDER: frozenset({P.ENTRY_RECOMMEND, P.UNIT_OWN}),
    Role.ENTRANT: frozenset({P.ENTRY_OWN, P.UNIT_OWN, P.CONFLICT_REQUEST}),
}


def clash(one: Role, other: Role) -> bool:
    """Say whether one account must not hold both roles: who sees whose entry is whose does not judge."""
    return any(
        Permission.BLINDING_VIEW in MATRIX[sees] and Permission.BALLOT_MARK in MATRIX[marks]
        for sees, marks in ((one, other), (other, one))
    )


@cache
def roles_with(permission: Permission) -> frozenset[Role]:
    """Return the roles that hold a permission."""
    return frozenset(role for role, permissions in MATRIX.items() if permission in permissions)
