"""Every published score redone from its explanation alone."""

import re
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring import ScoreTable, ScoringError, evaluate
from scoring.explanation import explain
from scoring.telling import tell

METHODS = ("mean", "trimmed", "median", "standard", "mapped", "severity", "full")


def by_hand(text):
    """Redo a told explanation as a person with a pocket calculator would; give back what comes out."""
    _, *lines, closing, rounding = [line.strip() for line in text.splitlines()]
    given = []
    for line in lines:
        sums = line.split(": ", 1)[1]
        if sums.endswith(("(left out)", "(不计)")):
            continue
        last = ""
        for step in sums.split("; "):
            check(f"{last} {step}" if step.startswith("× ") else step)
            last = step.rsplit("= ", 1)[-1]
        given.append(Decimal(last))
    left, *rest = closing.split(" = ")
    assert [Decimal(found.strip("()")) for found in re.findall(r"\(-[\d.]+\)|[\d.]+", left.split(") / ")[0])] == given
    check(closing, tolerance=Decimal("5e-10"))
    places = int(
        re.search(r"to (\d) decimals|到 (\d) 位", rounding).group(1) or re.search(r"到 (\d) 位", rounding).group(1)
    )
    assert rounding.startswith(rest[-1])
    return Decimal(rest[-1]).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def check(step, tolerance=None):
    """Whether all sides of an equation are equal, up to the last digit shown."""
    sides = [side for side in step.split(" = ") if not re.search("alike|equal|相同", side)]
    values = [evaluated(side) for side in sides]
    if len(values) < 2:
        return
    digits = len(sides[-1].partition(".")[2])
    room = Fraction(tolerance) if tolerance else Fraction(1, 2 * 10**digits)
    assert all(abs(value - values[-1]) <= room for value in values)


def evaluated(side):
    """A side of an equation with names left out."""
    plain = re.sub(r"(?<![\w.])[^\d\W][^\s+×/()]* ", "", side).replace("×", "*")
    return eval(re.sub(r"\d+(\.\d+)?", lambda found: f"Fraction('{found[0]}')", plain), {"Fraction": Fraction})


@st.composite
def rounds(draw):
    """A small round with marks of up to two decimals."""
    entries, judges = draw(st.integers(1, 5)), draw(st.integers(1, 6))
    marks = st.decimals(0, 100, places=draw(st.integers(0, 2)))
    rows = [
        (f"E{e}", f"J{j}", draw(marks))
        for e in range(entries)
        for j in range(judges)
        if j == e % judges or draw(st.booleans())
    ]
    return ScoreTable.from_columns(entry=[r[0] for r in rows], judge=[r[1] for r in rows], mark=[r[2] for r in rows])


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=25, deadline=None)
@given(table=rounds(), decimals=st.integers(0, 4))
def test_explanations_redone_by_hand_give_the_published_scores(method, table, decimals):
    result = evaluate(table, method=method, decimals=decimals, draws=50)
    for one, entry in zip(explain(table, result), result.entries, strict=True):
        with localcontext() as context:
            context.prec = 60
            assert by_hand(tell(one)) == by_hand(tell(one, "zh")) == one.score == entry.score


def test_an_explanation_reads_like_a_sum():
    table = ScoreTable.from_columns(
        entry=["A", "A", "B", "B"] * 2,
        judge=["x", "y", "x", "y"] * 2,
        criterion=["topic"] * 4 + ["effect"] * 4,
        mark=[40, 30, 35, 25, "50.5", 40, 40, 31],
    )
    result = evaluate(table, method="severity")
    x, y = (judge.adjustment for judge in result.judges)
    assert (x, y) == (-y, -x)
    first, second = Decimal("90.5") + x, Decimal("70.0") + y
    assert tell(next(explain(table, result, ["A"]))) == (
        "A: calibrated for severity, 80.25, rank 1\n"
        f"  judge x: effect 50.5 + topic 40 = 90.5 - {-x} = {first}\n"
        f"  judge y: effect 40 + topic 30 = 70.0 + {y} = {second}\n"
        f"  ({first} + {second}) / 2 = 160.50 / 2 = 80.250000000\n"
        "  80.250000000 rounded half up to 2 decimals: 80.25"
    )


def test_what_was_left_out_is_told():
    table = ScoreTable.from_columns(entry=["A"] * 5, judge=list("vwxyz"), mark=[90, 80, 70, 60, 50])
    told = tell(next(explain(table, evaluate(table, method="trimmed"))), "zh")
    assert told == (
        "A：去掉最高分和最低分的平均，70.00 分，第 1 名\n"
        "  评委 v: 90 (不计)\n"
        "  评委 w: 80\n"
        "  评委 x: 70\n"
        "  评委 y: 60\n"
        "  评委 z: 50 (不计)\n"
        "  (80 + 70 + 60) / 3 = 210 / 3 = 70.000000000\n"
        "  70.000000000 四舍五入到 2 位小数：70.00"
    )


def test_an_entry_that_is_not_there_is_refused():
    table = ScoreTable.from_columns(entry=["A"], judge=["x"], mark=[1])
    with pytest.raises(ScoringError, match="There is no entry B"):
        list(explain(table, evaluate(table, method="mean"), ["B"]))
