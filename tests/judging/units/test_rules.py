"""Credit codes, names that are the same, regions and industries as people write them."""

import pytest

from judging.units import rules
from judging.units.codes import INDUSTRIES, REGIONS


@pytest.mark.parametrize(
    "written",
    [
        "91110000600037341L",
        "91110000600037341l",
        "９１１１００００６０００３７３４１Ｌ",
        " 9111 0000 6000 3734 1L ",
        "911100006000-37341L",
    ],
)
def test_a_credit_code_is_brought_into_its_one_form(written: str) -> None:
    assert rules.credit_code(written) == "91110000600037341L"


def test_codes_of_other_registrars_begin_with_letters() -> None:
    body = "N2420100MA4K00001"
    assert rules.credit_code(body + rules.uscc.calc_check_digit(body))


@pytest.mark.parametrize(
    ("written", "refusal"),
    [
        ("9111000060003734", rules.CreditCodeLength),
        ("91110000600037341LL", rules.CreditCodeLength),
        ("91110000600037341O", rules.CreditCodeLetter),
        ("9111OOOO600037341L", rules.CreditCodeLetter),
        ("91110000600037341X", rules.CreditCodeCheck),
        ("91110000600037314L", rules.CreditCodeCheck),
        ("9111A000600037341L", rules.CreditCodeForm),
        ("9111000060003734单L", rules.CreditCodeForm),
        ("9.1420100600037E+17", rules.CreditCodeSpoilt),
    ],
)
def test_a_wrong_credit_code_says_what_is_wrong(written: str, refusal: type[rules.WrongCreditCode]) -> None:
    with pytest.raises(refusal) as refused:
        rules.credit_code(written)
    assert "%(" not in str(refused.value.params)


@pytest.mark.parametrize("other", ["示例 (集团) 有限公司", "示例（集团）有限公司", "示例(集团)有限公司 "])
def test_brackets_and_spaces_make_no_other_name(other: str) -> None:
    assert rules.fold(other) == rules.fold("示例（集团）有限公司")


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("武汉市", "420100"),
        ("武汉", "420100"),
        ("湖北省武汉市", "420100"),
        ("湖北武汉", "420100"),
        ("恩施", "422800"),
        ("420500", "420500"),
        ("广西壮族自治区", "450000"),
        ("广西", "450000"),
        ("广西南宁", "450100"),
        ("", ""),
        ("火星", ""),
    ],
)
def test_a_region_is_found_as_people_write_it(written: str, code: str) -> None:
    assert rules.region_of(written) == code


@pytest.mark.parametrize("code", REGIONS)
def test_every_region_is_found_by_its_own_name(code: str) -> None:
    assert rules.region_of(REGIONS[code]) == code


@pytest.mark.parametrize(
    ("written", "letter"),
    [
        ("C", "C"),
        ("制造业", "C"),
        ("C 制造业", "C"),
        ("农林牧渔业", "A"),
        ("科学研究和技术服务业", "M"),
        ("魔法业", ""),
    ],
)
def test_an_industry_is_found_as_people_write_it(written: str, letter: str) -> None:
    assert rules.industry_of(written) == letter


def test_every_industry_is_found_by_its_own_name() -> None:
    assert {letter: rules.industry_of(name) for letter, name in INDUSTRIES.items()} == {
        letter: letter for letter in INDUSTRIES
    }
