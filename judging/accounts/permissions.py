"""The whole permission matrix on one page: what each role may do in the editions where it is granted.

Nothing is permitted that does not stand here. Whose object it is (a unit's own entry, a judge's own sheet) is asked by
the query that finds it: a foreign object is simply not found.
"""

from enum import StrEnum

from judging.accounts.models import Role


class Permission(StrEnum):
    """What a person may do; every route declares one."""

    ACCOUNT_MANAGE = "account.manage"
    ACCOUNT_VIEW = "account.view"
    EDITION_CREATE = "edition.create"
    EDITION_MANAGE = "edition.manage"
    EDITION_VIEW = "edition.view"
    UNIT_MANAGE = "unit.manage"
    UNIT_VIEW = "unit.view"
    UNIT_OWN = "unit.own"
    RUBRIC_MANAGE = "rubric.manage"
    RUBRIC_VIEW = "rubric.view"
    ENTRY_OWN = "entry.own"
    ENTRY_RECOMMEND = "entry.recommend"
    ENTRY_CHECK = "entry.check"
    ENTRY_VIEW = "entry.view"
    JUDGE_SELF = "judge.self"
    JUDGE_MANAGE = "judge.manage"
    JUDGE_VIEW = "judge.view"
    CONFLICT_DECLARE = "conflict.declare"
    CONFLICT_REQUEST = "conflict.request"
    CONFLICT_MANAGE = "conflict.manage"
    CONFLICT_VIEW = "conflict.view"
    BLINDING_MANAGE = "blinding.manage"
    BLINDING_VIEW = "blinding.view"
    ASSIGNMENT_MANAGE = "assignment.manage"
    ASSIGNMENT_VIEW = "assignment.view"
    BALLOT_MARK = "ballot.mark"
    BALLOT_CHAIR = "ballot.chair"
    BALLOT_MANAGE = "ballot.manage"
    BALLOT_VIEW = "ballot.view"
    RESULT_MANAGE = "result.manage"
    RESULT_VIEW = "result.view"
    SELECTION_MANAGE = "selection.manage"
    SELECTION_VIEW = "selection.view"
    PUBLICATION_MANAGE = "publication.manage"
    PUBLICATION_VIEW = "publication.view"
    AUDIT_VIEW = "audit.view"


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
    Role.JUDGE: frozenset({P.JUDGE_SELF, P.CONFLICT_DECLARE, P.BALLOT_MARK, P.BALLOT_CHAIR}),
    Role.RECOMMENDER: frozenset({P.ENTRY_RECOMMEND, P.UNIT_OWN}),
    Role.ENTRANT: frozenset({P.ENTRY_OWN, P.UNIT_OWN, P.CONFLICT_REQUEST}),
}


def roles_with(permission: Permission) -> frozenset[Role]:
    """Return the roles that hold a permission."""
    return frozenset(role for role, permissions in MATRIX.items() if permission in permissions)
