"""Simulated judges: what each entry is truly worth, how severe each judge is, and the marks that come of it.

Everything is drawn from names, not from an order, so the same seed gives the same marks however the play is arranged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from random import Random

from judging.rubrics.models import Rubric

QUALITY_MEAN, QUALITY_SPREAD = 80.0, 5.5
SEVERITY_SPREAD, NOISE = 4.0, 3.0
CARELESS_NOISE, FAVOUR = 11.0, 9.0


@dataclass(frozen=True, slots=True)
class Truth:
    """The hidden truth of an edition, out of 100."""

    seed: int
    careless: str  # code of the judge who hardly reads
    partial: str  # code of the judge who favours one region
    favoured_region: str

    def quality(self, entry_code: str) -> float:
        """Return what an entry is truly worth."""
        return self._draw("quality", entry_code).gauss(QUALITY_MEAN, QUALITY_SPREAD)

    def severity(self, judge_code: str) -> float:
        """Return how many points a judge gives less than the others on equal work."""
        return self._draw("severity", judge_code).gauss(0, SEVERITY_SPREAD)

    def total(self, entry_code: str, region: str, judge_code: str) -> float:
        """Return the total a judge would give, out of 100."""
        noise = CARELESS_NOISE if judge_code == self.careless else NOISE
        given = self.quality(entry_code) - self.severity(judge_code)
        given += self._draw("noise", entry_code, judge_code).gauss(0, noise)
        if judge_code == self.partial and region == self.favoured_region:
            given += FAVOUR
        return min(99.0, max(35.0, given))

    def marks(self, total: float, rubric: Rubric, entry_code: str, judge_code: str) -> list[Decimal]:
        """Return marks on every criterion, on its step, that add up to about `total` per cent of the rubric."""
        rng = self._draw("marks", entry_code, judge_code)
        marks = []
        for criterion in rubric.criteria:
            share = min(1.0, max(0.0, total / 100 + rng.gauss(0, 0.02)))
            steps = round(float(criterion.maximum - criterion.minimum) * share / float(criterion.step))
            marks.append(min(criterion.maximum, criterion.minimum + criterion.step * steps))
        return marks

    def pace(self, judge_code: str) -> float:
        """Return which share of the work a judge has done in the middle of judging."""
        return self._draw("pace", judge_code).choice((0.9, 0.75, 0.6, 0.5, 0.4, 0.3, 0.2, 0.0))

    def hour(self, entry_code: str, judge_code: str) -> timedelta:
        """Return when in the day a sheet is marked, counted from nine in the morning."""
        return timedelta(minutes=self._draw("hour", entry_code, judge_code).randrange(0, 12 * 60))

    def _draw(self, *names: str) -> Random:
        return Random("/".join((str(self.seed), *names)))


def best(values: dict[str, float], count: int) -> set[str]:
    """Return the `count` keys with the highest values; equal values in the order of their keys."""
    return set(sorted(values, key=lambda key: (-values[key], key))[:count])


STRENGTHS: Sequence[str] = (
    "选题紧密结合现场实际，数据充分。",
    "原因分析逻辑清楚，末端原因确认有据。",
    "对策具体可行，实施过程记录完整。",
    "统计方法应用恰当，图表清晰。",
)
WEAKNESSES: Sequence[str] = (
    "部分要因确认仅凭经验，缺少测量数据。",
    "对策目标与实施结果的对照不够完整。",
    "效益计算未扣除投入费用。",
    "巩固期数据偏少。",
)
SUGGESTIONS: Sequence[str] = (
    "建议补充巩固期数据并纳入标准化管理。",
    "建议用散布图或假设检验验证要因影响程度。",
    "建议精简文字，突出小组自身的做法。",
)
