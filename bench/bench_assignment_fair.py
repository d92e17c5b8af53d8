"""Fair, calibration-friendly and repaired plans: `python -m bench.bench_assignment_fair [--data FOLDER] [--write]`.

Three parts: what a floor, a design and a repair reach and cost on known instances; and seasons played end to end with
the scoring engine, which show how many of the true winners a plan lets it find. FOLDER holds the `.npz` instances
(`ASSIGN_DATA` names it too); without it only the made-up competition is played. `--write` puts table and figure of the
seasons into docs/methods.
"""

import argparse
import csv
import os
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.seasons_figure import figure
from judging.assignment.engine.comparison import compare
from judging.assignment.engine.design import design
from judging.assignment.engine.floor import fair
from judging.assignment.engine.instance import Instance, Pairs, floor_of, total_of
from judging.assignment.engine.optimum import Solution, optimum
from judging.assignment.engine.repair import repair
from scoring import ScoreTable, calibrate_additive, share_of_best_found

DOCS = Path(__file__).parent.parent / "docs/methods"
KNOWN = {  # best floor known, and the best total at it
    "aamas2016": (1.0, 949.25),
    "geo-1000x200": (0.8007, 1653.82),
    "geo-5000x1500": (1.4321, 11516.15),
    "geo-20000x6000": (1.6529, 50516.56),
}
ASKED = {"aamas2016": ((0.0005, 0.84),), "geo-5000x1500": ((0.002, 0.60), (0.01, 0.66))}
INSTANCES = ("preflib1", "preflib2", "preflib3", "aamas2016", "geo-1000x200", "geo-5000x1500", "iclr18-titles")
GIVEN = (0.0, 0.002, 0.005, 0.01, 0.02, 0.05)


def main() -> None:
    """Print every figure."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, default=os.environ.get("ASSIGN_DATA"), metavar="FOLDER")
    options.add_argument("--only-seasons", action="store_true")
    options.add_argument("--large", action="store_true", help="geo-20000x6000 too")
    options.add_argument("--seasons", type=int, default=200)
    options.add_argument("--write", action="store_true", help="put table and figure into docs/methods")
    chosen = options.parse_args()
    print(f"load average {os.getloadavg()[0]:.2f}; CPU seconds of this process")
    if chosen.data and not chosen.only_seasons:
        for name in (*INSTANCES, *(("geo-20000x6000",) if chosen.large else ())):
            reached(name, load(Path(chosen.data) / f"{name}.npz"))
    seasons(Path(chosen.data) if chosen.data else None, chosen.seasons, chosen.write)


def load(path: Path) -> Instance:
    """Read an instance: a matrix, or positions from which affinities are computed."""
    with np.load(path) as z:
        if "entry_xy" in z.files:
            score = _near(z["entry_xy"], z["judge_xy"], z["judge_w"], z["judge_h"])
        else:
            score = z["S"].astype(np.float32) / np.float32(z["S_scale"] if "S_scale" in z.files else 1)
        allowed = np.ones(score.shape, dtype=bool)
        if "conflict_ij" in z.files:
            allowed[z["conflict_ij"][:, 0], z["conflict_ij"][:, 1]] = False
        for what in ("unit", "city"):
            if f"entry_{what}" in z.files:
                allowed &= z[f"entry_{what}"][:, None] != z[f"judge_{what}"][None, :]
        score[~allowed] = 0
        return Instance(score=score, allowed=allowed, wanted=z["k"], least=z["lb"], most=z["ub"])


def _near(entries: np.ndarray, points: np.ndarray, weight: np.ndarray, reach: np.ndarray) -> np.ndarray:
    """Return affinities that fall off with the distance to a judge's nearest point of expertise."""
    score = np.zeros((len(entries), len(points)), dtype=np.float32)
    for place in range(points.shape[1]):
        for begin in range(0, len(entries), 1000):
            apart = entries[begin : begin + 1000, None].astype(float) - points[None, :, place].astype(float)
            here = weight[:, place] * np.exp(-np.hypot(apart[..., 0], apart[..., 1]) / reach)
            score[begin : begin + 1000] = np.maximum(score[begin : begin + 1000], here)
    return score


def cpu(began: float) -> str:
    """Tell the CPU seconds since a moment."""
    return f"{time.process_time() - began:.2f} s"


