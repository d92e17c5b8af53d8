"""How much of a result hangs on one judge, one method, one assumption: what an organizer asks before confirming. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from judging.ballots.totals import TotalRow
from judging.editions.models import Method
from judging.results.figures import settings_of
from judging.results.rules import ranks_parts_apart
from judging.results.tables import Scale, largest, on_common_scale, table_of
from scoring import ScoreTable
from scoring.design import Design
from scoring.sensitivity import (
    Comparison,
    compare_methods,
    leave_one_judge_out,
    places_without_each,
    switch_assumptions,
    worst_case,
)

PARTIAL = 0.2  # what a partial judge is supposed to add, as a share of the largest total
STEPS = 3  # of progress, per line

Tick = Callable[[int, int], None]  # steps done, steps in all


def probe(
    rows: Sequence[TotalRow], scales: Mapping[str, Scale], parameters: Mapping[str, Any], tick: Tick
) -> dict[str, Any]:
    """Ask of every award line what would change.

    Parameters
    ----------
    rows, scales, parameters
        As for `figures.compute_figures`.
    tick
        Hears of every refit.

    Returns
    -------
    dict
        Fit for JSON: `points`, and under `lines`, by line: `steady` (leave one judge out), `worst` (one or two partial
        judges), `methods` and `assumptions`, with ids of candidates and judges. Empty lines where unlinked parts are
        ranked apart: no line goes through all of them.

    Raises
    ------
    scoring.ScoringError
        When the engine refuses.
    """
    totals = on_common_scale(rows, scales)
    table = table_of(totals, rows, parameters)
    method, told = Method(parameters["method"]), settings_of(parameters, scales)
    options: dict[str, Any] = {name: told[name] for name in ("drop", "drop_from", "cap") if name in told}
    options["simulate"] = False  # hundreds of refits are compared with one another
    lines = lines_of(parameters, table)
    judges, points = len(table.judges), PARTIAL * float(largest(scales))
    steps = judges + STEPS * len(lines)
    without = (
        places_without_each(table, method.value, tick=lambda done: tick(done, steps), **options) if lines else None
    )
    found: dict[str, Any] = {}
    for number, line in enumerate(lines):
        at = judges + STEPS * number
        steady = leave_one_judge_out(table, line, method=method.value, without=without, **options)
        alive = partial(tick, at, steps)
        worst = worst_case(table, line, method=method.value, points=points, tick=alive, **options)
        tick(at + 1, steps)
        methods = _methods(compare_methods(table, line, reference=method.value, **options))
        tick(at + 2, steps)
        switched = switch_assumptions(table, line, method=method.value, cap=told.get("cap"), simulate=False)
        found[str(line)] = {
            "steady": [asdict(one) for one in steady],
            "worst": [asdict(one) for one in worst],
            "methods": methods,
            "assumptions": [{name: value for name, value in asdict(one).items() if name != "text"} for one in switched],
        }
        tick(at + STEPS, steps)
    return {"points": points, "lines": found}


def lines_of(parameters: Mapping[str, Any], table: ScoreTable) -> list[int]:
    """Return the award lines to ask of; the middle of the list where none is known, none where parts are ranked apart."""
    if ranks_parts_apart(dict(parameters)) and Design.of(table).parts > 1:
        return []
    lines = [int(line) for line in parameters.get("top", ()) if 0 < int(line) < len(table.entries)]
    return lines or ([len(table.entries) // 2] if len(table.entries) > 1 else [])


def _methods(found: Comparison) -> list[dict[str, Any]]:
    """Return what every other method would change."""
    return [
        {
            "method": method,
            "agreement": round(found.agreement[method], 4),
            "moved": found.moved[method],
            "entering": found.entering[method],
            "leaving": found.leaving[method],
        }
        for method in found.scores
        if method not in (found.reference, "mapped")  # the same order as standard scores, told once
    ]
