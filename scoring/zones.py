"""How sure an award line is: who is in, who is out, what is open; and what share of the truly best a list is expected to hold."""

from dataclasses import dataclass
from enum import StrEnum

from scoring.errors import ScoringError
from scoring.evaluation import Evaluation
from scoring.sentences import Sentence

SURE = 0.9


class Zone(StrEnum):
    """In for certain, out for certain, or to be discussed or judged again."""

    IN = "in"
    OPEN = "open"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class LineZones:
    """An award line below place `k`.

    Attributes
    ----------
    k : int
    zones : mapping of entry to Zone
    expected : float
        Expected share of the truly best k among the entries placed k or better.
    sure : float
        From which chance on an entry is in, and below 1 less which it is out.
    """

    k: int
    zones: dict[str, Zone]
    expected: float
    sure: float

    def count(self, zone: Zone) -> int:
        """How many entries are in a zone."""
        return sum(one is zone for one in self.zones.values())

    @property
    def text(self) -> Sentence:
        """The line in one sentence."""
        certain, open_ = self.count(Zone.IN), self.count(Zone.OPEN)
        share, sure = f"{100 * self.expected:.0f}", f"{100 * self.sure:.0f}"
        return Sentence(
            f"the best {self.k}: {certain} in with {sure} % certainty, {open_} open; "
            f"the list is expected to hold {share} % of the truly best {self.k}",
            f"前 {self.k} 名：{certain} 件有 {sure}% 以上把握，{open_} 件未定；预计名单包含真正前 {self.k} 名的 {share}%",
        )


def decision_zones(evaluation: Evaluation, k: int, *, sure: float = SURE) -> LineZones:
    """Part the entries by their chance to be truly among the best `k`.

    Parameters
    ----------
    evaluation : Evaluation
        Computed with `k` among its `top`.
    k : int
    sure : float
        Fixed before judging: in from this chance on, out from 1 less it down, open between.

    Returns
    -------
    LineZones

    Raises
    ------
    ScoringError
        ``bad_parameter`` when the evaluation knows no chances for `k`, or for `sure` outside 0.5 to 1.
    """
    if not 0.5 < sure <= 1 or any(k not in one.p_top for one in evaluation.entries):
        text = Sentence(
            f"The evaluation says nothing of the best {k} with a certainty of {sure:g}.",
            f"计算结果里没有进入前 {k} 名、把握为 {sure:g} 的判断。",
        )
        raise ScoringError("bad_parameter", text, name="k", value=k)
    chances = {one.entry: one.p_top[k] for one in evaluation.entries}
    zones = {entry: _zone(chance, sure) for entry, chance in chances.items()}
    best = min(k, len(chances))
    listed = sum(chances[one.entry] for one in evaluation.entries if one.rank <= k)
    return LineZones(k, zones, min(1.0, listed / best), sure)


def _zone(chance: float, sure: float) -> Zone:
    return Zone.IN if chance >= sure else Zone.OUT if chance <= round(1 - sure, 12) else Zone.OPEN
