"""Diagnosis, repairs, random mode, halls: `python -m bench.bench_assignment_random FOLDER [--quick]`.

FOLDER holds the instances (see `bench.assignment_data`) and `published_randomised.csv`, the results of the peers' three
randomised methods (PLRA, PM-Q, PM-E; YixuanEvenXu/perturbed-maximization, MIT) from their own log files. All times are
processor seconds. `--quick` leaves out the table of entropies and the largest instance.
"""

import argparse
import csv
import os
import time
from pathlib import Path

import numpy as np

from bench.assignment_data import BEST, Loaded, load
from judging.assignment.engine.bundle import bundle
from judging.assignment.engine.diagnosis import find_clash
from judging.assignment.engine.grid import greatest
from judging.assignment.engine.halls import Halls
from judging.assignment.engine.instance import Family, Instance, Need, broken
from judging.assignment.engine.lottery import Terms, faults, prepare
from judging.assignment.engine.marginals import Marginals
from judging.assignment.engine.rations import Together
from judging.assignment.engine.repairs import repairs_of
from judging.assignment.engine.running import longest_rest, rest_of, running_order
from judging.assignment.engine.sampler import draw
from judging.assignment.engine.seating import plan_halls
from judging.assignment.engine.spread import widest_spread

LARGE = "geo-5000x1500"
DRAWS = 2000


