"""When two names mean the same unit."""

import pytest

from judging.conflicts.rules import same_unit


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("武汉天成重工有限公司", "武汉天成重工有限公司"),
        ("武汉天成重工有限公司", "武汉天成重工股份有限公司"),
        ("武汉（天成）重工有限公司", "武汉(天成)重工有限公司"),
        ("武汉天成重工 有限公司", "武汉天成重工有限公司"),
        ("国安湖北省电力有限公司", "国安湖北省电力有限公司武汉供电公司"),
    ],
)
def test_names_of_one_unit(one: str, other: str) -> None:
    assert same_unit(one, other)
    assert same_unit(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("", ""),
        ("武汉天成重工有限公司", ""),
        ("武汉天成重工有限公司", "武汉天成电气有限公司"),
        ("天成有限公司", "天成股份有限公司"),
        ("武汉大学", "武汉大学人民医院"),
    ],
)
def test_names_of_two_units(one: str, other: str) -> None:
    assert not same_unit(one, other)
