"""The order in which people count names with numbers in them, digits or Chinese numerals."""

import re

NUMERALS = "〇一二三四五六七八九十"


def natural(name: str) -> tuple[tuple[int, str], ...]:
    """Return what sorts names as people count: hall 2 before hall 10, 第二会场 before 第三会场."""
    parts = re.findall(r"\d+|[〇一二三四五六七八九十]+|[^\d〇一二三四五六七八九十]+", name)
    return tuple((_counted(part), "") if part[0].isdecimal() or part[0] in NUMERALS else (-1, part) for part in parts)


def _counted(part: str) -> int:
    """Return the number that digits or Chinese numerals below a hundred stand for."""
    if part.isdecimal():
        return int(part)
    tens, ten, ones = part.rpartition("十")
    first = NUMERALS.find(tens[-1:]) if tens else 1
    return (10 * first if ten else 0) + (NUMERALS.find(ones[-1:]) if ones else 0)
