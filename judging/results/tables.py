"""From the totals that count to the table the engine reads: one scale, own work in keys, the order of marking. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from judging.ballots.totals import TotalRow
from judging.results.rules import COMMON_MAXIMUM
from scoring import ScoreTable, half_up

Totals = Mapping[tuple[str, str], Decimal]  # by candidate and judge


@dataclass(frozen=True, slots=True)
class Scale:
    """The largest total of a rubric, and the largest mark of each of its criteria."""

    maximum: Decimal
    criteria: Mapping[str, Decimal]


def on_common_scale(rows: Iterable[TotalRow], scales: Mapping[str, Scale]) -> dict[tuple[str, str], Decimal]:
    """Return totals by candidate and judge; as shares of 100 when the rubrics of the round have different maxima."""
    scaled = are_scaled(scales)
    return {
        (str(row.candidate_id), str(row.judge_id)): half_up(
            row.total * COMMON_MAXIMUM / scale_of(scales, row.topic_type).maximum, 4
        )
        if scaled
        else row.total
        for row in rows
    }


def are_scaled(scales: Mapping[str, Scale]) -> bool:
    """Say whether totals must be put on a common scale."""
    return len({scale.maximum for scale in scales.values()}) > 1


def largest(scales: Mapping[str, Scale]) -> Decimal:
    """Return the largest total possible on the scale that totals are put on."""
    maxima = {scale.maximum for scale in scales.values()}
    return Decimal(COMMON_MAXIMUM) if len(maxima) > 1 else maxima.pop()


def scale_of(scales: Mapping[str, Scale], topic_type: str) -> Scale:
    """Return the scale of a topic type: its own, or that of all others."""
    return scales.get(topic_type) or scales.get("") or next(iter(scales.values()))


def table_of(totals: Totals, rows: Sequence[TotalRow], parameters: Mapping[str, Any]) -> ScoreTable:
    """Return the totals as the engine takes them.

    Parameters
    ----------
    totals
        On the common scale.
    rows
        Where they come from.
    parameters
        Of the sheet: `units` are keys of judges and candidates that met their own; with `order` the table knows which
        of a judge's candidates came first, which came second.
    """
    units = parameters.get("units") or None
    places = _places(rows) if parameters.get("order") else None
    return ScoreTable.from_columns(
        entry=[entry for entry, _ in totals],
        judge=[judge for _, judge in totals],
        mark=list(totals.values()),
        unit_of_entry=units,
        unit_of_judge=units,
        order=None if places is None else [places[pair] for pair in totals],
    )


def _places(rows: Sequence[TotalRow]) -> dict[tuple[str, str], float]:
    """Return in which place each judge began each sheet; not a number where several were begun at one moment.

    Sheets that come by the dozen in one moment were typed in from paper: their order says nothing.
    """
    by_judge: dict[str, list[TotalRow]] = {}
    for row in rows:
        by_judge.setdefault(str(row.judge_id), []).append(row)
    places: dict[tuple[str, str], float] = {}
    for judge, own in by_judge.items():
        moments = [row.begun_at for row in own if row.begun_at is not None]
        distinct = {moment: place for place, moment in enumerate(sorted(set(moments)), start=1)}
        alone = {moment for moment in distinct if moments.count(moment) == 1}
        for row in own:
            known = row.begun_at is not None and row.begun_at in alone
            places[str(row.candidate_id), judge] = float(distinct[row.begun_at]) if known else np.nan  # type: ignore[index]
    return places


def sheets_of(rows: Sequence[TotalRow], scales: Mapping[str, Scale]) -> tuple[ScoreTable, ...]:
    """Return the marks by criterion, one table a rubric: what shows whether one impression leads a whole sheet."""
    by_rubric: dict[tuple[str, ...], list[TotalRow]] = {}
    for row in rows:
        codes = tuple(sorted(scale_of(scales, row.topic_type).criteria))
        if codes and all(code in row.marks for code in codes):
            by_rubric.setdefault(codes, []).append(row)
    tables = []
    for codes, own in sorted(by_rubric.items()):
        cells = [(row, code) for row in own for code in codes]
        tables.append(
            ScoreTable.from_columns(
                entry=[str(row.candidate_id) for row, _ in cells],
                judge=[str(row.judge_id) for row, _ in cells],
                criterion=[code for _, code in cells],
                mark=[row.marks[code] for row, code in cells],
            )
        )
    return tuple(tables)