def reached(name: str, instance: Instance) -> None:
    """Print floor, design and repair of one instance beside what is asked."""
    began = time.process_time()
    start = optimum(instance)
    print(f"\n{name}: optimum {start.total:.4f}, lowest {floor_of(instance, start.pairs):.4f}, {cpu(began)}")
    began = time.process_time()
    best = fair(instance, start.pairs, prices=start.prices)
    known = f"; known: {KNOWN[name]}" if name in KNOWN else ""
    print(f"  floor {best.floor:.4f} of {best.bound:.4f} at most, total {best.total:.4f}, {cpu(began)}{known}")
    if instance.shape[1] > 3000:
        return
    for give, asked in ASKED.get(name, ((0.002, 0.0), (0.01, 0.0))):
        began = time.process_time()
        plan = design(instance, best.pairs, give=give, best=start.total, prices=start.prices)
        text = f"  design within {give:.2%} ({plan.total / start.total - 1:+.3%}): a_eff {plan.before.a_eff:.3f} -> "
        text += (
            f"{plan.after.a_eff:.3f}, lam2 {plan.after.lam2:.3f}, post {plan.after.post:.3f}, {plan.after.parts} part"
        )
        print(f"{text}, floor {plan.floor:.4f}, {cpu(began)}{f'; asked {asked}' if asked else ''} {plan.apart}")
    losing(instance, best.pairs)


