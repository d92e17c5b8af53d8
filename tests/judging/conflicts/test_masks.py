"""Which judge is tied to which unit, all at once: the same as asking one by one, and who is of one group."""

from datetime import datetime

import numpy as np
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from judging.blinding.barred import barred_mask, barred_pairs
from judging.blinding.identity_queries import for_masking
from judging.blinding.masking import words
from judging.conflicts import service
from judging.conflicts.masks import Side, tied
from judging.conflicts.models import Conflict, ConflictBasis, ConflictStatus
from judging.conflicts.rules import same_unit
from judging.foundation.audit import SYSTEM
from tests.factories.blinding import make_candidate
from tests.factories.editions import make_edition
from tests.factories.entries import make_entry
from tests.factories.judges import make_judge
from tests.factories.units import make_unit

_NAMES = st.sampled_from(
    [
        "",
        "武汉天成重工有限公司",
        "武汉天成重工股份有限公司",
        "武汉天成重工有限公司襄阳分公司",
        "国网湖北省电力有限公司",
        "国网湖北省电力有限公司武汉供电公司",
        "中建三局集团",
        "中建三局集团有限公司第二分公司",
        "同济医院",
        "（同济）医院",
        "天成",
        "天成公司",
    ]
)


@given(units=st.lists(_NAMES, min_size=1, max_size=6), judges=st.lists(_NAMES, min_size=1, max_size=6))
def test_names_are_compared_as_one_by_one(units: list[str], judges: list[str]) -> None:
    marks = tied([Side(name) for name in units], [Side(name) for name in judges], by_region=False)
    expected = [[same_unit(judge, unit) for judge in judges] for unit in units]
    np.testing.assert_array_equal(marks[ConflictBasis.SAME_UNIT], expected)


def test_two_of_one_group_are_tied_and_so_are_group_and_member() -> None:
    units = [Side("甲重工有限公司", group="天成集团有限公司"), Side("天成集团有限公司"), Side("乙医院")]
    judges = [Side("丙电力有限公司", group="天成集团"), Side("天成集团股份有限公司"), Side("乙医院", group="医疗集团")]
    marks = tied(units, judges, by_region=False)[ConflictBasis.UNIT_GROUP]
    assert marks.tolist() == [[True, True, False], [True, False, False], [False, False, False]]


def test_a_city_ties_and_a_province_does_not() -> None:
    units = [Side("甲", region="420100"), Side("乙", region="420000")]
    judges = [Side("丙", region="420100"), Side("丁", region="420000"), Side("戊")]
    marks = tied(units, judges, by_region=True)[ConflictBasis.REGION]
    assert marks.tolist() == [[True, False, False], [False, False, False]]
    assert ConflictBasis.REGION not in tied(units, judges, by_region=False)


def test_a_group_of_companies_is_detected_and_bars(session: Session, at: datetime) -> None:
    edition = make_edition(session)
    unit = make_unit(session, name="甲重工有限公司", parent_group="天成集团")
    works_at = make_unit(session, name="丙电力有限公司", parent_group="天成集团")
    make_entry(session, edition, unit=unit)
    judge = make_judge(session, unit_name=works_at.name, unit_id=works_at.id)
    make_judge(session)
    service.detect(session, edition, by=SYSTEM, at=at)
    (found,) = session.scalars(sa.select(Conflict)).all()
    assert (found.judge_id, found.unit_id, found.basis) == (judge.id, unit.id, ConflictBasis.UNIT_GROUP)


def test_the_mask_says_what_the_pairs_say(session: Session, at: datetime) -> None:
    edition = make_edition(session)
    round_ = edition.tracks[0].rounds[0]
    units = [make_unit(session) for _ in range(3)]
    judges = [make_judge(session) for _ in range(4)]
    candidates = [
        make_candidate(session, round_, entry=make_entry(session, edition, unit=units[number % 3]))
        for number in range(7)
    ]
    candidates.append(make_candidate(session, round_))
    entries = service.queries.entries_taking_part(session, edition.id)
    said = {"reason": "已核实", "by": SYSTEM, "at": at}
    service.declare(session, edition, judges[0], unit=units[1], basis=ConflictBasis.KIN, **said)
    service.declare(session, edition, judges[1], entry=entries[0], basis=ConflictBasis.COACHED, **said)
    service.request(session, edition, entries[1], judge=judges[2], judge_name=judges[2].name, **said)
    waived = service.record(session, edition, judges[3], unit=units[0], basis=ConflictBasis.OTHER, **said)
    waived.status = ConflictStatus.WAIVED
    session.flush()
    pairs = barred_pairs(session, edition.id, round_.id)
    mask = barred_mask(
        session, edition.id, round_.id, [one.id for one in candidates], [judge.id for judge in reversed(judges)]
    )
    expected = [[(judge.id, one.id) in pairs for judge in reversed(judges)] for one in candidates]
    assert (mask.tolist(), int(mask.sum()) > 3) == (expected, True)


def test_a_group_of_companies_gives_an_entry_away_and_is_masked(session: Session) -> None:
    edition = make_edition(session)
    unit = make_unit(session, name="甲重工有限公司", parent_group="楚天天成集团有限公司")
    entry = make_entry(session, edition, unit=unit, title="楚天天成集团降低焊接返修率")
    assert "楚天天成" not in words(for_masking(session, [entry.id])[entry.id], blind=True).title
