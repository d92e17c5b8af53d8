"""Which judge scored work of the own unit, in keys that name nobody."""

from uuid import UUID

from sqlalchemy.orm import Session

from judging.blinding.kinship import kinship
from judging.editions.models import Edition
from tests.factories.blinding import make_candidate
from tests.factories.editions import make_edition
from tests.factories.entries import make_entry
from tests.factories.judges import make_judge
from tests.factories.units import make_unit

GROUP = "国安湖北省电力有限公司"


def _candidates(session: Session, edition: Edition, *names: str) -> list[UUID]:
    round_ = edition.tracks[0].rounds[0]
    units = {name: make_unit(session, name=name) for name in dict.fromkeys(names)}
    entries = [make_entry(session, edition, unit=units[name]) for name in names]
    return [make_candidate(session, round_, entry=entry).id for entry in entries]


def test_judge_and_work_of_one_unit_share_a_key(session: Session) -> None:
    edition = make_edition(session)
    round_id = edition.tracks[0].rounds[0].id
    ours, again, other = _candidates(
        session, edition, "武汉天成重工有限公司", "武汉天成重工有限公司", "襄阳化工有限公司"
    )
    judge, stranger = make_judge(session, unit_name="武汉天成重工股份有限公司"), make_judge(session)
    found = kinship(session, round_id, [judge.id, stranger.id])
    assert found.candidates[ours] == found.candidates[again] != found.candidates[other]
    assert found.is_own(judge.id, ours)
    assert not found.is_own(judge.id, other)
    assert stranger.id not in found.judges
    assert found == kinship(session, round_id, [stranger.id, judge.id])


def test_a_judge_of_a_company_is_at_home_in_all_its_branches(session: Session) -> None:
    edition = make_edition(session)
    one, two, far = _candidates(session, edition, f"{GROUP}武汉供电公司", f"{GROUP}宜昌供电公司", "襄阳化工有限公司")
    parent, branch = make_judge(session, unit_name=GROUP), make_judge(session, unit_name=f"{GROUP}宜昌供电公司")
    found = kinship(session, edition.tracks[0].rounds[0].id, [parent.id, branch.id])
    assert [found.is_own(parent.id, candidate) for candidate in (one, two, far)] == [True, True, False]
    assert found.is_own(branch.id, two)


def test_the_keys_name_nobody_and_mean_nothing_elsewhere(session: Session) -> None:
    first, second = make_edition(session), make_edition(session)
    unit = make_unit(session, name="武汉天成重工有限公司")
    judge = make_judge(session, unit_id=unit.id)
    keys = []
    for edition in (first, second):
        round_ = edition.tracks[0].rounds[0]
        make_candidate(session, round_, entry=make_entry(session, edition, unit=unit))
        keys.append(kinship(session, round_.id, [judge.id]).judges[judge.id])
    assert keys[0] != keys[1]
    assert not any(mark in key for key in keys for mark in (unit.name, unit.id.hex[:8], judge.id.hex[:8], judge.code))


def test_only_who_met_the_own_is_told(session: Session) -> None:
    edition = make_edition(session)
    ours, again, other = _candidates(
        session, edition, "武汉天成重工有限公司", "武汉天成重工有限公司", "襄阳化工有限公司"
    )
    judge = make_judge(session, unit_name="武汉天成重工有限公司")
    found = kinship(session, edition.tracks[0].rounds[0].id, [judge.id])
    assert found.among([(judge.id, other)]) == {}
    assert set(found.among([(judge.id, ours), (judge.id, other)])) == {str(judge.id), str(ours)}
    assert str(again) not in found.among([(judge.id, ours)])
