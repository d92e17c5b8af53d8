"""How long fits and conflicts of all pairs take: `python -m bench.bench_affinity`.

The peers are the same work done pair by pair in Python, on a part of the pairs and scaled up: cosines of counted grams
in dictionaries, and names of units compared one with one. Times are processor seconds.
"""

import math
import random
import resource
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from judging.assignment.engine.affinity import Profile, Work, affinity
from judging.conflicts.masks import Side, tied
from judging.conflicts.models import ConflictBasis
from judging.conflicts.rules import same_unit

Result = TypeVar("Result")
SIZES = ((1000, 200), (5000, 1500))
PART = 40  # works and judges of the peers
WORDS = (
    "降低提高焊接质量合格率缩短施工时间变压器故障研制新型装置高速公路桥梁混凝"
    "土裂缝控制护理满意度药品差错率输电线路巡检停机次数钢轨打磨精度能耗数据平台"
)
LIMIT = 0.5  # CPU seconds, at 1,000 x 200


def main() -> None:
    """Print times, ratios and memory."""
    for works, judges in SIZES:
        lot = random.Random(1)
        some, people = [_work(lot) for _ in range(works)], [_judge(lot) for _ in range(judges)]
        taken, _made = _timed(partial(affinity, some, people, track="qc"))
        peer, _found = _timed(partial(_by_pairs, some[:PART], people[:PART]))
        scaled = peer * works * judges / PART**2
        print(
            f"fits {works:,} x {judges:,}: {taken:.2f} CPU-s, pair by pair {scaled:.0f} CPU-s, {scaled / taken:.0f} x"
        )
        if works == SIZES[0][0]:
            print(f"  against the limit of {LIMIT} CPU-s: {taken / LIMIT:.2f}")
    lot = random.Random(2)
    units, sides = [_side(lot, i) for i in range(5000)], [_side(lot, lot.randrange(5000)) for _ in range(1500)]
    taken, marks = _timed(lambda: tied(units, sides, by_region=True))
    peer, _same = _timed(lambda: [same_unit(u.name, j.name) for u in units[:200] for j in sides[:200]])
    scaled = peer * len(units) * len(sides) / 200**2
    same = int(marks[ConflictBasis.SAME_UNIT].sum())
    print(f"conflicts 5,000 x 1,500: {taken:.2f} CPU-s ({same} of one unit), one by one {scaled:.0f} CPU-s")
    print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MiB, interpreter included")


def _timed(act: Callable[[], Result]) -> tuple[float, Result]:
    start = time.process_time()
    made = act()
    return time.process_time() - start, made


def _text(lot: random.Random, length: int) -> str:
    said = ""
    while len(said) < length:
        at, rare = lot.randrange(len(WORDS) - 4), (chr(0x4E00 + int(lot.paretovariate(0.6)) % 6000) for _ in range(2))
        said += WORDS[at : at + lot.choice((2, 3, 4))] + "".join(rare) + lot.choice(("", "的", "，"))
    return said[:length]


def _work(lot: random.Random) -> Work:
    return Work(_text(lot, 22), _text(lot, 15), _text(lot, 450), lot.choice("ABCDEFG"))


def _judge(lot: random.Random) -> Profile:
    specialities = tuple(WORDS[at : at + 3] for at in lot.sample(range(len(WORDS) - 3), 4))
    return Profile(
        frozenset(lot.sample("ABCDEFG", 2)), frozenset({"qc"}), specialities, _text(lot, 30), _text(lot, 300)
    )


def _side(lot: random.Random, number: int) -> Side:
    place, form = lot.choice(("武汉", "宜昌", "襄阳")), lot.choice(("有限公司", "集团有限公司", "股份有限公司"))
    return Side(f"{place}第{number}重工{form}", lot.choice(("", "楚天集团")), f"4201{lot.randrange(17):02}")


def _by_pairs(works: list[Work], judges: list[Profile]) -> float:
    """Add up the cosines of the words, a pair at a time."""
    said, own, past = ([_grams(t) for t in texts] for texts in (
        [work.text for work in works], [judge.text for judge in judges], [judge.past for judge in judges]
    ))  # fmt: skip
    return sum(_cosine(work, one) + _cosine(work, two) for work in said for one, two in zip(own, past, strict=True))


def _grams(text: str) -> Counter[str]:
    return Counter(text[at : at + size] for size in (2, 3) for at in range(len(text) - size + 1))


def _cosine(one: Counter[str], other: Counter[str]) -> float:
    lengths = math.hypot(*one.values()) * math.hypot(*other.values())
    return sum(count * other[gram] for gram, count in one.items()) / lengths if lengths else 0.0


if __name__ == "__main__":
    main()