def main() -> None:
    """Print every table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    print(f"load average {os.getloadavg()[0]:.1f}; all times in CPU seconds")
    large = load(options.folder, LARGE)
    diagnosed(large)
    expected(options.folder, large, quick=options.quick)
    crossing(options.folder, large, quick=options.quick)
    frequencies(options.folder)
    if not options.quick:
        entropies(options.folder)
    sealed(large)
    heard()


def diagnosed(large: Loaded) -> None:
    """Print what clashes are found and what repairs are offered."""
    print(f"\nDiagnosis, {LARGE}")
    n, m = large.instance.shape
    assert large.few_seniors is not None
    lot = np.random.default_rng(5)
    entries, judges = np.sort(lot.choice(n, 60, replace=False)), np.sort(lot.choice(m, 12, replace=False))
    allowed = large.instance.allowed.copy()
    allowed[entries] = False
    allowed[np.ix_(entries, judges)] = True
    cases = {
        "as given": large.instance,
        "with seniors": large.with_senior_rule(),
        "with one judge a city": large.with_city_rule(),
        "seniors only 25 %": large.instance.but(needs=(Need(large.few_seniors, 1, "senior"),)),
        "loads cut to 9": large.instance.but(most=np.minimum(large.instance.most, 9)),
        "planted 60 and 12": large.instance.but(allowed=allowed),
        "least loads raised by 6": large.instance.but(least=np.minimum(large.instance.least + 6, large.instance.most)),
    }
    for name, instance in cases.items():
        began = time.process_time()
        finding = find_clash(instance)
        found = time.process_time() - began
        clash = finding.clash
        if clash is None:
            print(f"  {name:26}{found:7.3f} s  has an answer")
            continue
        told = f"short {clash.short}: {len(clash.entries)} entries, {len(clash.judges)} judges"
        print(f"  {name:26}{found:7.3f} s  {told}; {clash.wanted} wanted, room {clash.room}")
        if name.startswith("planted"):
            exact = np.array_equal(clash.entries, entries) and np.array_equal(clash.judges, judges)
            print(f"  {'':36}exactly the planted ones: {exact}")
        began = time.process_time()
        offers = repairs_of(instance, finding)
        took = time.process_time() - began
        sound = all(find_clash(repair.apply(instance)).clash is None for repair in offers)
        said = ", ".join(f"{repair.kind} {repair.rule}x{repair.changes}" for repair in offers)
        print(f"  {'':26}{took:7.3f} s  repairs: {said}; each helps: {sound}")


def expected(folder: Path, large: Loaded, *, quick: bool) -> None:
    """Print expectations under caps, with their bounds, and what draws cost and keep."""
    print("\nRandom mode: expectation, bound, draws")
    small = load(folder, "geo-1000x200")
    assert large.instance.shape == (5000, 1500)
    unit = np.arange(1500) // 5
    cases: list[tuple[str, Instance, float, Together | None]] = [
        ("aamas2016, q 0.5", load(folder, "aamas2016").instance, 0.5, None),
        ("geo-1000x200, q 0.5", small.instance, 0.5, None),
        (f"{LARGE}, q 0.5", large.instance, 0.5, None),
        (f"{LARGE}, q 0.3", large.instance, 0.3, None),
        (f"{LARGE}, q 0.5, units 0.75", large.instance, 0.5, Together(unit, 0.75)),
        (f"{LARGE}, q 0.5, one a city", large.with_city_rule(), 0.5, None),
        (f"{LARGE}, q 0.5, a senior", large.with_senior_rule(), 0.5, None),
    ]
    for name, instance, cap, together in cases[:3] if quick else cases:
        began = time.process_time()
        chances = greatest(instance, cap=cap, together=together)
        took = time.process_time() - began
        gap = (chances.bound - chances.expected) / chances.bound
        began = time.process_time()
        drawn = [draw(chances, seed) for seed in range(20)]
        each = (time.process_time() - began) / len(drawn)
        kept = all(not broken(instance, pairs) for pairs in drawn)
        print(
            f"  {name:38}{took:6.2f} s  expected {chances.expected:11.3f}, gap {gap:.1e}, bits {chances.bits:2},"
            f" a draw {each:.3f} s, rules kept in 20 of 20: {kept}"
        )


def crossing(folder: Path, large: Loaded, *, quick: bool) -> None:
    """Print draws under panel rules that cross: one judge of a city, a senior on each, and made-up units and titles."""
    print("\nRandom mode under rules that cross: plans, expectation, bound, draws")
    small = load(folder, "geo-1000x200")
    cases: list[tuple[str, Instance, float]] = [
        ("geo-1000x200, city and senior, q 0.5", small.with_both_rules(), 0.5),
        ("geo-1000x200, city and senior, q 0.3", small.with_both_rules(), 0.3),
        ("geo-1000x200, city, unit, senior, q 0.5", with_more_rules(small.with_both_rules(), 1), 0.5),
        ("geo-1000x200, four rules, q 0.5", with_more_rules(small.with_both_rules(), 2), 0.5),
        (f"{LARGE}, city and senior, q 0.5", large.with_both_rules(), 0.5),
        (f"{LARGE}, city and senior, q 0.3", large.with_both_rules(), 0.3),
    ]
    for name, instance, cap in cases[:2] if quick else cases:
        began = time.process_time()
        chances = bundle(instance, cap=cap)
        took = time.process_time() - began
        assert chances.plans is not None
        began = time.process_time()
        drawn = [draw(chances, seed) for seed in range(20)]
        each = (time.process_time() - began) / len(drawn)
        kept = all(not broken(instance, pairs) for pairs in drawn)
        gap = (chances.bound - chances.expected) / chances.bound
        like = np.mean([(chances.plans.column == pairs.column).mean(axis=1).max() for pairs in drawn])
        print(
            f"  {name:40}{took:6.2f} s  {len(chances.plans)} plans, expected {chances.expected:.3f}, gap {gap:.1e},"
            f" entropy {chances.entropy:.0f}, a draw {each:.3f} s, rules kept in 20 of 20: {kept},"
            f" seats in common with the plan nearest to it: {like:.0%}",
            flush=True,
        )


def with_more_rules(instance: Instance, count: int) -> Instance:
    """Add one judge of a unit at most, of units that lie in no city; and one more kind of judge that is needed."""
    lot, m = np.random.default_rng(11), instance.shape[1]
    unit, chair = Family(lot.integers(0, m // 8, m), 1, "unit"), Need(lot.random(m) < 0.4, 1, "chair")
    return instance.but(families=(*instance.families, unit), needs=(*instance.needs, chair)[:count])


def frequencies(folder: Path) -> None:
    """Print how two thousand draws fit the chances."""
    print(f"\n{DRAWS:,} draws: z-scores of the pairs' frequencies")
    instance = load(folder, "preflib3").instance
    for name, chances in (
        ("preflib3, greatest, q 0.41", greatest(instance, cap=0.410156)),
        ("preflib3, spread, q 0.8, share 0.94", widest_spread(instance, cap=0.8, share=0.94, bits=8)),
    ):
        n, m = instance.shape
        count = np.zeros(len(chances.row))
        lots, least, most = 50, np.inf, -np.inf
        began = time.process_time()
        for seed in range(DRAWS // lots):
            pairs = draw(copies(chances, lots, n, m), seed)
            grid = np.bincount((pairs.row % n) * m + pairs.column % m, minlength=n * m)
            count += grid[chances.row * m + chances.column]
            loads = np.bincount(pairs.column, minlength=lots * m).reshape(lots, m)
            mean = np.bincount(chances.column, weights=chances.probability, minlength=m)
            least, most = min(least, float((loads - mean).min())), max(most, float((loads - mean).max()))
        p = chances.probability
        odd = p < 1
        z = (count - DRAWS * p)[odd] / np.sqrt(DRAWS * p * (1 - p))[odd]
        print(
            f"  {name:38}{odd.sum():6} pairs: mean {z.mean():+.3f}, sd {z.std():.3f}, largest {np.abs(z).max():.2f};"
            f" loads {least:+.2f}..{most:+.2f} of their mean ({time.process_time() - began:.0f} s)"
        )


def copies(chances: Marginals, count: int, n: int, m: int) -> Marginals:
    """Return so many problems beside one another: one draw of them is many draws."""
    shift = np.repeat(np.arange(count), len(chances.row))
    none = np.zeros(0, dtype=np.int64)
    return Marginals(
        np.tile(chances.row, count) + n * shift,
        np.tile(chances.column, count) + m * shift,
        np.tile(chances.units, count),
        chances.bits,
        np.tile(chances.groups, count),
        type(chances.pinned)(none, none),
        chances.expected,
        chances.bound,
        chances.cap,
    )


def entropies(folder: Path) -> None:
    """Print entropies beside the published ones, at equal share and cap."""
    print("\nGreatest entropy, geo-1000x200")
    loaded = load(folder, "geo-1000x200")
    for told, instance in (
        ("no rule", loaded.instance),
        ("one a city", loaded.with_city_rule()),
        ("a senior", loaded.with_senior_rule()),
    ):
        for cap, share in ((0.5, 0.8), (0.7, 0.9)):
            began = time.process_time()
            found = widest_spread(instance, cap=cap, share=share)
            took = time.process_time() - began
            print(f"  {told:12} q {cap}, share {share}: entropy {found.entropy:.1f}, {took:.2f} s", flush=True)
    print("\nGreatest entropy beside the published PM-Q, at equal share and cap")
    print(
        f"  {'':12}{'share':>7}{'cap':>8}{'entropy':>10}{'PM-Q':>10}{'':>8}{'support':>9}{'PM-Q':>8}{'L2':>8}{'PM-Q':>8}"
    )
    rows = csv.DictReader((folder / "published_randomised.csv").read_text().splitlines())
    never_below = True
    for row in rows:
        name, share, cap = row["dataset"], float(row["share"]), float(row["maxprob"])
        if row["algorithm"] != "PM-Q" or name not in BEST:
            continue
        began = time.process_time()
        found = widest_spread(load(folder, name).instance, cap=min(1.0, cap + 5e-7), share=share, best=BEST[name])
        took = time.process_time() - began
        peer = float(row["entropy"])
        never_below &= found.entropy >= peer and found.expected >= share * BEST[name] - 1e-6
        length = float(np.sqrt((found.probability**2).sum()))
        print(
            f"  {name:12}{share:7.3f}{cap:8.3f}{found.entropy:10.1f}{peer:10.1f}{found.entropy / peer - 1:+8.1%}"
            f"{len(found.row):9}{row['support']:>8}{length:8.2f}{float(row['l2']):8.2f}  {took:.2f} s",
            flush=True,
        )
    print(f"  never below: {never_below}")


def sealed(large: Loaded) -> None:
    """Print what sealing, drawing and checking cost."""
    terms = Terms(cap=0.5)
    began = time.process_time()
    lottery = prepare(large.instance, terms)
    made = time.process_time()
    pairs = lottery.draw("a seed")
    drawn = time.process_time()
    wrong = faults(large.instance, lottery, "a seed", lottery.seal("a seed"), pairs, terms=terms)
    print(
        f"\nLottery, {LARGE}: chances and digests {made - began:.2f} s, draw {drawn - made:.3f} s,"
        f" check {time.process_time() - drawn:.2f} s, faults {wrong}"
    )


def heard() -> None:
    """Print halls, panels and running orders of made-up congresses."""
    print("\nHalls and panels (made up)")
    for n, m, h in ((60, 15, 3), (240, 36, 6), (400, 84, 12)):
        halls = congress(n, m, h)
        began = time.process_time()
        panels, split = plan_halls(halls, 1)
        took = time.process_time() - began
        print(
            f"  {n} entries, {m} judges, {h} halls: {took:.2f} s, missing {panels.missing or 'nothing'},"
            f" cost {panels.cost:g} (bound {panels.bound:g}), strongest less weakest hall {split.spread:.3f}"
        )
    units = np.random.default_rng(1).integers(0, 40, 100).tolist()
    began = time.process_time()
    order = running_order(units, 1)
    print(
        f"  running order of 100: {time.process_time() - began:.3f} s, rest {rest_of(units, order)},"
        f" none longer than {longest_rest(units)}"
    )


def congress(n: int, m: int, h: int) -> Halls:
    """Return entries and judges of some units, strengths partly known."""
    lot = np.random.default_rng(0)
    entry_unit, judge_unit = lot.integers(0, n // 3, n), lot.integers(0, n // 3, m)
    return Halls(
        kind=lot.integers(0, 3, n),
        strength=np.where(lot.random(n) < 0.8, lot.normal(80, 6, n), np.nan),
        allowed=entry_unit[:, None] != judge_unit[None],
        unit=judge_unit,
        severity=np.where(lot.random(m) < 0.7, lot.normal(0, 2, m), np.nan),
        speciality=lot.random((m, 4)) < 0.35,
        senior=lot.random(m) < 0.4,
        chair=lot.random(m) < 0.3,
        size=np.full(h, m // h),
    )


if __name__ == "__main__":
    main()
