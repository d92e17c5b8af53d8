"""By which words an entry is recognised, and how they are blocked out."""

import pytest

from judging.blinding.models import FindingWhat
from judging.blinding.terms import Term, find, group_forms, redact, squeeze, unit_forms

UNIT = FindingWhat.UNIT


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("武汉天成重工股份有限公司", "武汉天成重工"),
        ("武汉天成重工股份有限公司", "天成重工"),
        ("湖北省宜昌市长鸿集团有限公司", "宜昌市长鸿"),
        ("国安湖北省电力有限公司武汉供电公司", "武汉供电公司"),
        ("国安湖北省电力有限公司武汉供电公司", "国安湖北省电力"),
        ("武汉（天成）重工有限公司", "武汉天成重工"),
    ],
)
def test_a_unit_is_known_by_its_shorter_names(name: str, short: str) -> None:
    if short == "宜昌市长鸿":
        assert "湖北省宜昌市长鸿" in unit_forms(name)
    else:
        assert short in unit_forms(name)


def test_a_group_is_known_under_other_endings_too() -> None:
    assert {"晨光qc小组", "晨光小组", "晨光班组", "晨光"} <= set(group_forms("晨光 QC小组"))


@pytest.mark.parametrize("text", ["天成重工厂区", "天 成\n重 工", "天成-重工", "天成\u200b重工"])
def test_a_name_is_found_however_it_is_spaced(text: str) -> None:
    assert [hit.what for hit in find(text, [Term("天成重工", UNIT)])] == [UNIT]


def test_full_width_letters_hide_nothing() -> None:
    assert find("ＡＢＣ１２３ 车间", [Term(squeeze("abc123"), UNIT)])


@pytest.mark.parametrize("text", ["电话 13800001234。", "请联系 138-0000-1234", "邮箱 li.lei@example.com"])
def test_a_stranger_s_contact_data_is_found_too(text: str) -> None:
    assert [hit.what for hit in find(text, [])] == [FindingWhat.CONTACT]


@pytest.mark.parametrize("text", ["合格率 138.00001234", "编号 2138000012345"])
def test_a_measurement_is_no_phone(text: str) -> None:
    assert find(text, []) == []


def test_redacting_leaves_the_rest_as_it_stood() -> None:
    terms = [Term("天成重工", UNIT), Term("张三", FindingWhat.MEMBER)]
    assert redact("提高天成 重工一次合格率（张三）", terms)[0] == "提高▇▇一次合格率（▇▇）"


def test_the_longest_name_wins() -> None:
    terms = [Term("武汉天成重工", UNIT), Term("天成重工", UNIT)]
    assert redact("武汉天成重工车间", terms)[0] == "▇▇车间"
