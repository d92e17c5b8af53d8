"""How each score came about: every total with its adjustment and weight, so that anybody can recompute the score. Pure."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import scoring
from judging.results.numbers import text_of
from scoring import Evaluation, ScoreTable, half_up


def shown_totals(
    given: Mapping[tuple[str, str], Decimal],
    raw: Mapping[tuple[str, str], Decimal],
    table: ScoreTable,
    evaluation: Evaluation,
    parameters: Mapping[str, Any],
) -> dict[str, list[dict[str, Any]]]:
    """Return per candidate each judge's total with its adjustment and weight: score = sum(weight x value) / sum(weight)."""
    if evaluation.ballots:
        return _weighted(given, raw, evaluation)
    adjustments = {judge.judge: judge.adjustment for judge in evaluation.judges}
    method = str(evaluation.method)
    kept = _kept(table, method, parameters)
    converted = scoring.calibrate_standard(table).totals if method == "standard" else None
    shown: dict[str, list[dict[str, Any]]] = {}
    for place in range(table.ballots):
        entry, judge = table.entries[table.entry[place]], table.judges[table.judge[place]]
        start, added = raw[entry, judge], adjustments[judge] if method == "severity" else Decimal(0)
        value = start + added if converted is None else half_up(float(converted[place]), 6)
        line = {
            "judge": judge,
            "given": text_of(given[entry, judge]),
            "raw": text_of(start),
            "adjustment": text_of(added if converted is None else value - start),
            "value": text_of(value),
            "weight": "1" if kept is None or bool(kept[place]) else "0",
        }
        shown.setdefault(entry, []).append(line)
    return shown


def _weighted(
    given: Mapping[tuple[str, str], Decimal], raw: Mapping[tuple[str, str], Decimal], evaluation: Evaluation
) -> dict[str, list[dict[str, Any]]]:
    """The same under full calibration, where every total has an adjustment and a weight of its own."""
    shown: dict[str, list[dict[str, Any]]] = {}
    for one in evaluation.ballots:
        start = raw[one.entry, one.judge]
        line = {
            "judge": one.judge,
            "given": text_of(given[one.entry, one.judge]),
            "raw": text_of(start),
            "adjustment": text_of(-one.adjustment),
            "value": text_of(start - one.adjustment),
            "weight": text_of(one.weight),
        }
        shown.setdefault(one.entry, []).append(line)
    return shown


def _kept(table: ScoreTable, method: str, parameters: Mapping[str, Any]) -> Any:
    if method == "trimmed":
        return scoring.aggregate_trimmed(table, drop=parameters["drop"], drop_from=parameters["drop_from"]).kept
    return scoring.aggregate_median(table).kept if method == "median" else None
