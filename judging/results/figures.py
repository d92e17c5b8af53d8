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
from judging.ballots.queries import TotalRow
from judging.results.lights import stored
from judging.results.rules import COMMON_MAXIMUM, LINKS, ranks_parts_apart
from scoring import Evaluation, ScoreTable, half_up
from scoring.guards.lights import traffic_lights

Numbers = Mapping[str, Decimal | float]


@dataclass(frozen=True, slots=True)
class Scale:
    """The largest total of a rubric, and the largest mark of each of its criteria."""

    maximum: Decimal
    criteria: Mapping[str, Decimal]


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
    raw = _common_scale(rows, scales)
    scaled = len({scale.maximum for scale in scales.values()}) > 1
    table = _table(raw, parameters.get("units"))
    settings = {key: value for key, value in parameters.items() if key not in ("chain", "units", "regions")}
    if places := parameters.get("regions"):
        settings |= {"region_of_entry": places, "region_of_judge": places}  # keys of those who met their own, one set
    if parameters["method"] == "full":
        settings["cap"] = float(_maximum(scales))  # a total at the maximum says: this or more
    evaluation = scoring.evaluate(table, **settings)
    ranks = _ranks(evaluation, parameters, _links(rows, scales, evaluation, parameters))
    mean_ranks = _mean_ranks(evaluation, parameters)
    given = {(str(row.candidate_id), str(row.judge_id)): row.total for row in rows}
    shown = _shown(given, raw, table, evaluation, parameters)
    return Figures(
        digest=_digest(evaluation, parameters, rows),
        version=evaluation.version,
        parameters=dict(parameters),
        summary=_summary(evaluation, table, rows, scaled=scaled, unscored=unscored, scales=scales),
        standings=tuple(
            _standing(result, ranks[result.entry], mean_ranks[result.entry], shown[result.entry])
            for result in sorted(evaluation.entries, key=lambda one: (ranks[one.entry], one.entry))
        ),
        severities=tuple(_severity(judge) for judge in evaluation.judges),
        flags=tuple(_flag(flag, given) for flag in evaluation.flags),
    )


def _common_scale(rows: Iterable[TotalRow], scales: Mapping[str, Scale]) -> dict[tuple[str, str], Decimal]:
    """Totals by candidate and judge; as shares of 100 when the rubrics of the round have different maxima."""
    scaled = len({scale.maximum for scale in scales.values()}) > 1
    return {
        (str(row.candidate_id), str(row.judge_id)): half_up(
            row.total * COMMON_MAXIMUM / scale_of(scales, row.topic_type).maximum, 4
        )
        if scaled
        else row.total
        for row in rows
    }


def _maximum(scales: Mapping[str, Scale]) -> Decimal:
    """Return the largest total possible on the scale that totals are put on."""
    maxima = {scale.maximum for scale in scales.values()}
    return Decimal(COMMON_MAXIMUM) if len(maxima) > 1 else maxima.pop()


def scale_of(scales: Mapping[str, Scale], topic_type: str) -> Scale:
    """Return the scale of a topic type: its own, or that of all others."""
    return scales.get(topic_type) or scales.get("") or next(iter(scales.values()))


def _table(raw: Mapping[tuple[str, str], Decimal], units: Mapping[str, str] | None) -> ScoreTable:
    """Return the totals as the engine takes them; `units` are keys of judges and candidates that met their own."""
    return ScoreTable.from_columns(
        entry=[entry for entry, _ in raw],
        judge=[judge for _, judge in raw],
        mark=list(raw.values()),
        unit_of_entry=units or None,
        unit_of_judge=units or None,
    )


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


def _shown(
    given: Mapping[tuple[str, str], Decimal],
    raw: Mapping[tuple[str, str], Decimal],
    table: ScoreTable,
    evaluation: Evaluation,
    parameters: Mapping[str, Any],
) -> dict[str, list[dict[str, Any]]]:
    """Per candidate, each judge's total with its adjustment and weight: score = sum(weight x value) / sum(weight)."""
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
    scaled: bool,
    unscored: int,
    scales: Mapping[str, Scale],
) -> dict[str, Any]:
    notes = [{"code": note.code, "params": _plain_params(note.params)} for note in evaluation.notes]
    if scaled:
        notes.append({"code": "scaled", "params": {"maximum": COMMON_MAXIMUM}})
    if unscored:
        notes.append({"code": "unscored", "params": {"entries": unscored}})
    return {
        "ballots": table.ballots,
        "entries": len(table.entries),
        "judges": len(table.judges),
        "maximum": str(_maximum(scales)),
        "scaled": scaled,
        "components": len(evaluation.components),
        "tested": dict(evaluation.tested),
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


def six(value: float | None) -> Decimal | None:
    """Return a figure with six decimals as it is stored; None for none and for not-a-number."""
    return None if value is None or not math.isfinite(value) else half_up(value, 6)


def text_of(value: Decimal) -> str:
    """Return a number as plain text without needless zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
