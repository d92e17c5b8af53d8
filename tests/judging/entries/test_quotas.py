"""Quotas of recommending units: the table, its workbook, and what they refuse."""

import io
from typing import Any
from uuid import UUID

import openpyxl
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.accounts.models import Role
from judging.editions.models import Edition, Stage, TrackKind
from judging.editions.rules import WrongStage
from judging.entries import checks, quotas
from judging.entries.models import EntryStatus
from judging.entries.quotas import OTHERS, Typed
from judging.entries.service import recommending
from judging.entries.service.quotas import set_quotas
from judging.foundation.audit import SYSTEM, AuditLine
from judging.units.models import RecommendingUnit
from tests.conftest import AT, Client
from tests.factories.accounts import make_user
from tests.factories.editions import make_edition
from tests.factories.entries import make_entry
from tests.factories.units import make_recommending_unit, make_unit

Scene = tuple[Edition, RecommendingUnit, RecommendingUnit]


@pytest.fixture
def scene(session: Session) -> Scene:
    """An edition in intake with two recommending units."""
    edition = make_edition(session, TrackKind.QC, TrackKind.STORY, slug="here")
    return edition, make_recommending_unit(session, code="R01"), make_recommending_unit(session, code="R02")


@pytest.fixture
def organizer(session: Session, client: Client, scene: Scene) -> Client:
    """The organizer's browser."""
    return client.sign_in(make_user(session, Role.ORGANIZER, scope=scene[0].id))


def _form(edition: Edition, **numbers: str) -> dict[str, str]:
    track = edition.tracks[0]
    names = {quotas.name_of((track.id, key)): value for key, value in numbers.items()}
    return names | {f"version-{t.id}": str(t.rounds[0].version) for t in edition.tracks}


def _set(session: Session, scene: Scene, **numbers: int) -> None:
    edition, one, other = scene
    track = edition.tracks[0]
    keys = {"one": str(one.id), "other": str(other.id), "rest": OTHERS}
    table = quotas.stored(edition, [one, other])
    table.texts |= {(track.id, keys[name]): str(number) for name, number in numbers.items()}
    seen: dict[UUID, int | None] = {t.id: t.rounds[0].version for t in edition.tracks}
    set_quotas(session, edition, [one, other], table, seen=seen, by=SYSTEM, at=AT)


def test_an_own_number_goes_before_that_of_all_others(session: Session, scene: Scene) -> None:
    edition, one, other = scene
    track = edition.tracks[0]
    assert quotas.quota_of(track, one) is None
    _set(session, scene, one=0, rest=5)
    assert (quotas.quota_of(track, one), quotas.quota_of(track, other)) == (0, 5)
    assert quotas.quota_of(edition.tracks[1], one) is None


@pytest.mark.parametrize("setting", [12, {"R01": 12}])
def test_settings_of_earlier_editions_are_understood(session: Session, scene: Scene, setting: Any) -> None:
    edition, one, other = scene
    edition.tracks[0].rounds[0].settings = {"recommendation_quota": setting}
    assert quotas.quota_of(edition.tracks[0], one) == 12
    assert quotas.quota_of(edition.tracks[0], other) == (12 if setting == 12 else None)


def test_the_desk_shows_the_places_and_a_longer_list_is_refused(session: Session, client: Client, scene: Scene) -> None:
    edition, one, _other = scene
    _set(session, scene, one=1)
    user = make_user(session, Role.RECOMMENDER, scope=edition.id)
    mine = make_recommending_unit(session, contact=user)
    _set(session, (edition, mine, one), one=1)
    unit = make_unit(session, recommending_unit_id=mine.id)
    values = {"status": EntryStatus.SUBMITTED, "recommending_unit_id": mine.id}
    entries = [make_entry(session, edition, unit=unit, **values) for _ in range(2)]
    track, ids = edition.tracks[0], [entry.id for entry in entries]
    recommending.rank_entries(session, edition, mine, track, ids, by=SYSTEM, at=AT)
    page = client.sign_in(user).get("/e/here/recommend/").text
    assert "2 / 1" in page
    assert "notice-warning" in page
    with pytest.raises(checks.OverQuota):
        recommending.seal_batch(session, edition, mine, opinion="同意推荐。", by=SYSTEM, at=AT)
    recommending.rank_entries(session, edition, mine, track, ids[:1], by=SYSTEM, at=AT)
    recommending.seal_batch(session, edition, mine, opinion="同意推荐。", by=SYSTEM, at=AT)


