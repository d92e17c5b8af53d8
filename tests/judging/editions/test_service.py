"""Creating, copying, moving on, freezing."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.accounts.models import Role, RoleGrant
from judging.editions import copying, readiness, rules, service
from judging.editions.models import Edition, Method, Stage, TrackKind, Wording
from judging.foundation import audit
from judging.foundation.audit import SYSTEM
from tests.factories.accounts import make_user
from tests.factories.editions import make_edition, set_deadline


@pytest.fixture(autouse=True)
def _only_own_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stages above ask their own questions; here only the moves themselves are of interest."""
    monkeypatch.setattr(readiness, "_checks", {})


def _move(session: Session, edition: Edition, stage: Stage, at: datetime, reason: str = "") -> None:
    service.move_stage(session, edition, stage, by=SYSTEM, at=at, reason=reason)


def test_who_creates_an_edition_becomes_its_organizer(session: Session, at: datetime) -> None:
    user = make_user(session, Role.ORGANIZER)
    edition = service.create_edition(session, name="第四十一次", slug="2022", year=2022, by=user.actor, at=at)
    query = sa.select(RoleGrant.role).where(RoleGrant.user_id == user.id, RoleGrant.scope_id == edition.id)
    assert session.scalars(query).all() == [Role.ORGANIZER]


def test_an_address_is_used_once(session: Session, at: datetime) -> None:
    make_edition(session, slug="2022")
    with pytest.raises(rules.SlugTaken):
        service.create_edition(session, name="第四十一次", slug="2022", year=2022, by=SYSTEM, at=at)


FORWARD = list(zip(rules.ORDER, rules.ORDER[1:], strict=False))


@pytest.mark.parametrize(("present", "wanted"), FORWARD)
def test_every_stage_leads_to_the_next(session: Session, at: datetime, present: Stage, wanted: Stage) -> None:
    edition = make_edition(session, stage=present)
    _move(session, edition, wanted, at)
    assert edition.stage is wanted


@pytest.mark.parametrize(("wanted", "present"), FORWARD)
def test_a_step_back_needs_a_reason(session: Session, at: datetime, present: Stage, wanted: Stage) -> None:
    edition = make_edition(session, stage=present)
    with pytest.raises(rules.ReasonNeeded):
        _move(session, edition, wanted, at)
    _move(session, edition, wanted, at, "材料有误")
    assert edition.stage is wanted


FAR = [(a, b) for a in Stage for b in Stage if abs(rules.ORDER.index(a) - rules.ORDER.index(b)) != 1]


@pytest.mark.parametrize(("present", "wanted"), FAR)
def test_no_stage_is_skipped(session: Session, at: datetime, present: Stage, wanted: Stage) -> None:
    edition = make_edition(session, stage=present)
    with pytest.raises(rules.NotTheNextStage):
        _move(session, edition, wanted, at, "想快一点")


def test_judging_freezes_the_rules_once(session: Session, at: datetime) -> None:
    edition = make_edition(session, stage=Stage.BLINDING)
    _move(session, edition, Stage.JUDGING, at)
    _move(session, edition, Stage.BLINDING, at + timedelta(hours=1), "补充脱敏")
    _move(session, edition, Stage.JUDGING, at + timedelta(hours=2))
    assert edition.frozen_at == at


def test_a_second_round_goes_back_to_blinding(session: Session, at: datetime) -> None:
    edition = make_edition(session, stage=Stage.SELECTION, rounds=2)
    service.open_next_round(session, edition, by=SYSTEM, at=at)
    assert (edition.stage, edition.round_number) == (Stage.BLINDING, 2)


def test_a_second_round_opened_too_early_is_taken_back_with_a_reason(session: Session, at: datetime) -> None:
    edition = make_edition(session, stage=Stage.BLINDING, rounds=2, round_number=2)
    _move(session, edition, Stage.SELECTION, at, "入围名单还要补充")
    assert (edition.stage, edition.round_number) == (Stage.SELECTION, 1)


def test_a_round_that_no_track_has_is_not_opened(session: Session, at: datetime) -> None:
    edition = make_edition(session, stage=Stage.SELECTION)
    with pytest.raises(rules.NoNextRound):
        service.open_next_round(session, edition, by=SYSTEM, at=at)


def test_a_blocking_obstacle_stops_the_move(session: Session, at: datetime) -> None:
    readiness.checks(Stage.BLINDING)(lambda _session, _edition: [readiness.Obstacle("还有未审的成果。")])
    edition = make_edition(session, stage=Stage.INTAKE)
    with pytest.raises(rules.NotReady, match="还有未审的成果"):
        _move(session, edition, Stage.BLINDING, at, "赶时间")


def test_a_lesser_obstacle_asks_for_a_reason(session: Session, at: datetime) -> None:
    readiness.checks(Stage.BLINDING)(lambda _session, _edition: [readiness.Obstacle("申报尚未截止。", blocking=False)])
    edition = make_edition(session, stage=Stage.INTAKE)
    with pytest.raises(rules.ReasonNeeded, match="申报尚未截止"):
        _move(session, edition, Stage.BLINDING, at)
    _move(session, edition, Stage.BLINDING, at, "材料已全部收齐")
    assert [line.reason for line in audit.lines_of(session, edition.id)] == ["材料已全部收齐"]


def test_a_copy_has_the_rules_but_neither_dates_nor_stage(session: Session, at: datetime) -> None:
    source = make_edition(
        session, TrackKind.QC, TrackKind.PAPER, stage=Stage.CLOSED, rounds=2, frozen_at=at, wording=Wording.AWARD
    )
    source.tracks[0].rounds[0].tie_chain = ["effect"]
    source.tracks[1].rounds[1].method = Method.MEDIAN
    set_deadline(session, source, Stage.INTAKE, at)
    made = service.copy_edition(session, source, name="下一届", slug="next", year=2023, by=SYSTEM, at=at)
    shape = [(t.kind, t.code, [(r.number, r.method, r.tie_chain) for r in t.rounds]) for t in made.tracks]
    assert shape == [
        (TrackKind.QC, "QC", [(1, Method.SEVERITY, ["effect"]), (2, Method.SEVERITY, [])]),
        (TrackKind.PAPER, "LW", [(1, Method.SEVERITY, []), (2, Method.MEDIAN, [])]),
    ]
    assert (made.stage, made.frozen_at, made.dates, made.wording) == (Stage.SETUP, None, [], Wording.AWARD)


@pytest.fixture
def copiers(monkeypatch: pytest.MonkeyPatch) -> list[copying.Copied]:
    """A later stage that notes what it was asked to copy."""
    seen: list[copying.Copied] = []
    monkeypatch.setattr(copying, "_copiers", [])
    copying.copies(lambda _session, copied: seen.append(copied))
    return seen


def test_later_stages_copy_their_part(session: Session, at: datetime, copiers: list[copying.Copied]) -> None:
    source = make_edition(session)
    made = service.copy_edition(session, source, name="下一届", slug="next", year=2023, by=SYSTEM, at=at)
    [copied] = copiers
    old, new = source.tracks[0], made.tracks[0]
    assert (copied.tracks, copied.rounds) == ({old.id: new}, {old.rounds[0].id: new.rounds[0]})
