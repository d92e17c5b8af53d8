"""At the award lines: how sure an entry's side is, and who knows where the lines are."""

from datetime import datetime
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from judging.editions.models import Edition, Method, Stage
from judging.foundation.audit import SYSTEM
from judging.results import queries, service
from judging.results.award_lines import award_lines
from judging.results.chances import Chance, chances, doubt
from judging.selection.models import GroupBy, Tier, TierBasis
from tests.factories.editions import make_edition
from tests.factories.results import crossed, make_judged_round


@pytest.fixture
def edition(session: Session) -> Edition:
    return make_edition(session, stage=Stage.RESULTS)


def tier(round_, position: int, basis: TierBasis, amount: str, **values) -> Tier:
    return Tier(
        track_id=round_.track_id,
        round_number=round_.number,
        position=position,
        name=f"level {position}",
        basis=basis,
        amount=Decimal(amount),
        **values,
    )


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ({}, None),
        ({"3": 0.95, "8": 1.0}, None),
        ({"3": 0.2, "8": 0.6}, 8),
        ({"3": 0.05, "8": 0.11}, 8),
        ({"3": 0.9}, None),
    ],
)
def test_the_line_most_in_doubt_is_named(stored: dict[str, float], expected: int | None) -> None:
    found = doubt(stored)
    assert (found and found.k) == expected


def test_chances_come_in_the_order_of_their_lines() -> None:
    assert [chance.k for chance in chances({"10": 0.5, "9": 0.4, "100": 1.0})] == [9, 10, 100]


@pytest.mark.parametrize(("p", "shown"), [(0.0, "0%"), (0.001, "1%"), (0.4949, "49%"), (0.999, "99%"), (1.0, "100%")])
def test_what_is_not_certain_is_never_shown_as_certain(p: float, shown: str) -> None:
    assert Chance(5, p).percent == shown


def test_lines_follow_the_levels_that_count_places(session: Session, edition: Edition, at: datetime) -> None:
    round_ = make_judged_round(session, crossed(range(60, 80), (0, 1, -1)), edition=edition)
    session.add_all([tier(round_, 1, TierBasis.COUNT, "3"), tier(round_, 2, TierBasis.PERCENT, "25")])
    session.add(tier(round_, 3, TierBasis.FLOOR, "70"))
    session.flush()
    assert award_lines(session, round_, 20) == [3, 8]


def test_levels_in_groups_have_no_common_line(session: Session, edition: Edition, at: datetime) -> None:
    round_ = make_judged_round(session, crossed(range(60, 80), (0, 1, -1)), edition=edition)
    session.add(tier(round_, 1, TierBasis.PERCENT, "25", group_by=GroupBy.TOPIC_TYPE))
    session.flush()
    assert award_lines(session, round_, 20) == []


def test_every_entry_gets_its_chance_and_they_add_up_to_the_places(
    session: Session, edition: Edition, at: datetime
) -> None:
    round_ = make_judged_round(session, crossed(range(60, 80), (0, 3, -2)), edition=edition)
    session.add(tier(round_, 1, TierBasis.COUNT, "5"))
    session.flush()
    sheet = service.compute(session, edition, round_, by=SYSTEM, at=at)
    stored = [one.p_top["5"] for one in queries.standings(session, sheet.id)]
    assert (len(stored), round(sum(stored), 1)) == (20, 5.0)
    assert service.differences(session, sheet) == []


def test_full_calibration_keeps_what_it_found_of_every_judge(session: Session, edition: Edition, at: datetime) -> None:
    scales = (0.7, 1.0, 1.2, 1.0)
    totals = [{j: round(75 + scales[j] * (n - 8) + (n * 7 + j * 5) % 11 / 2, 1) for j in range(4)} for n in range(16)]
    round_ = make_judged_round(session, totals, edition=edition, method=Method.FULL)
    sheet = service.compute(session, edition, round_, by=SYSTEM, at=at)
    assert None not in [judge.scale for judge in queries.severities(session, sheet.id)]
    assert set(sheet.summary["full"]) >= {"entry", "judge", "fallback", "simulated"}
    assert service.differences(session, sheet) == []