def losing(instance: Instance, pairs: Pairs) -> None:
    """Let a twentieth of the judges fall out when four ballots of ten have begun."""
    lot = np.random.default_rng(5)
    lost = np.isin(np.arange(instance.shape[1]), lot.choice(instance.shape[1], instance.shape[1] // 20, replace=False))
    now = instance.but(most=np.where(lost, 0, instance.most), least=np.where(lost, 0, instance.least))
    chosen = lot.random(len(pairs)) < 0.4
    begun = Pairs(pairs.row[chosen], pairs.column[chosen])
    began = time.process_time()
    found = repair(now, pairs, begun)
    others = int((~lost[found.void.column]).sum())
    text = f"  {int(lost.sum())} judges fall out: {len(found.changes)} entries change, {found.moved} pairs move needlessly, "
    print(f"{text}{others} begun ballots of others lost, gap {found.gap:.1e}, {cpu(began)}")


@dataclass(frozen=True, slots=True)
class Point:
    """One plan of one competition, over all its seasons.

    Severities are either drawn judge by judge (`alike`) or share half of their variance within a field (`fields`);
    winners are listed by published scores or by the best linear prediction.
    """

    competition: str
    plan: str
    given: float
    a_eff: float
    parts: int
    severities: str
    score: str
    found: float
    more: float
    error: float


def tracks(entries: int = 240, judges: int = 60, kinds: int = 8) -> Instance:
    """Make up a competition whose judges fit their own track best, its neighbours well and the others little."""
    lot = np.random.default_rng(2)
    apart = np.abs(np.arange(entries)[:, None] % kinds - np.arange(judges)[None, :] % kinds)
    near = np.minimum(apart, kinds - apart)
    load = 3 * entries // judges
    return Instance(
        score=np.select([near == 0, near == 1], [1.0, 0.7], 0.3),
        allowed=lot.random((entries, judges)) < 0.95,
        wanted=np.full(entries, 3),
        least=np.full(judges, load - 2),
        most=np.full(judges, load + 2),
    )


def seasons(data: Path | None, count: int, write: bool) -> None:
    """Play seasons with every plan and the same chance, and print the share of true winners found."""
    competitions = {"tracks 240x60": tracks()}
    if data:
        for name in ("preflib3", "aamas2016", "geo-1000x200"):
            competitions[name] = load(data / f"{name}.npz")
    points = [point for name, instance in competitions.items() for point in played(name, instance, count)]
    if write:
        with (DOCS / "assignment-seasons.csv").open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(Point.__dataclass_fields__)
            for one in points:
                table.writerow(round(value, 5) if isinstance(value, float) else value for value in astuple(one))
        (DOCS / "assignment-seasons.svg").write_text(figure(points, count), encoding="utf-8")


def astuple(point: Point) -> tuple[str | float | int, ...]:
    """Return a point's fields in order."""
    return tuple(getattr(point, name) for name in Point.__dataclass_fields__)


def played(name: str, instance: Instance, count: int) -> list[Point]:
    """Play one competition."""
    start = optimum(instance)
    plans = plans_of(instance, start)
    field = fields(instance)
    kinds = [(severities, score) for severities in ("alike", "fields") for score in ("published", "predicted")]
    shares = {plan: np.zeros((count, len(kinds))) for plan in plans}
    for season in range(count):
        for plan, pairs in plans.items():
            alike = season_of(instance, pairs, season, None)
            shares[plan][season] = [*alike, *season_of(instance, pairs, season, field)]
    points = []
    print(f"\n{name}, {count} seasons: share of the truly best tenth found beyond the plain optimum")
    print(f"  {'':14} {'gives':>7} {'a_eff':>6} parts", *(f"{' '.join(kind):>22}" for kind in kinds))
    for plan, pairs in plans.items():
        more = shares[plan] - shares["optimum"]
        seen = compare(pairs, instance.shape[1])
        given = max(0.0, 1 - total_of(instance, pairs) / start.total)
        line = f"  {plan:14} {given:7.3%} {seen.a_eff:6.3f} {seen.parts:5}"
        for place, (severities, score) in enumerate(kinds):
            mean, error = float(more[:, place].mean()), float(more[:, place].std(ddof=1) / np.sqrt(count))
            found = float(shares[plan][:, place].mean())
            points.append(Point(name, plan, given, seen.a_eff, seen.parts, severities, score, found, mean, error))
            line += f"  {found:6.2%} {mean:+6.2%}+-{error:.2%}"
        print(line, flush=True)
    return points


def fields(instance: Instance, count: int = 8) -> np.ndarray:
    """Group judges by what fits them: farthest-first centres and a few rounds of k-means on normed columns."""
    columns = np.asarray(instance.score, dtype=np.float64).T
    columns = columns / np.maximum(np.linalg.norm(columns, axis=1, keepdims=True), 1e-12)
    centres = columns[:1]
    for _ in range(count - 1):
        centres = np.vstack([centres, columns[np.argmin((columns @ centres.T).max(axis=1))]])
    for _ in range(20):
        field = (columns @ centres.T).argmax(axis=1)
        means = [columns[field == one].mean(axis=0) for one in range(count) if (field == one).any()]
        centres = np.array(means) / np.linalg.norm(means, axis=1, keepdims=True)
    return np.asarray((columns @ centres.T).argmax(axis=1))


def plans_of(instance: Instance, start: Solution) -> dict[str, Pairs]:
    """Return the plain optimum, and designs from the fair plan for growing shares of affinity."""
    plans = {"optimum": start.pairs}
    best = fair(instance, start.pairs, prices=start.prices)
    for give in GIVEN:
        plan = design(instance, best.pairs, give=give, best=start.total, prices=start.prices)
        if give == GIVEN[0] or plan.total < total_of(instance, plans[list(plans)[-1]]) - 1e-6 * start.total:
            plans[f"within {give:.1%}"] = plan.pairs
    return plans


def season_of(instance: Instance, pairs: Pairs, season: int, field: np.ndarray | None) -> list[float]:
    """Draw qualities, severities and chance, let the judges score, calibrate, and count the true winners found."""
    n, m = instance.shape
    lot = np.random.default_rng([season, 0x5EA5])
    quality, severity, chance = lot.normal(75, 6, n), lot.normal(0, 4, m), lot.normal(0, 5, (n, m))
    if field is not None:
        severity = np.sqrt(0.5) * (severity + lot.normal(0, 4, int(field.max()) + 1)[field])
    marks = quality[pairs.row] - severity[pairs.column] + chance[pairs.row, pairs.column]
    table = ScoreTable.from_columns(
        entry=[f"E{place:05}" for place in pairs.row],
        judge=[f"J{place:05}" for place in pairs.column],
        mark=np.round(np.clip(marks, 0, 100), 1).tolist(),
    )
    fit = calibrate_additive(table)
    predicted = fit.scores if fit.entry_blup is None else fit.entry_blup
    return [share_of_best_found(quality, scores, 0.1) for scores in (fit.scores, predicted)]


if __name__ == "__main__":
    main()
