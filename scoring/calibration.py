"""Judges' totals brought to one scale: standard scores, scores on the common scale, group ratios."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from scoring.aggregate import mean_by_judge, sd_by_judge
from scoring.alpha import mid_ranks
from scoring.arrays import FloatArray, sums_by
from scoring.errors import Note, ScoringError
from scoring.sentences import Sentence, listed
from scoring.table import ScoreTable

FEW_TOTALS = 8


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Totals on a scale common to all judges, and their mean per entry.

    Attributes
    ----------
    totals : array of float
        Per ballot.
    scores : array of float
        Per entry, in the order of ``table.entries``.
    notes : tuple of Note
        What to say beside it.
    """

    totals: FloatArray
    scores: FloatArray
    notes: tuple[Note, ...] = ()


def calibrate_standard(table: ScoreTable) -> Calibration:
    """Standard scores (标准分): every judge's totals to mean 50 and standard deviation 10 (n - 1).

    Parameters
    ----------
    table : ScoreTable

    Returns
    -------
    Calibration
        A judge whose totals are all equal, or who gave one, gives 50 and is noted.

    Notes
    -----
    The rule of the 2023 China Post-Graduate Mathematical Contest in Modeling. Fair only when every judge sees a
    random sample of the entries, and enough of them; `few_totals` notes judges with fewer than 8.
    """
    return _by_judge(table, mean_by_judge(table), sd_by_judge(table), center=50.0, spread=10.0)


def calibrate_mapped(table: ScoreTable) -> Calibration:
    """Every judge's z (population standard deviation) on the mean and spread of all totals: mu + sigma z.

    Parameters
    ----------
    table : ScoreTable

    Returns
    -------
    Calibration
    """
    center, spread = float(table.total.mean()), float(table.total.std())
    return _by_judge(table, mean_by_judge(table), sd_by_judge(table, ddof=0), center=center, spread=spread)


def calibrate_normal_scores(table: ScoreTable) -> Calibration:
    """Every judge's mid-ranks made normal scores (Blom) on the mean and spread of all totals: only the order counts.

    Parameters
    ----------
    table : ScoreTable
        Judges must have seen entries drawn by lot, as for standard scores.

    Returns
    -------
    Calibration

    Notes
    -----
    z = inverse normal of (rank - 3/8) / (n + 1/4); Blom (1958), Statistical estimates and transformed beta-variables.
    """
    z = np.empty(table.ballots)
    order = np.argsort(table.judge, kind="stable")
    for rows in np.split(order, np.cumsum(table.entries_per_judge)[:-1]):
        z[rows] = ndtri((mid_ranks(table.total[rows]) - 0.375) / (len(rows) + 0.25))
    totals = float(table.total.mean()) + float(table.total.std()) * z
    return Calibration(totals, mean_of(table, totals), _spread_notes(table, sd_by_judge(table)))


def group_balance(scores: Mapping[str, float], groups: Mapping[str, Hashable]) -> dict[Hashable, float]:
    """Points to add to the scores of each group so that all groups have the same mean (组间平衡).

    Parameters
    ----------
    scores : mapping of entry to score
    groups : mapping of entry to group
        Groups must have been drawn by lot; of groups that differ truly it makes equals.

    Returns
    -------
    dict
        Mean of all scores less the group's mean.
    """
    members = _members(scores, groups)
    overall = sum(map(sum, members.values())) / max(1, sum(map(len, members.values())))
    return {group: overall - sum(values) / len(values) for group, values in members.items()}


def group_ratio(scores: Mapping[str, float], groups: Mapping[str, Hashable]) -> dict[Hashable, float]:
    """Correction factor of each group (修正系数): mean of all scores over the group's mean.

    Parameters
    ----------
    scores : mapping of entry to score
    groups : mapping of entry to group
        Groups must have been drawn by lot; of groups that differ truly the ratio makes equals.

    Returns
    -------
    dict
        Factor by which to multiply the scores of each group.

    Raises
    ------
    ScoringError
        ``no_ratio`` when a mean is not above 0.
    """
    members = _members(scores, groups)
    means = {group: sum(values) / len(values) for group, values in members.items()}
    if not means or min(means.values()) <= 0:
        raise ScoringError(
            "no_ratio",
            Sentence("A group ratio needs scores above 0 in every group.", "按组比例调整时，每组的得分都必须大于 0。"),
        )
    overall = sum(map(sum, members.values())) / sum(map(len, members.values()))
    return {group: overall / mean for group, mean in means.items()}


def _members(scores: Mapping[str, float], groups: Mapping[str, Hashable]) -> dict[Hashable, list[float]]:
    members: dict[Hashable, list[float]] = {}
    for entry, score in sorted(scores.items()):
        members.setdefault(groups[entry], []).append(float(score))
    return members


def mean_of(table: ScoreTable, values: FloatArray) -> FloatArray:
    """Mean over each entry's ballots."""
    return sums_by(table.entry, values, len(table.entries)) / table.judges_per_entry


def _by_judge(table: ScoreTable, mean: FloatArray, sd: FloatArray, *, center: float, spread: float) -> Calibration:
    usable = np.where(sd > 0, sd, 1.0)
    z = np.where(sd[table.judge] > 0, (table.total - mean[table.judge]) / usable[table.judge], 0.0)
    totals = center + spread * z
    return Calibration(totals, mean_of(table, totals), _spread_notes(table, sd))


def _spread_notes(table: ScoreTable, sd: FloatArray) -> tuple[Note, ...]:
    notes = []
    flat = [judge for judge, value in zip(table.judges, sd, strict=True) if value == 0]
    if flat:
        text = f"These judges gave one total, or the same to all, and so tell nothing apart: {listed(flat)}."
        notes.append(Note("no_spread", text, {"judges": flat}))
    few = [table.judges[place] for place in np.flatnonzero(table.entries_per_judge < FEW_TOTALS)]
    if few:
        text = f"{len(few)} judges gave fewer than {FEW_TOTALS} totals; a standard score of so few is chancy."
        notes.append(Note("few_totals", text, {"judges": few, "from": FEW_TOTALS}))
    return tuple(notes)
