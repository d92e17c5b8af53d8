"""What the trail says of an act's details, in words a secretariat knows."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale

from judging import paths
from judging.dashboard.details import WORDS, in_words


@pytest.fixture(autouse=True)
def _english(app: Flask) -> Iterator[None]:
    with app.test_request_context(), force_locale("en"):
        yield


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ({"min_load": [0, 8]}, "Fewest entries for a judge: 0 → 8"),
        ({"method": ["mean", "severity"]}, "Method: Mean → Severity calibration"),
        ({"judges": ["ZJ0001", "ZJ0002"]}, "Judges: ZJ0001、ZJ0002"),
        ({"open_flags": 3}, "Flags without an answer: 3"),
        ({"flag": "severity", "answer": "confirmed"}, "Flag: Severe or lenient judge; Answer: Score stands"),
        ({"blind": [True, False]}, "Blind: judges see neither unit nor names: Yes → No"),
        ({"closes_at": [None, "2021-05-20 09:00:00+00:00"]}, "Closes: – → 20 May 2021 17:00"),
        ({"co_organisers": [[], ["示例省总工会"]]}, "Co-organisers: – → 示例省总工会"),
        ({"granted": {"一等": 2}}, "Places given: 一等 2"),
        ({"reasons": "wrong_form、late"}, "Reasons: wrong_form、late"),
        ({"nobody knows": 1}, "nobody knows: 1"),
    ],
)
def test_details_are_said_in_words(detail: dict[str, object], said: str) -> None:
    assert in_words(detail) == said


def test_a_long_detail_is_cut() -> None:
    assert in_words({"abstract": ["", "摘" * 100]}) == f"Abstract: – → {'摘' * 60}…"


def test_every_detail_that_is_recorded_has_a_word() -> None:
    named = {key for path in sorted(paths.HERE.rglob("*.py")) for key in _keys(path)}
    assert named - set(WORDS) == set()


def _keys(path: Path) -> Iterator[str]:
    """Return the names in literal dictionaries that a module hands to the trail."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.keyword) and node.arg == "detail":
            found: ast.AST = node.value
        elif isinstance(node, ast.Assign) and any(
            isinstance(to, ast.Name) and to.id == "detail" for to in node.targets
        ):
            found = node.value
        else:
            continue
        for inside in ast.walk(found):
            if isinstance(inside, ast.Dict):
                yield from (key.value for key in inside.keys if isinstance(key, ast.Constant))
