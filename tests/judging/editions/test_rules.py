"""The gate of stages, deadlines with their grace, the freeze, certificate patterns."""

from datetime import datetime, timedelta

import pytest

from judging.editions import rules
from judging.editions.models import Edition, Method, Round, Stage, StageDate
from tests.conftest import AT


def _edition(stage: Stage = Stage.INTAKE, **values: object) -> Edition:
    preset = {"round_number": 1, "grace_minutes": 15, "dates": [], "tracks": []}
    return Edition(**preset | {"stage": stage} | values)


@pytest.mark.parametrize("present", Stage)
@pytest.mark.parametrize("wanted", Stage)
def test_an_act_passes_in_its_own_stage_only(app: object, present: Stage, wanted: Stage) -> None:
    edition = _edition(present)
    if present is wanted:
        rules.require_stage(edition, wanted)
    else:
        with pytest.raises(rules.WrongStage):
            rules.require_stage(edition, wanted)


OPENS, CLOSES = AT, AT + timedelta(days=7)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("at", "refusal"),
    [
        (OPENS - MINUTE, rules.NotOpenYet),
        (OPENS, None),
        (CLOSES, None),
        (CLOSES + 15 * MINUTE, None),
        (CLOSES + 15 * MINUTE + timedelta(seconds=1), rules.DeadlinePassed),
    ],
)
def test_a_stage_is_open_from_its_opening_to_its_closing_and_the_grace(
    at: datetime, refusal: type[Exception] | None
) -> None:
    edition = _edition(dates=[StageDate(stage=Stage.INTAKE, round_number=1, opens_at=OPENS, closes_at=CLOSES)])
    if refusal is None:
        rules.require_open(edition, Stage.INTAKE, at)
    else:
        with pytest.raises(refusal):
            rules.require_open(edition, Stage.INTAKE, at)


def test_a_stage_without_times_is_open_as_long_as_it_stands() -> None:
    rules.require_open(_edition(), Stage.INTAKE, AT)


def test_the_times_of_a_round_stage_belong_to_the_running_round() -> None:
    first = StageDate(stage=Stage.JUDGING, round_number=1, closes_at=AT - timedelta(days=30))
    second = StageDate(stage=Stage.JUDGING, round_number=2, closes_at=AT + timedelta(days=1))
    edition = _edition(Stage.JUDGING, round_number=2, dates=[first, second])
    rules.require_open(edition, Stage.JUDGING, AT)


def test_a_round_that_is_not_running_is_refused(app: object) -> None:
    with pytest.raises(rules.WrongRound):
        rules.require_round(_edition(Stage.JUDGING), Round(number=2), Stage.JUDGING)


def test_what_is_frozen_is_not_changed(app: object) -> None:
    rules.require_not_frozen(_edition())
    with pytest.raises(rules.Frozen):
        rules.require_not_frozen(_edition(frozen_at=AT))


@pytest.mark.parametrize(
    "pattern",
    ["鄂质协证〔{year}〕{track}{round}-{number:04d}", "{year}-{track}-{number}", "{year}{track}{number:6d}"],
)
def test_a_sound_pattern_makes_a_number(pattern: str) -> None:
    assert rules.pattern_is_sound(pattern)
    assert "7" in rules.certificate_number(pattern, year=2022, track="QC", round_number=1, number=7)


@pytest.mark.parametrize(
    "pattern",
    [
        "2022-{number}",
        "{year}{track}",
        "{year}{track}{number.__class__}",
        "{year}{track}{number!r}",
        "{year}{track}{number:>9999999}",
        "{year}{track}{number:04d}{unit}",
        "{year}{track}{number:04d",
        "{}{year}{track}{number}",
        "{year}{track}{number:{year}}",
    ],
)
def test_a_pattern_that_cannot_be_filled_is_refused(pattern: str) -> None:
    assert not rules.pattern_is_sound(pattern)


@pytest.mark.parametrize(
    ("method", "judges", "trim_from", "doubtful"),
    [
        (Method.SEVERITY, 1, 5, True),
        (Method.SEVERITY, 3, 5, False),
        (Method.TRIMMED, 3, 3, True),
        (Method.TRIMMED, 3, 5, False),
        (Method.TRIMMED, 5, 3, False),
        (Method.MEAN, 1, 5, False),
    ],
)
def test_a_method_with_too_few_judges_is_doubted(
    app: object, method: Method, judges: int, trim_from: int, doubtful: bool
) -> None:
    assert bool(rules.doubt_of(method, judges, trim_from)) is doubtful
