"""What every import from Excel shares: a plan that is shown before it is applied, and a ticket that keeps the file.

The uploaded workbook lies in storage; the ticket is a signed note of where, by whom and for what. So a preview writes
nothing, and applying reads the same file again and plans again, against what the database holds by then.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from uuid import UUID

from flask import Response, current_app, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from itsdangerous import BadData, URLSafeTimedSerializer

from judging.foundation.errors import DomainError, NotFound
from judging.foundation.labels import LabelEnum
from judging.foundation.spreadsheets import Column, RowError, SheetRow, read_rows
from judging.foundation.storage import storage

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TICKET_SECONDS = 24 * 3600
JOB_FROM_ROWS = 200  # a longer import runs as a job with a progress page
_SAMPLE = re.compile(r"示例|样例|sample|example", re.IGNORECASE)
_TOTAL = re.compile(r"((合|总|共|小)\s*计|total)(\s*\d+\s*\w{0,3}|\s*[:：].*)?", re.IGNORECASE)
_FOOTNOTE = re.compile(
    r"(注|备注|说明|填表人?|填报人?|制表人?|审核人?|联系人|单位盖章|盖章|notes?)\s*\d*\s*([:：、.．].*)?",
    re.IGNORECASE | re.DOTALL,
)


class RowState(LabelEnum):
    """What an import will do with a row."""

    NEW = "new", _l("New")
    CHANGED = "changed", _l("Changed")
    SAME = "same", _l("Unchanged")
    WRONG = "wrong", _l("To correct")


class ImportHasErrors(DomainError):
    """All or nothing: a workbook with errors is not applied at all."""

    message = _l(
        "The workbook still has errors, so nothing has been imported. Please correct the rows and upload it again."
    )


class EmptyWorkbook(DomainError):
    """Below the header row there is nothing."""

    message = _l("Below the header row, the workbook has no rows to import.")


class NoWorkbook(DomainError):
    """The form came without a file."""

    message = _l("Please choose the workbook first.")


@dataclass(slots=True)
class PlannedRow:
    """One row of the workbook: what will be done, with what values, and what that changes."""

    number: int
    label: str
    state: RowState
    values: dict[str, Any] = field(default_factory=dict)
    target: UUID | None = None  # the row that exists already
    changes: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Plan:
    """What an import would do; nothing is written while there are errors."""

    rows: list[PlannedRow]
    errors: list[RowError]
    skipped: list[tuple[int, str]]  # sample, total and note rows: their number and why

    def count(self, state: RowState) -> int:
        """Return how many rows are in a state."""
        return sum(row.state == state for row in self.rows)

    def in_state(self, *states: RowState) -> list[PlannedRow]:
        """Return the rows in one of these states."""
        return [row for row in self.rows if row.state in states]

    @property
    def writes(self) -> int:
        """Return how many rows applying would write."""
        return self.count(RowState.NEW) + self.count(RowState.CHANGED)

    def require_sound(self) -> None:
        """Refuse to apply a plan with errors."""
        if self.errors:
            raise ImportHasErrors


@dataclass(frozen=True, slots=True)
class Ticket:
    """An uploaded workbook that waits to be applied."""

    kind: str
    scope: str
    user: str
    key: str
    name: str
    options: dict[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        """Return the workbook."""
        return storage().get(self.key)


def keep(kind: str, scope: UUID, user: UUID, name: str, content: bytes, options: Mapping[str, str]) -> str:
    """Store an uploaded workbook and return its signed ticket."""
    ticket = Ticket(kind, str(scope), str(user), storage().put(content).key, name[:120], dict(options))
    return str(_serializer().dumps(asdict(ticket)))


def redeem(token: str, kind: str, scope: UUID, user: UUID) -> Ticket:
    """Return the ticket of this person, kind and edition; any other does not exist."""
    try:
        ticket = Ticket(**_serializer().loads(token, max_age=TICKET_SECONDS))
    except (BadData, TypeError) as error:
        raise NotFound from error
    if (ticket.kind, ticket.scope, ticket.user) != (kind, str(scope), str(user)):
        raise NotFound
    return ticket


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="judging.import")


def sorted_rows(plan: Plan) -> Sequence[PlannedRow]:
    """Return the rows worth looking at first: wrong, changed, new; unchanged ones last."""
    order = [RowState.WRONG, RowState.CHANGED, RowState.NEW, RowState.SAME]
    return sorted(plan.rows, key=lambda row: (order.index(row.state), row.number))


def xlsx(content: bytes, name: str) -> Response:
    """Return a workbook for saving; the name is plain letters, so that every browser keeps it."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"', "Cache-Control": "private, no-store"}
    return Response(content, mimetype=XLSX, headers=headers)


def sent_workbook() -> tuple[str, bytes]:
    """Return name and content of the workbook that was sent, or refuse."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise NoWorkbook
    return sent.filename, sent.stream.read()


def done_sentence(written: int) -> str:
    """Say what an import has done."""
    if not written:
        return str(gettext("Everything in the workbook was already here; nothing has been changed."))
    return str(gettext("%(count)s rows have been imported.", count=written))


def rows_of(content: bytes, columns: Sequence[Column]) -> tuple[list[SheetRow], list[tuple[int, str]]]:
    """Return the rows of a workbook, and apart from them those that are no data: samples, totals, notes."""
    plain = [replace(column, choices=()) for column in columns]  # choices are matched more kindly than by equality
    rows: list[SheetRow] = []
    skipped: list[tuple[int, str]] = []
    for row in read_rows(content, plain):
        why = _no_data(row)
        if why:
            skipped.append((row.number, why))
        else:
            rows.append(row)
    if not rows and not skipped:
        raise EmptyWorkbook
    return rows, skipped


def _no_data(row: SheetRow) -> str:
    filled = [value for value in row.values.values() if value]
    why = ""
    if _SAMPLE.fullmatch(row.values.get("number", "")):
        why = gettext("sample row")
    elif _TOTAL.fullmatch(filled[0]) and len(filled) <= 4:
        why = gettext("total row")
    elif _FOOTNOTE.fullmatch(filled[0]) and len(filled) <= 2:
        why = gettext("note below the table")
    return str(why)


class Checker:
    """Collects what is wrong with a row, cell by cell, in words for the person who will mend it."""

    def __init__(self, row: SheetRow, columns: Sequence[Column]) -> None:
        self.row, self.errors = row, list[RowError]()
        self._headers = {column.key: str(column.header) for column in columns}

    def get(self, key: str) -> str:
        """Return the text of a cell; a column that is not there is empty."""
        return self.row.values.get(key, "")

    def wrong(self, key: str, sentence: object) -> None:
        """Note that a cell is wrong."""
        self.errors.append(RowError(self.row.number, self._headers.get(key, key), str(sentence)))

    def need(self, *keys: str) -> None:
        """Note cells that are empty, but required."""
        for key in keys:
            if not self.get(key):
                self.wrong(key, gettext("is empty, but required"))

    def limit(self, limits: Mapping[str, int]) -> None:
        """Note texts that are too long, with how long they are."""
        for key, limit in limits.items():
            if len(self.get(key)) > limit:
                self.wrong(
                    key,
                    gettext(
                        "has %(length)s characters; at most %(limit)s are possible",
                        length=len(self.get(key)),
                        limit=limit,
                    ),
                )