def test_the_table_is_saved_and_leaves_a_line_with_names(session: Session, organizer: Client, scene: Scene) -> None:
    edition, one, _other = scene
    assert organizer.get("/e/here/check/quotas").status_code == 200
    answer = organizer.post("/e/here/check/quotas", data=_form(edition, **{str(one.id): "１２", OTHERS: "3"}))
    assert answer.status_code == 302
    assert quotas.quota_of(edition.tracks[0], one) == 12
    line = session.scalars(sa.select(AuditLine).where(AuditLine.act == "entry.quotas")).one()
    assert line.detail == {one.name: [None, 12], "*": [None, 3]}
    assert 'value="12"' in organizer.get("/e/here/check/quotas").text


@pytest.mark.parametrize("wrong", ["-1", "1.5", "十", "99999", "²"])
def test_what_is_no_number_is_kept_and_marked(organizer: Client, scene: Scene, wrong: str) -> None:
    edition, one, other = scene
    typed = _form(edition, **{str(one.id): wrong, str(other.id): "7"})
    answer = organizer.post("/e/here/check/quotas", data=typed)
    assert answer.status_code == 422
    assert 'value="7"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert quotas.quota_of(edition.tracks[0], other) is None


def test_the_second_to_save_is_told_and_keeps_the_numbers(organizer: Client, scene: Scene) -> None:
    edition, one, _other = scene
    typed = _form(edition, **{str(one.id): "7"})
    organizer.post("/e/here/check/quotas", data=_form(edition, **{str(one.id): "4"}))
    answer = organizer.post("/e/here/check/quotas", data=typed)
    assert answer.status_code == 409
    assert 'value="7"' in answer.text
    assert quotas.quota_of(edition.tracks[0], one) == 4


def test_quotas_stand_after_intake(session: Session, organizer: Client, scene: Scene) -> None:
    edition, one, _other = scene
    edition.stage = Stage.BLINDING
    with pytest.raises(WrongStage):
        _set(session, scene, one=3)
    assert "quota-input" not in organizer.get("/e/here/check/quotas").text
    assert organizer.post("/e/here/check/quotas", data=_form(edition, **{str(one.id): "4"})).status_code == 409


def test_a_supervisor_sees_and_changes_nothing(session: Session, client: Client, scene: Scene) -> None:
    edition, one, _other = scene
    client.sign_in(make_user(session, Role.SUPERVISOR, scope=edition.id))
    assert "quota-input" not in client.get("/e/here/check/quotas").text
    assert client.post("/e/here/check/quotas", data=_form(edition, **{str(one.id): "4"})).status_code == 403


def test_the_workbook_comes_back_into_the_table_without_being_saved(organizer: Client, scene: Scene) -> None:
    edition, one, other = scene
    book = openpyxl.load_workbook(io.BytesIO(organizer.get("/e/here/check/quotas.xlsx").data))
    sheet = book.active
    assert sheet is not None
    for row in sheet.iter_rows(min_row=2):
        row[2].value = {"R01": 8, "R02": None, "*": 2}[str(row[0].value)]
    sheet.append(["R77", "没有的单位", 5])
    sheet.append(["R01", "重复", 5])
    out = io.BytesIO()
    book.save(out)
    answer = _upload(organizer, out.getvalue())
    assert answer.status_code == 422
    assert all(word in answer.text for word in ('value="8"', 'value="2"', "R77"))
    assert quotas.quota_of(edition.tracks[0], one) is None
    assert quotas.quota_of(edition.tracks[0], other) is None


def _upload(browser: Client, content: bytes) -> Any:
    data = {"file": (io.BytesIO(content), "quotas.xlsx")}
    return browser.post("/e/here/check/quotas/import", data=data, content_type="multipart/form-data")


def test_what_is_no_workbook_is_refused(organizer: Client, scene: Scene) -> None:
    assert _upload(organizer, b"not a workbook").status_code == 422
    assert organizer.post("/e/here/check/quotas/import").status_code == 422


def test_an_empty_table_is_no_limit(scene: Scene) -> None:
    edition, one, _other = scene
    assert Typed({(edition.tracks[0].id, str(one.id)): ""}).numbers(edition.tracks[0]) == {}
