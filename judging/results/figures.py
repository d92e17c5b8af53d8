"""From totals to a whole sheet of figures: calls the engine, ranks, and lays out how each score came about. Pure."""

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import scoring
from judging.ballots.totals import TotalRow
from judging.results.explained import shown_totals
from judging.results.lights import stored
from judging.results.numbers import six, text_of
from judging.results.rules import COMMON_MAXIMUM, LINKS, ranks_parts_apart
from judging.results.tables import Scale, are_scaled, largest, on_common_scale, scale_of, sheets_of, table_of
from scoring import Evaluation, ScoreTable, half_up
from scoring.guards.lights import traffic_lights

BESIDE = ("chain", "units", "regions", "order", "marks")  # parameters that make the tables, not the engine's own

Numbers = Mapping[str, Decimal | float]


@dataclass(frozen=True, slots=True)
class Figures:
    """A sheet as values: what is stored, and what a recomputation is compared with."""

    digest: str
    version: str
    parameters: dict[str, Any]
    summary: dict[str, Any]
    standings: tuple[dict[str, Any], ...]
    severities: tuple[dict[str, Any], ...]
    flags: tuple[dict[str, Any], ...]


def compute_figures(
    rows: Sequence[TotalRow], scales: Mapping[str, Scale], parameters: Mapping[str, Any], *, unscored: int = 0
) -> Figures:
    """Compute everything a sheet says.

    Parameters
    ----------
    rows
        The totals that count, in any order.
    scales
        By topic type, "" for all others.
    parameters
        As `rules.parameters_of` gives them.
    unscored
        How many candidates of the round have no total that counts.

    Raises
    ------
    scoring.ScoringError
        When the engine refuses.
    """
    raw = on_common_scale(rows, scales)
    table = table_of(raw, rows, parameters)
    sheets = sheets_of(rows, scales) if parameters.get("marks") else ()
    evaluation = scoring.evaluate(table, sheets=sheets, **settings_of(parameters, scales))
    ranks = _ranks(evaluation, parameters, _links(rows, scales, evaluation, parameters))
    mean_ranks = _mean_ranks(evaluation, parameters)
    given = {(str(row.candidate_id), str(row.judge_id)): row.total for row in rows}
    shown = shown_totals(given, raw, table, evaluation, parameters)
    return Figures(
        digest=_digest(evaluation, parameters, rows),
        version=evaluation.version,
        parameters=dict(parameters),
        summary=_summary(evaluation, table, rows, unscored=unscored, scales=scales),
        standings=tuple(
            _standing(result, ranks[result.entry], mean_ranks[result.entry], shown[result.entry])
            for result in sorted(evaluation.entries, key=lambda one: (ranks[one.entry], one.entry))
        ),
        severities=tuple(_severity(judge) for judge in evaluation.judges),
        flags=tuple(_flag(flag, given) for flag in evaluation.flags),
    )


def settings_of(parameters: Mapping[str, Any], scales: Mapping[str, Scale]) -> dict[str, Any]:
    """Return what the engine is told besides the table."""
    settings = {key: value for key, value in parameters.items() if key not in BESIDE}
    if places := parameters.get("regions"):
        settings |= {"region_of_entry": places, "region_of_judge": places}  # keys of those who met their own, one set
    if parameters["method"] == "full":
        settings["cap"] = float(largest(scales))  # a total at the maximum says: this or more
    return settings


def _links(
    rows: Sequence[TotalRow], scales: Mapping[str, Scale], evaluation: Evaluation, parameters: Mapping[str, Any]
) -> list[Numbers]:
    """What the tie chain compares, link by link."""
    known: dict[str, Numbers] = {
        "median": {one.entry: one.median for one in evaluation.entries},
        "raw_mean": {one.entry: one.raw_mean for one in evaluation.entries},
        "raw_total": {one.entry: one.raw_mean * one.n for one in evaluation.entries},
        "trimmed": {one.entry: one.trimmed for one in evaluation.entries},
        "adjusted": {one.entry: one.adjusted for one in evaluation.entries},
        "lot": scoring.lot([one.entry for one in evaluation.entries], int(parameters["seed"])),
    }
    chain = parameters["chain"]
    return [known[link] if link in LINKS else _criterion(rows, scales, link) for link in chain]


def _criterion(rows: Sequence[TotalRow], scales: Mapping[str, Scale], code: str) -> dict[str, float]:
    """Mean share of a criterion's maximum, per candidate; 0 where its rubric has no such criterion."""
    shares: dict[str, list[float]] = {}
    for row in rows:
        maximum = scale_of(scales, row.topic_type).criteria.get(code)
        share = float(row.marks.get(code, Decimal(0)) / maximum) if maximum else 0.0
        shares.setdefault(str(row.candidate_id), []).append(share)
    return {entry: sum(values) / len(values) for entry, values in shares.items()}


def _parts(evaluation: Evaluation, parameters: Mapping[str, Any]) -> dict[str, int]:
    apart = ranks_parts_apart(dict(parameters))
    return {one.entry: one.component if apart else 1 for one in evaluation.entries}


def _ranks(evaluation: Evaluation, parameters: Mapping[str, Any], chain: Sequence[Numbers]) -> dict[str, int]:
    scores = {one.entry: one.score for one in evaluation.entries}
    return _rank_parts(scores, _parts(evaluation, parameters), chain)


def _mean_ranks(evaluation: Evaluation, parameters: Mapping[str, Any]) -> dict[str, int]:
    means = {one.entry: half_up(one.raw_mean, int(parameters["decimals"])) for one in evaluation.entries}
    return _rank_parts(means, _parts(evaluation, parameters), ())


