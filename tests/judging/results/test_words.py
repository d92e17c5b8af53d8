"""The engine's codes in sentences."""

import re
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

import scoring
from judging.results import words
from judging.results.models import Flag
from judging.results.rules import worked
from scoring import FlagKind


@pytest.mark.usefixtures("session")
def test_every_note_of_the_engine_has_its_sentence() -> None:
    sources = Path(scoring.__file__).parent.glob("*.py")
    codes = {code for file in sources for code in re.findall(r'Note\(\s*"(\w+)"', file.read_text())}
    assert codes <= set(words.NOTES)


@pytest.mark.usefixtures("session")
def test_every_kind_of_flag_has_its_name_and_sentence() -> None:
    for kind in FlagKind:
        assert words.kind_label(kind.value) != kind.value
        assert kind.value in words.SENTENCES


@pytest.mark.usefixtures("session")
def test_note_of_another_version_shows_its_code() -> None:
    assert words.note_sentence({"code": "brand_new", "params": {}}) == "brand_new"


@pytest.mark.usefixtures("session")
def test_flag_says_more_or_less() -> None:
    low = Flag(kind="score", statistic=-5, effect=-12, detail={"given": "60"})
    high = Flag(kind="score", statistic=5, effect=12, detail={"given": "60"})
    assert words.flag_sentence(low) != words.flag_sentence(high)
    assert all("12.0" in words.flag_sentence(flag) for flag in (low, high))


def test_left_out_totals_do_not_count_in_the_sum(session: Session) -> None:
    line = {"judge": "j", "given": "90", "raw": "90", "adjustment": "0"}
    shown = worked([{**line, "value": "90", "weight": "1"}, {**line, "value": "60", "weight": "0"}])
    assert (shown.sum, shown.count, shown.mean) == (90, 1, 90)
