"""What the demo proves: how many of the truly best each way of scoring would have chosen."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from scipy.stats import kendalltau
from sqlalchemy.orm import Session

from judging.blinding import identity_queries
from judging.demo.marks import NOISE, QUALITY_MEAN, QUALITY_SPREAD, SEVERITY_SPREAD, Truth, best
from judging.editions.models import Edition
from judging.results import queries
from judging.results.models import Standing
from scoring import ScoreTable, aggregate_mean, aggregate_trimmed, calibrate_additive, share_of_best_found

SHARE = 0.15
REDRAWS = 40
METHODS = {"mean": "平均分 raw mean", "trimmed": "去掉最高最低分 trimmed mean", "adjusted": "宽严校准 calibrated"}


@dataclass(frozen=True, slots=True)
class Line:
    """One track: how many are the best 15 %, and how many of them each method found."""

    track: str
    wanted: int
    found: Mapping[str, int]
    agreement: Mapping[str, float]  # Kendall's tau of scores and truth, over all entries


def compare(session: Session, edition: Edition, truth: Truth) -> list[Line]:
    """Hold the confirmed sheets against the hidden truth."""
    lines = []
    for track in edition.tracks:
        sheet = queries.confirmed_sheet(session, track.rounds[0].id)
        assert sheet is not None
        standings = queries.standings(session, sheet.id)
        entries = identity_queries.entries_of(session, [standing.candidate_id for standing in standings])
        codes = {standing.candidate_id: entries[standing.candidate_id].code for standing in standings}
        wanted = max(1, round(len(standings) * SHARE))
        truly = best({code: truth.quality(code) for code in codes.values()}, wanted)
        found = {
            method: len(truly & best({codes[s.candidate_id]: _value(s, method) for s in standings}, wanted))
            for method in METHODS
        }
        truth_now = [truth.quality(codes[s.candidate_id]) for s in standings]
        agreement = {
            method: float(kendalltau(truth_now, [_value(s, method) for s in standings]).statistic) for method in METHODS
        }
        lines.append(Line(track.name, wanted, found, agreement))
    return lines


def expect(session: Session, edition: Edition, truth: Truth) -> dict[str, float]:
    """Return the share of the truly best that each method finds on average, when fate is drawn anew many times.

    The first track's assignments stay as they are; entries, severities and noise are drawn again, so that the answer
    does not hang on the luck of one year.
    """
    sheet = queries.confirmed_sheet(session, edition.tracks[0].rounds[0].id)
    assert sheet is not None
    standings = queries.standings(session, sheet.id)
    pairs = [(str(s.candidate_id), str(line["judge"])) for s in standings for line in s.totals]
    entries, judges = sorted({entry for entry, _ in pairs}), sorted({judge for _, judge in pairs})
    found: dict[str, list[float]] = {method: [] for method in METHODS}
    for redraw in range(REDRAWS):
        rng = Random(f"{truth.seed}/{redraw}")
        worth = {entry: rng.gauss(QUALITY_MEAN, QUALITY_SPREAD) for entry in entries}
        severity = {judge: rng.gauss(0, SEVERITY_SPREAD) for judge in judges}
        marks = [round(worth[entry] - severity[judge] + rng.gauss(0, NOISE), 1) for entry, judge in pairs]
        table = ScoreTable.from_columns(entry=[e for e, _ in pairs], judge=[j for _, j in pairs], mark=marks)
        scores = {
            "mean": aggregate_mean(table).scores,
            "trimmed": aggregate_trimmed(table).scores,
            "adjusted": calibrate_additive(table).scores,
        }
        for method, values in scores.items():
            found[method].append(share_of_best_found([worth[entry] for entry in entries], values, SHARE))
    return {method: sum(shares) / REDRAWS for method, shares in found.items()}


def _value(standing: Standing, method: str) -> float:
    value = getattr(standing, method)
    return float(standing.mean if value is None else value)


def as_text(lines: list[Line], expected: Mapping[str, float]) -> str:
    """Return the table for the terminal."""
    head = f"{'真正最好的 15% / truly best 15 %':<34}{'应选':>6}" + "".join(f"  {label}" for label in METHODS.values())
    rows = [
        f"{line.track:<34}{line.wanted:>6}" + "".join(f"  {line.found[m]:>{_width(METHODS[m])}}" for m in METHODS)
        for line in lines
    ]
    total = sum(line.wanted for line in lines)
    sums = {method: sum(line.found[method] for line in lines) for method in METHODS}
    last = f"{'合计 / all':<34}{total:>6}" + "".join(f"  {sums[m]:>{_width(METHODS[m])}}" for m in METHODS)
    mean = f"{f'同样派件重演 {REDRAWS} 次的平均 / redrawn':<40}" + "".join(
        f"  {expected[m]:>{_width(METHODS[m])}.0%}" for m in METHODS
    )
    first = lines[0]
    order = f"{'全部名次与真值一致性 Kendall tau':<40}" + "".join(
        f"  {first.agreement[m]:>{_width(METHODS[m])}.2f}" for m in METHODS
    )
    return "\n".join([head, *rows, last, order, mean])


def _width(text: str) -> int:
    return len(text)
