"""Lists by page: sorted and filtered by the database, counted once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from flask import request
from sqlalchemy.orm import Session

Row = TypeVar("Row")
PER_PAGE = 40


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of a list, with what the address asked for."""

    items: Sequence[Row]
    total: int
    page: int
    per_page: int
    args: dict[str, Any]

    @property
    def pages(self) -> int:
        """Return how many pages there are, at least one."""
        return max(1, -(-self.total // self.per_page))


def paginate(
    session: Session,
    query: sa.Select[*tuple[Any, ...]],
    *,
    sorts: Mapping[str, Any],
    default: str,
    per_page: int = PER_PAGE,
    scalars: bool = True,
) -> Page[Any]:
    """Return the page that the address asks for, in two queries whatever its length.

    Parameters
    ----------
    sorts
        What ``?sort=key`` (or ``-key``) may name, with the column or columns it stands for.
    default
        The key used without ``?sort``.
    """
    total = session.scalar(sa.select(sa.func.count()).select_from(query.order_by(None).options().subquery())) or 0
    pages = max(1, -(-total // per_page))
    number = min(max(1, _number(request.args.get("page"))), pages)
    ordered = query.order_by(None).order_by(*_order(request.args.get("sort", default), sorts, default))
    result = session.execute(ordered.limit(per_page).offset((number - 1) * per_page))
    items = result.scalars().unique().all() if scalars else result.unique().all()
    args = {key: values for key, values in request.args.to_dict(flat=False).items() if key != "page"}
    flat = {key: values[0] if len(values) == 1 else values for key, values in args.items()}
    return Page(items=items, total=total, page=number, per_page=per_page, args=flat)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 7 else 1


def _order(key: str, sorts: Mapping[str, Any], default: str) -> list[Any]:
    known = key if key.lstrip("-") in sorts else default
    columns = sorts[known.lstrip("-")]
    columns = columns if isinstance(columns, tuple | list) else (columns,)
    return [column.desc() if known.startswith("-") else column.asc() for column in columns]


def contains(text: str, *columns: Any) -> sa.ColumnElement[bool]:
    """Return a condition: any of the columns contains the text (its % and _ mean themselves)."""
    return sa.or_(*[column.icontains(text[:100], autoescape=True) for column in columns])
