"""The faults that several places find, each said once."""

from scoring.errors import BadRow
from scoring.sentences import Sentence, shown, told

NO_ROWS = Sentence("There is no row to score.", "没有一行可以评分。")
UNEQUAL = Sentence("The columns differ in length.", "各列长短不一。")
WORDS = {"entry": "成果编号", "judge": "评委", "mark": "分数"}


def missing(what: str) -> Sentence:
    """An entry, a judge or a mark is missing."""
    return Sentence(f"The {what} is missing.", f"缺少{WORDS[what]}。")


def not_a_number(cell: object) -> Sentence:
    """What ought to be a mark is something else."""
    text = shown(cell)
    return Sentence(f"{text!r} is not a number.", f"“{text}”不是数字。")


def unscored(entry: str) -> BadRow:
    """Nobody who counts scored an entry."""
    who = shown(entry)
    return BadRow(
        0, "unscored", Sentence(f"Entry {who} was scored by nobody who counts.", f"成果 {who} 没有有效的分数。")
    )


def gave_none(judge: str) -> BadRow:
    """A judge gave no mark at all."""
    who = shown(judge)
    return BadRow(0, "unscored", Sentence(f"Judge {who} gave no mark.", f"评委 {who} 没有打一个分。"))


def unwritable(path: object, why: str | None) -> Sentence:
    """A file cannot be written."""
    return Sentence(f"{path} cannot be written: {why}.", f"无法写入 {path}：{why}。")


def placed(where: str, text: str) -> Sentence:
    """A fault with the column it stands in."""
    return Sentence(f"{where}: {text}", f"{told(where, 'zh')}：{told(text, 'zh')}")
