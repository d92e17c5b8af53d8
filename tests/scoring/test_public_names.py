"""The package's face: its example, and names that are where they are said to be."""

import doctest
import re
from pathlib import Path

import pytest

import scoring


def test_the_example_runs_as_printed():
    assert doctest.testmod(scoring).attempted > 0
    assert doctest.testmod(scoring).failed == 0


def test_names_for_type_checkers_are_the_names_at_run_time():
    source = Path(scoring.__file__).read_text(encoding="utf-8")
    declared = set(re.findall(r"^    from scoring\.\w+ import \w+ as (\w+)$", source, re.MULTILINE))
    assert declared == set(scoring._HOME_OF)
    for name in declared:
        assert getattr(scoring, name).__module__.startswith("scoring.")
        assert getattr(scoring, name).__doc__


def test_a_name_that_is_not_there_is_missing_as_usual():
    with pytest.raises(AttributeError, match="no attribute 'vote'"):
        _ = scoring.vote
