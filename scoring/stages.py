"""Several stages, or several sheets of one stage, made one score: the last decides, weights, or a gate; and deductions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from scoring.errors import BadRow, BadRows, ScoringError
from scoring.rounding import half_up
from scoring.sentences import Sentence, shown


class Combining(StrEnum):
    """How stages join: the last alone decides; all with weights; or the last admits and those before it decide."""

    NONE = "none"
    WEIGHT = "weight"
    GATE = "gate"


@dataclass(frozen=True, slots=True)
class StageScore:
    """One entry's score over all stages.

    Attributes
    ----------
    entry : str
    score : Decimal
        Sum of weight x part (their mean, without weights), less the deduction, not below 0; rounded half up, once.
    parts, weights : tuple of Decimal
        The score of every stage (out of 100, where maxima are given) and what it weighs.
    deduction : Decimal
    missed : Decimal or None
        Points that are lacking at the gate; None for who passed it.
    """

    entry: str
    score: Decimal
    parts: tuple[Decimal, ...]
    weights: tuple[Decimal, ...]
    deduction: Decimal
    missed: Decimal | None = None


def combine_stages(
    stages: Sequence[Mapping[str, Decimal]],
    *,
    how: Combining | str = Combining.WEIGHT,
    weights: Sequence[Decimal] | None = None,
    maxima: Sequence[Decimal] | None = None,
    floor: Decimal = Decimal(0),
    deductions: Mapping[str, Decimal] | None = None,
    decimals: int = 2,
) -> tuple[StageScore, ...]:
    """Make one score of the scores of several stages, in exact decimals.

    Parameters
    ----------
    stages : sequence of mapping of entry to score
        From the first to the last; whoever has no score in the last did not come so far, and is left out.
    how : Combining or str
        ``none``, ``weight`` or ``gate``.
    weights : sequence of Decimal, optional
        Of the stages under ``weight``, or of those before the last under ``gate``; equal ones when not given. They are taken as
        they are: 1 and 3 add a mean and three times another.
    maxima : sequence of Decimal, optional
        Largest score of every stage: then parts count as shares of 100.
    floor : Decimal
        Under ``gate``, the least score of the last stage that admits.
    deductions : mapping of entry to Decimal, optional
        Points taken off at the end.
    decimals : int

    Returns
    -------
    tuple of StageScore
        In order of id; `scoring.rank_entries` ranks them.

    Raises
    ------
    BadRows
        Listing every entry of the last stage without a score before, and every negative deduction.
    ScoringError
        ``bad_parameter``.
    """
    _check(stages, how, weights, maxima)
    last, off = stages[-1], deductions or {}
    counted = {Combining.NONE: stages[-1:], Combining.WEIGHT: stages, Combining.GATE: stages[:-1]}[Combining(how)]
    faults = [*_lacking(stages if how != Combining.NONE else counted), *_negative(off)]
    if faults:
        raise BadRows(faults)
    share = tuple(weights) if weights is not None and how != Combining.NONE else (Decimal(1),) * len(counted)
    tops = list(maxima)[len(stages) - 1 :] if maxima and how == Combining.NONE else list(maxima or ())
    divisor = len(counted) if weights is None else 1  # Only now: a third has no decimals.
    found = []
    for entry in sorted(last):
        parts = tuple(stage[entry] * 100 / tops[at] if tops else stage[entry] for at, stage in enumerate(counted))
        total = sum((weight * part for weight, part in zip(share, parts, strict=True)), Decimal(0)) / divisor
        taken = Decimal(off.get(entry, 0))
        short = floor - last[entry] if how == Combining.GATE and last[entry] < floor else None
        found.append(StageScore(entry, half_up(max(Decimal(0), total - taken), decimals), parts, share, taken, short))
    return tuple(found)


def _check(
    stages: Sequence[Mapping[str, Decimal]],
    how: Combining | str,
    weights: Sequence[Decimal] | None,
    maxima: Sequence[Decimal] | None,
) -> None:
    counted = len(stages) - (how == Combining.GATE)
    wrong = {
        "how": how not in list(Combining),
        "stages": counted < 1,
        "weights": weights is not None
        and how != Combining.NONE
        and (len(weights) != counted or any(one < 0 for one in weights) or not any(weights)),
        "maxima": maxima is not None and (len(maxima) != len(stages) or any(one <= 0 for one in maxima)),
    }
    for name, bad in wrong.items():
        if bad:
            text = Sentence(f"{name} do not fit {len(stages)} stages.", f"{name} 与 {len(stages)} 个阶段不相符。")
            raise ScoringError("bad_parameter", text, name=name)


def _lacking(stages: Sequence[Mapping[str, Decimal]]) -> Iterator[BadRow]:
    for entry in sorted(stages[-1]):
        for number, stage in enumerate(stages[:-1], start=1):
            if entry not in stage:
                who = shown(entry)
                text = Sentence(
                    f"Entry {who} has no score in stage {number}.", f"成果 {who} 在第 {number} 阶段没有得分。"
                )
                yield BadRow(0, "incomplete", text)


def _negative(deductions: Mapping[str, Decimal]) -> Iterator[BadRow]:
    for entry, points in sorted(deductions.items()):
        if points < 0:
            who = shown(entry)
            text = Sentence(f"The deduction of entry {who} is negative.", f"成果 {who} 的扣分是负数。")
            yield BadRow(0, "out_of_range", text)