def _rank_parts(scores: Mapping[str, Decimal], parts: Mapping[str, int], chain: Sequence[Numbers]) -> dict[str, int]:
    ranks: dict[str, int] = {}
    for part in sorted(set(parts.values())):
        within = {entry: score for entry, score in scores.items() if parts[entry] == part}
        links = [{entry: link[entry] for entry in within} for link in chain]
        ranks.update((standing.entry, standing.rank) for standing in scoring.rank_entries(within, links))
    return ranks


def _standing(result: scoring.EntryResult, rank: int, mean_rank: int, totals: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "candidate_id": UUID(result.entry),
        "judges": result.n,
        "mean": six(result.raw_mean),
        "trimmed": six(result.trimmed),
        "median": six(result.median),
        "standard": six(result.standard),
        "adjusted": six(result.adjusted),
        "score": result.score,
        "error": six(result.se),
        "low": six(result.low90),
        "high": six(result.high90),
        "rank": rank,
        "mean_rank": mean_rank,
        "rank_low": result.rank_low,
        "rank_high": result.rank_high,
        "p_top": {str(k): round(chance, 4) for k, chance in result.p_top.items()},
        "component": result.component,
        "totals": totals,
    }


def _severity(judge: scoring.JudgeResult) -> dict[str, Any]:
    return {
        "judge_id": UUID(judge.judge),
        "ballots": judge.n,
        "severity": six(judge.severity),
        "adjustment": judge.adjustment,
        "error": six(judge.se),
        "mean": six(judge.mean),
        "spread": six(judge.spread),
        "scale": six(judge.scale),
        "noise": six(judge.noise),
    }


def _flag(flag: scoring.Flag, totals: Mapping[tuple[str, str], Decimal]) -> dict[str, Any]:
    given = totals.get((flag.entry, flag.judge))
    detail: dict[str, Any] = {"p": flag.p, "q": flag.q, "threshold": flag.threshold, "tested": flag.tested}
    if given is not None:
        detail["given"] = text_of(given)
    if flag.other:
        detail["other"] = flag.other
    return {
        "kind": flag.kind.value,
        "judge_id": UUID(flag.judge) if flag.judge else None,
        "candidate_id": UUID(flag.entry) if flag.entry else None,
        "statistic": six(flag.statistic),
        "effect": six(flag.effect),
        "detail": detail,
    }


def _summary(
    evaluation: Evaluation,
    table: ScoreTable,
    rows: Sequence[TotalRow],
    *,
    unscored: int,
    scales: Mapping[str, Scale],
) -> dict[str, Any]:
    notes = [{"code": note.code, "params": _plain_params(note.params)} for note in evaluation.notes]
    if are_scaled(scales):
        notes.append({"code": "scaled", "params": {"maximum": COMMON_MAXIMUM}})
    if unscored:
        notes.append({"code": "unscored", "params": {"entries": unscored}})
    return {
        "ballots": table.ballots,
        "entries": len(table.entries),
        "judges": len(table.judges),
        "maximum": str(largest(scales)),
        "scaled": are_scaled(scales),
        "components": len(evaluation.components),
        "tested": dict(evaluation.tested),
        "untestable": {
            kind: {"code": reason.code, "params": dict(reason.params)} for kind, reason in evaluation.untestable.items()
        },
        "notes": notes,
        "agreement": _agreement(evaluation, table),
        "full": _full(evaluation),
        "lights": stored(traffic_lights(table)),
    }


def _full(evaluation: Evaluation) -> dict[str, Any] | None:
    """What full calibration found of all judges together; None under the other methods."""
    model = evaluation.full
    if model is None:
        return None
    figures = ("entry", "judge", "noise", "scale", "aberrant", "rhat", "effective")
    rounded = {name: round(float(getattr(model, name)), 4) for name in figures if math.isfinite(getattr(model, name))}
    return {**rounded, "fallback": model.fallback, "simulated": model.simulated, "chains": model.chains}


def _plain_params(params: Mapping[str, object]) -> dict[str, Any]:
    return {
        key: len(value) if isinstance(value, list | tuple) else value if isinstance(value, int | float) else str(value)
        for key, value in params.items()
    }


def _agreement(evaluation: Evaluation, table: ScoreTable) -> dict[str, Any]:
    """Reliability of a mean as it was judged; ICC and Kendall's W where everybody judged everything."""
    found: dict[str, float | None] = {}
    if evaluation.variances is not None:
        judges = table.ballots / len(table.entries)
        found["entry"] = evaluation.variances.entry
        found["judge"] = evaluation.variances.judge
        found["residual"] = evaluation.variances.residual
        found["reliability_raw"] = scoring.reliability_of_mean(evaluation.variances, judges, calibrated=False)
        found["reliability"] = scoring.reliability_of_mean(evaluation.variances, judges, calibrated=True)
    if table.ballots == len(table.entries) * len(table.judges) and min(len(table.entries), len(table.judges)) > 1:
        icc, kendall = scoring.agreement_icc(table), scoring.agreement_kendall(table)
        found |= {"icc": icc.single_2, "icc_mean": icc.mean_2, "kendall": kendall.w}
    return {key: round(value, 6) for key, value in found.items() if value is not None and math.isfinite(value)}


def _digest(evaluation: Evaluation, parameters: Mapping[str, Any], rows: Iterable[TotalRow]) -> str:
    """SHA-256 over the engine's own digest, the tie chain, and every mark: a changed mark shows even at equal totals."""
    marks = sorted(
        [str(row.candidate_id), str(row.judge_id), code, text_of(value)]
        for row in rows
        for code, value in row.marks.items()
    )
    content = [evaluation.digest, list(parameters["chain"]), marks]
    return hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()
