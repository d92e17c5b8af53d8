"""A result sheet as a workbook: results, totals, severities, method. Codes only, no names of units."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from judging.foundation.spreadsheets import Column, workbook
from judging.results.models import ResultSheet, Severity, Standing
from judging.results.steadiness import seen_at
from judging.results.words import FORMULAS, note_sentence
from judging.web.filters import format_datetime
from scoring import half_up

RESULTS = (
    Column("rank", _l("Place"), 8),
    Column("code", _l("Blind code"), 12),
    Column("score", _l("Score"), 10),
    Column("judges", _l("Judges"), 8),
    Column("mean", _l("Mean"), 10),
    Column("trimmed", _l("Trimmed mean"), 12),
    Column("median", _l("Median"), 10),
    Column("standard", _l("Standard score"), 12),
    Column("adjusted", _l("Adjusted score"), 12),
    Column("low", _l("Interval from"), 14),
    Column("high", _l("Interval to"), 14),
    Column("mean_rank", _l("Place by the mean"), 14),
    Column("change", _l("Places gained"), 14),
    Column("component", _l("Part"), 8),
)
TOTALS = (
    Column("code", _l("Blind code"), 12),
    Column("judge", _l("Judge"), 24),
    Column("given", _l("Total given"), 12),
    Column("raw", _l("Total on the common scale"), 14),
    Column("adjustment", _l("Adjustment"), 12),
    Column("value", _l("Corrected total"), 14),
    Column("weight", _l("Weight"), 8),
)
SEVERITIES = (
    Column("judge", _l("Judge"), 24),
    Column("ballots", _l("Score sheets"), 10),
    Column("mean", _l("Mean"), 10),
    Column("severity", _l("Severity"), 10),
    Column("error", _l("Standard error"), 12),
    Column("adjustment", _l("Adjustment"), 12),
    Column("spread", _l("Spread of the residuals"), 14),
    Column("scale", _l("Scale"), 10),
    Column("noise", _l("Chance error of a total"), 14),
)
STEADY = (
    Column("line", _l("Award line"), 10),
    Column("code", _l("Blind code"), 12),
    Column("rank", _l("Place"), 8),
    Column("best", _l("Best place without one judge"), 14),
    Column("best_without", _l("Best without"), 24),
    Column("worst", _l("Worst place without one judge"), 14),
    Column("worst_without", _l("Worst without"), 24),
    Column("firm", _l("Stays on its side"), 12),
)
METHOD = (Column("what", _l("What"), 30), Column("value", _l("Value"), 90))


def sheet_workbook(
    sheet: ResultSheet, standings: list[Standing], severities: list[Severity], judges: Mapping[UUID, str], *, name: str
) -> bytes:
    """Return the workbook of a sheet; `judges` names the judges as this reader may know them."""
    steady = {_("Sensitivity"): (STEADY, _steady(sheet, standings, judges))} if sheet.sensitivity.get("lines") else {}
    return workbook(
        {
            _("Results"): (RESULTS, [_result(one, sheet) for one in standings]),
            _("Totals"): (TOTALS, [line for one in standings for line in _totals(one, judges)]),
            _("Severities"): (SEVERITIES, [_severity(one, judges) for one in severities]),
            **steady,
            _("Method"): (METHOD, _method(sheet, name)),
        }
    )


def _result(one: Standing, sheet: ResultSheet) -> dict[str, Any]:
    places = int(sheet.parameters.get("decimals", 2))
    figures = ("mean", "trimmed", "median", "standard", "adjusted", "low", "high")
    rounded = {
        key: value if value is None else half_up(value, places) for key in figures for value in [getattr(one, key)]
    }
    plain = {key: getattr(one, key) for key in ("rank", "score", "judges", "mean_rank", "component")}
    return {**plain, **rounded, "code": one.candidate.code, "change": one.mean_rank - one.rank}


def _totals(one: Standing, judges: Mapping[UUID, str]) -> list[dict[str, Any]]:
    keys = ("given", "raw", "adjustment", "value", "weight")
    return [
        {
            "code": one.candidate.code,
            "judge": judges.get(UUID(line["judge"]), ""),
            **{key: half_up(line[key], 6).normalize() for key in keys},
        }
        for line in one.totals
    ]


def _severity(one: Severity, judges: Mapping[UUID, str]) -> dict[str, Any]:
    figures = {
        key: getattr(one, key)
        for key in ("ballots", "mean", "severity", "error", "adjustment", "spread", "scale", "noise")
    }
    return {"judge": judges.get(one.judge_id, ""), **figures}


def _steady(sheet: ResultSheet, standings: list[Standing], judges: Mapping[UUID, str]) -> list[dict[str, Any]]:
    """What leaving out one judge does, line by line."""
    codes = {str(one.candidate_id): one.candidate.code for one in standings}
    names = {str(judge_id): name for judge_id, name in judges.items()}
    keys = ("code", "rank", "best", "best_without", "worst", "worst_without")
    return [
        {"line": line, **{key: getattr(one, key) for key in keys}, "firm": _("yes") if one.firm else _("no")}
        for line in sorted(int(line) for line in sheet.sensitivity["lines"])
        for one in seen_at(sheet.sensitivity, line, codes, names).steady
    ]


def _method(sheet: ResultSheet, name: str) -> list[dict[str, Any]]:
    pairs = [
        (_("Result sheet"), name),
        (_("Method"), str(sheet.method.label)),
        (_("How a score is made"), str(FORMULAS[sheet.method])),
        (_("Computed"), format_datetime(sheet.computed_at)),
        (_("Confirmed"), format_datetime(sheet.confirmed_at)),
        (_("Engine version"), sheet.engine_version),
        (_("Digest (SHA-256)"), sheet.digest),
        *((key, str(value)) for key, value in sheet.parameters.items() if key not in ("units", "regions")),
        *((_("Note"), note_sentence(note)) for note in sheet.summary.get("notes", [])),
    ]
    return [{"what": what, "value": value} for what, value in pairs]
