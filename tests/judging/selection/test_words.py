"""Every stored reason has its sentence."""

import re
from pathlib import Path

import pytest

from judging import selection
from judging.selection import words


@pytest.mark.usefixtures("session")
def test_every_reason_of_the_core_has_its_sentence() -> None:
    source = (Path(selection.__file__).parent / "proposal.py").read_text(encoding="utf-8")
    codes = set(re.findall(r'_reason\("(\w+)"', source)) | {"above_line", "on_line", "tie_expanded"}
    assert codes <= set(words.DECISION)


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize(
    "reason",
    [
        {"code": "above_line", "params": {"points": "1.24"}},
        {"code": "above_line", "params": {"points": "0.00"}},
        {"code": "reserve", "params": {"points": "0.50", "number": 1, "because": "below_line"}},
        {"code": "reserve", "params": {"points": "0", "number": 1, "because": "below_line"}},
        {"code": "reserve", "params": {"limit": "unit", "cap": 2, "number": 1, "because": "cap_full"}},
        {
            "code": "reserve",
            "params": {"limit": "topic_type", "group": "innovative", "cap": 2, "number": 1, "because": "cap_full"},
        },
        {"code": "below_line", "params": {"points": "0.50"}},
        {"code": "below_line", "params": {}},
        {"code": "cap_full", "params": {"limit": "unit", "cap": 2}},
        {"code": "cap_full", "params": {"limit": "topic_type", "group": "innovative", "cap": 2}},
        {"code": "outweighed", "params": {"points": "-0.50"}},
        {"code": "kept_place", "params": {"points": "0.50"}},
        {"code": "not_in_final_round", "params": {}},
        {"code": "below_tier", "params": {"position": 1}},
        {"code": "below_score", "params": {"points": "2"}},
        {"code": "elsewhere", "params": {"channel": "全国"}},
    ],
)
def test_recommendation_is_explained(reason: dict[str, object]) -> None:
    sentence = words.recommendation_reason(reason)
    assert sentence != reason["code"]
    assert "%(" not in sentence


@pytest.mark.usefixtures("session")
def test_move_from_nothing_says_so() -> None:
    sentence = words.decision_reason({"code": "moved", "params": {"from": "", "to": "一等奖", "reason": "复议"}})
    assert "一等奖" in sentence
    assert "“”" not in sentence
