"""What the organizer ought to know about a table on the scale of the many-facet model."""

from collections.abc import Iterator, Sequence

import numpy as np

from scoring.arrays import FloatArray, IntArray
from scoring.errors import Note
from scoring.facets.given import Given
from scoring.facets.scale import Element
from scoring.models.rasch import Rasch
from scoring.sentences import Sentence, listed


def notes_of(given: Given, elements: Sequence[Sequence[Element]], used: IntArray, fit: Rasch) -> Iterator[Note]:
    if given.design.parts > 1:
        parts = given.design.parts
        groups = [
            [judge for judge, one in zip(given.ids[1], given.design.part_of_judge, strict=True) if one == part]
            for part in range(parts)
        ]
        text = Sentence(
            f"The design falls into {parts} parts that share no judge; measures compare only within each: "
            + "; ".join(listed(group, most=5) for group in groups[:5]),
            f"评审分成互不相通的 {parts} 部分，只能在各部分之内比较；各部分的评委："
            + "；".join(listed(group, "zh", 5) for group in groups[:5]),
        )
        yield Note("disconnected", text, {"parts": parts})
    extreme = [one.element for facet in elements for one in facet if one.extreme]
    if extreme:
        text = Sentence(
            f"All marks at one end of the scale, measured as if 0.3 within: {listed(extreme)}.",
            f"所有分数都在一端，按向内移 0.3 分估计：{listed(extreme, 'zh')}。",
        )
        yield Note("extreme", text, {"elements": extreme})
    unused = len(given.marks) - len(used) + _gaps(given.marks)
    if unused:
        text = Sentence(
            f"{unused} marks on the scale were hardly used; the model closes the gap.",
            f"评分档中有 {unused} 档几乎没有用到；模型把空档合拢。",
        )
        yield Note("unused_marks", text, {"marks": unused})
    if _unlike(given):
        text = Sentence(
            "The criteria have different scales; this model takes a mark to mean the same step in all of them.",
            "各评分项的满分不同；这个模型把各项的同一分数当作同一档。",
        )
        yield Note("unlike_criteria", text)
    if not fit.settled:
        text = Sentence(
            "The estimates did not settle: too few marks tell the elements apart.",
            "估计没有收敛：能分清各方的分数太少。",
        )
        yield Note("not_settled", text, {"gap": fit.gap})


def _gaps(marks: FloatArray) -> int:
    """How many steps between the least and the largest mark nobody gave."""
    between = np.diff(marks)
    step = float(between.min(initial=np.inf))
    return int(np.rint((marks[-1] - marks[0]) / step)) + 1 - len(marks) if np.isfinite(step) else 0


def _unlike(given: Given) -> bool:
    """Whether the largest marks of criteria differ by more than half the scale."""
    if len(given.sizes) < 3:
        return False
    values = given.marks[given.category]
    tops = [float(values[given.elements[2] == at].max()) for at in range(given.sizes[2])]
    return bool(max(tops) - min(tops) > (given.marks[-1] - given.marks[0]) / 2)
