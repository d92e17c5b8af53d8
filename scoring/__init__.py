"""The scoring engine: tables of marks in, scores, severities and flags out. Numbers only; no web, no database.

>>> import scoring
>>> table = scoring.ScoreTable.from_columns(
...     entry=["A", "A", "A", "B", "B", "B"], judge=["P", "Q", "R", "P", "Q", "R"], mark=[90, 86, 88, 80, 79, 75]
... )
>>> result = scoring.evaluate(table, method="mean", top=[1], seed=2022)
>>> [(entry.rank, entry.entry, str(entry.score)) for entry in result.entries]
[(1, 'A', '88.00'), (2, 'B', '78.00')]

The table
---------
``ScoreTable.from_columns(*, entry, judge, mark, criterion=None, weights=None, low=None, high=None, step=None,
entries=None, judges=None, recused=None, barred=(), unit_of_entry=None, unit_of_judge=None, track_of_entry=None,
order=None) -> ScoreTable``

- `entry`, `judge`, `criterion`: sequences of ids (made strings); `mark`: Decimal, int, float or text of a number.
- without `criterion` a mark is the judge's total; with it, total = sum of weight x mark (`weights` by criterion, 1 if
  not given) and a ballot must have every criterion.
- `low`, `high`, `step`: one number for all, or a mapping by criterion.
- `entries`, `judges`: whom to expect; another id is a bad row, an expected entry without a score is one too.
- `recused`: one boolean a row; such rows never count. `barred`: pairs (entry, judge) that must not occur.
- raises ``BadRows`` (a ``ScoringError``) that lists every bad row: ``error.rows`` of ``BadRow(row, code, text)``;
  ``error.in_language("zh")`` says it in Chinese, and so do notes.
- `tables_by_round` parts a table of several rounds; `combine_stages` joins their scores.

The result
----------
``evaluate(table, *, method="severity", seed=0, drop=1, drop_from=5, decimals=2, top=(), chain=(),
exchangeable=False, draws=1000, cap=None) -> Evaluation`` (see ``scoring/evaluation.py`` for every field)

- `method`: ``mean``, ``trimmed``, ``median``, ``standard`` (50 + 10 z), ``mapped`` (z on the common scale), ``severity``,
  ``full``. Beside them: `calibrate_facets` (many-facet Rasch), `calibrate_normal_scores`, `group_balance`, `group_ratio`.
- `drop` highest and lowest totals are left out from `drop_from` judges on; less than 5 is an explicit choice and noted.
- `top`: the k for which ``entry.p_top[k]`` is wanted; `decision_zones` says who is in, open and out.
- `chain`: what parts equal published scores, in order: ``criterion:NAME``, ``median``, ``raw_mean``, ``raw_total``,
  ``trimmed``, ``adjusted``, ``lot`` (drawn from the seed).
- `exchangeable`: rank unlinked parts of the design together under ``severity`` (an assumption; else each by itself).
- ``Evaluation``: ``entries`` (in order of standing: entry, n, raw_mean, trimmed, median, standard, mapped, adjusted, score
  (Decimal), exact, se, low90, high90, rank, tied, rank_low, rank_high, p_top, component), ``judges`` (judge, n, mean,
  sd, severity (positive = severe), adjustment (Decimal), se, low90, high90, spread, component), ``flags`` (kind, judge,
  entry, statistic, p, q, effect, threshold, tested, text), ``tested``, ``components``, ``variances``, ``notes`` (code,
  text, params), ``params`` (JSON; ``evaluate(table, **params)`` gives the same), ``version``, ``digest``.
- raises ``ScoringError`` with ``code`` and ``params``.

Published scores under ``severity`` recompute by hand: score = mean of (total + the judge's adjustment), rounded half up.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from scoring.version import __version__ as __version__

if TYPE_CHECKING:
    from scoring.additive import AdditiveCalibration as AdditiveCalibration
    from scoring.additive import calibrate_additive as calibrate_additive
    from scoring.aggregate import Aggregate as Aggregate
    from scoring.aggregate import aggregate_mean as aggregate_mean
    from scoring.aggregate import aggregate_median as aggregate_median
    from scoring.aggregate import aggregate_trimmed as aggregate_trimmed
    from scoring.agreement import Concordance as Concordance
    from scoring.agreement import Icc as Icc
    from scoring.agreement import Panel as Panel
    from scoring.agreement import agreement_icc as agreement_icc
    from scoring.agreement import agreement_kendall as agreement_kendall
    from scoring.agreement import dstudy as dstudy
    from scoring.agreement import judges_needed as judges_needed
    from scoring.agreement import reliability_of_mean as reliability_of_mean
    from scoring.alpha import agreement_alpha as agreement_alpha
    from scoring.awards import CutTie as CutTie
    from scoring.awards import Level as Level
    from scoring.awards import Placing as Placing
    from scoring.awards import award_levels as award_levels
    from scoring.awards import places_by_group as places_by_group
    from scoring.calibration import Calibration as Calibration
    from scoring.calibration import calibrate_mapped as calibrate_mapped
    from scoring.calibration import calibrate_normal_scores as calibrate_normal_scores
    from scoring.calibration import calibrate_standard as calibrate_standard
    from scoring.calibration import group_balance as group_balance
    from scoring.calibration import group_ratio as group_ratio
    from scoring.choice import Chosen as Chosen
    from scoring.choice import Outcome as Outcome
    from scoring.choice import choose_under_quotas as choose_under_quotas
    from scoring.engine import evaluate as evaluate
    from scoring.errors import BadRow as BadRow
    from scoring.errors import BadRows as BadRows
    from scoring.errors import Note as Note
    from scoring.errors import ScoringError as ScoringError
    from scoring.evaluation import BallotResult as BallotResult
    from scoring.evaluation import Component as Component
    from scoring.evaluation import EntryResult as EntryResult
    from scoring.evaluation import Evaluation as Evaluation
    from scoring.evaluation import FullModel as FullModel
    from scoring.evaluation import JudgeResult as JudgeResult
    from scoring.evaluation import Method as Method
    from scoring.evaluation import Variances as Variances
    from scoring.explanation import Explanation as Explanation
    from scoring.explanation import explain as explain
    from scoring.facets import Element as Element
    from scoring.facets import FacetsCalibration as FacetsCalibration
    from scoring.facets import calibrate_facets as calibrate_facets
    from scoring.flagged import Flag as Flag
    from scoring.flagged import FlagKind as FlagKind
    from scoring.flags import FlagReport as FlagReport
    from scoring.flags import benjamini_hochberg as benjamini_hochberg
    from scoring.flags import find_flags as find_flags
    from scoring.flags import flag_by_deviation as flag_by_deviation
    from scoring.flags import modified_z as modified_z
    from scoring.full import FullCalibration as FullCalibration
    from scoring.full import calibrate_full as calibrate_full
    from scoring.guards import Light as Light
    from scoring.guards import contrast_errors as contrast_errors
    from scoring.guards import facts_of as facts_of
    from scoring.guards import linking_entries as linking_entries
    from scoring.guards import traffic_lights as traffic_lights
    from scoring.planning import Plan as Plan
    from scoring.planning import next_judges as next_judges
    from scoring.planning import plan_like as plan_like
    from scoring.planning import rehearse as rehearse
    from scoring.planning import reviewers_for as reviewers_for
    from scoring.programme import Limit as Limit
    from scoring.quota import apportion_largest_remainder as apportion_largest_remainder
    from scoring.ranking import Standing as Standing
    from scoring.ranking import lot as lot
    from scoring.ranking import rank_entries as rank_entries
    from scoring.reading import Marks as Marks
    from scoring.reading import read_marks as read_marks
    from scoring.report import write_report as write_report
    from scoring.rounding import half_up as half_up
    from scoring.rounds import tables_by_round as tables_by_round
    from scoring.sensitivity import compare_methods as compare_methods
    from scoring.sensitivity import leave_one_judge_out as leave_one_judge_out
    from scoring.sensitivity import switch_assumptions as switch_assumptions
    from scoring.sensitivity import worst_case as worst_case
    from scoring.simulate import Simulation as Simulation
    from scoring.simulate import share_of_best_found as share_of_best_found
    from scoring.simulate import simulate_round as simulate_round
    from scoring.stages import Combining as Combining
    from scoring.stages import StageScore as StageScore
    from scoring.stages import combine_stages as combine_stages
    from scoring.table import ScoreTable as ScoreTable
    from scoring.telling import tell as tell
    from scoring.zones import LineZones as LineZones
    from scoring.zones import Zone as Zone
    from scoring.zones import decision_zones as decision_zones

# Loaded when first asked for, so that `import scoring` costs next to nothing.
_HOMES = {
    "additive": ("AdditiveCalibration", "calibrate_additive"),
    "aggregate": (
        "Aggregate",
        "aggregate_mean",
        "aggregate_median",
        "aggregate_trimmed",
    ),
    "agreement": (
        "Concordance",
        "Icc",
        "Panel",
        "agreement_icc",
        "agreement_kendall",
        "dstudy",
        "judges_needed",
        "reliability_of_mean",
    ),
    "alpha": ("agreement_alpha",),
    "awards": (
        "CutTie",
        "Level",
        "Placing",
        "award_levels",
        "places_by_group",
    ),
    "calibration": (
        "Calibration",
        "calibrate_mapped",
        "calibrate_normal_scores",
        "calibrate_standard",
        "group_balance",
        "group_ratio",
    ),
    "choice": (
        "Chosen",
        "Outcome",
        "choose_under_quotas",
    ),
    "engine": ("evaluate",),
    "errors": (
        "BadRow",
        "BadRows",
        "Note",
        "ScoringError",
    ),
    "evaluation": (
        "BallotResult",
        "Component",
        "EntryResult",
        "Evaluation",
        "FullModel",
        "JudgeResult",
        "Method",
        "Variances",
    ),
    "explanation": ("Explanation", "explain"),
    "facets": ("Element", "FacetsCalibration", "calibrate_facets"),
    "flagged": ("Flag", "FlagKind"),
    "flags": (
        "FlagReport",
        "benjamini_hochberg",
        "find_flags",
        "flag_by_deviation",
        "modified_z",
    ),
    "full": ("FullCalibration", "calibrate_full"),
    "guards": (
        "Light",
        "contrast_errors",
        "facts_of",
        "linking_entries",
        "traffic_lights",
    ),
    "planning": (
        "Plan",
        "next_judges",
        "plan_like",
        "rehearse",
        "reviewers_for",
    ),
    "programme": ("Limit",),
    "quota": ("apportion_largest_remainder",),
    "ranking": (
        "Standing",
        "lot",
        "rank_entries",
    ),
    "reading": ("Marks", "read_marks"),
    "report": ("write_report",),
    "rounding": ("half_up",),
    "rounds": ("tables_by_round",),
    "sensitivity": (
        "compare_methods",
        "leave_one_judge_out",
        "switch_assumptions",
        "worst_case",
    ),
    "simulate": (
        "Simulation",
        "share_of_best_found",
        "simulate_round",
    ),
    "stages": ("Combining", "StageScore", "combine_stages"),
    "table": ("ScoreTable",),
    "telling": ("tell",),
    "zones": ("LineZones", "Zone", "decision_zones"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Find a public name in its module."""
    if name not in _HOME_OF:
        raise AttributeError(f"module 'scoring' has no attribute {name!r}")
    value: object = getattr(import_module(f"scoring.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME_OF])
