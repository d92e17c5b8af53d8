"""The desk of a recommending unit."""

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from judging.accounts.models import Role
from judging.editions.models import Edition, Stage, TrackKind
from judging.entries import sheets
from judging.entries.models import Entry, EntryStatus
from judging.foundation.spreadsheets import read_rows
from judging.units.models import RecommendingUnit
from tests.conftest import Client
from tests.factories.accounts import make_user
from tests.factories.editions import make_edition
from tests.factories.entries import make_entry
from tests.factories.units import make_recommending_unit, make_unit
from tests.factories.workbooks import make_workbook


@pytest.fixture
def edition(session: Session) -> Edition:
    return make_edition(session, TrackKind.QC, TrackKind.STORY)


@pytest.fixture
def unit(session: Session, client: Client, edition: Edition) -> RecommendingUnit:
    user = make_user(session, Role.RECOMMENDER, scope=edition.id)
    made = make_recommending_unit(session, contact=user)
    client.sign_in(user)
    return made


def _address(edition: Edition, path: str = "") -> str:
    return f"/e/{edition.slug}/recommend/{path}"


def _order(edition: Edition) -> str:
    return _address(edition, f"order/{edition.tracks[0].id}")


def _entry(session: Session, edition: Edition, unit: RecommendingUnit, **values: Any) -> Entry:
    own = make_unit(session, recommending_unit_id=unit.id)
    return make_entry(
        session, edition, **{"unit": own, "status": EntryStatus.SUBMITTED, "recommending_unit_id": unit.id} | values
    )


def _ranks(*entries: Entry) -> list[int | None]:
    return [entry.recommended_rank for entry in entries]


def test_the_desk_asks_as_much_for_one_entry_as_for_many(
    session: Session, client: Client, edition: Edition, unit: RecommendingUnit, queries: list[str]
) -> None:
    counted, address = [], _address(edition)
    for _round in range(2):
        for _ in range(3):
            _entry(session, edition, unit)
        queries.clear()
        assert client.get(address).status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_the_desk_shows_only_its_own(
    session: Session, client: Client, edition: Edition, unit: RecommendingUnit
) -> None:
    _entry(session, edition, unit, title="自家课题")
    _entry(session, edition, make_recommending_unit(session), title="别家课题")
    page = client.get(_address(edition)).text
    assert "自家课题" in page
    assert "别家课题" not in page


def test_a_foreign_entry_is_not_found(
    session: Session, client: Client, edition: Edition, unit: RecommendingUnit
) -> None:
    foreign = _entry(session, edition, make_recommending_unit(session))
    draft = _entry(session, edition, unit, status=EntryStatus.DRAFT)
    missing = client.get(_address(edition, "entries/00000000-0000-0000-0000-000000000000"))
    for entry in (foreign, draft):
        answer = client.get(_address(edition, f"entries/{entry.id}"))
        assert (answer.status_code, len(answer.text)) == (404, len(missing.text))
        assert client.post(_address(edition, f"entries/{entry.id}/return"), data={}).status_code == 404


def test_entries_are_put_on_the_list_ordered_and_left_out(
    session: Session, client: Client, edition: Edition, unit: RecommendingUnit
) -> None:
    first, second = _entry(session, edition, unit), _entry(session, edition, unit)
    client.post(_order(edition), data={"add": [str(first.id), str(second.id)]})
    assert _ranks(first, second) == [1, 2]
    client.post(_order(edition), data={"order": [str(second.id), str(first.id)]})
    assert _ranks(first, second) == [2, 1]
    client.post(_order(edition), data={"order": [str(second.id), str(first.id)], "out": str(second.id)})
    assert _ranks(first, second) == [1, None]


def test_a_foreign_entry_in_the_order_changes_nothing(
    session: Session, client: Client, edition: Edition, unit: RecommendingUnit
) -> None:
    own, foreign = _entry(session, edition, unit), _entry(session, edition, make_recommending_unit(session))
    client.post(_order(edition), data={"order": [str(own.id), str(foreign.id)]})
    assert _ranks(own, foreign) == [None, None]


def test_the_list_is_sealed_and_recalled(
    session: Session, client: Client, edition: Edition, unit: RecommendingUnit
) -> None:
    entry = _entry(session, edition, unit)
    client.post(_order(edition), data={"add": str(entry.id)})
    assert client.post(_address(edition, "seal"), data={"opinion": "同意推荐。"}).status_code == 302
    assert entry.recommended_at is not None
    assert "同意推荐。" in client.get(_address(edition)).text
    client.post(_order(edition), data={"order": []})
    assert entry.recommended_rank == 1
    client.post(_address(edition, "recall"), data={"reason": "排序有误"})
    assert entry.recommended_at is None


def test_a_refused_seal_keeps_the_opinion(
    session: Session, client: Client, edition: Edition, unit: RecommendingUnit
) -> None:
    edition.tracks[0].rounds[0].settings = {"recommendation_quota": 1}
    entries = [_entry(session, edition, unit), _entry(session, edition, unit)]
    client.post(_order(edition), data={"add": [str(entry.id) for entry in entries]})
    answer = client.post(_address(edition, "seal"), data={"opinion": "同意推荐以下成果。"})
    assert answer.status_code == 422
    assert "同意推荐以下成果。" in answer.text


def test_an_entry_is_returned_with_reason_and_day(
    session: Session, client: Client, edition: Edition, unit: RecommendingUnit
) -> None:
    entry = _entry(session, edition, unit)
    typed = {"version": "1", "reason": "请补充现状调查数据", "until": "2099-06-30"}
    assert client.post(_address(edition, f"entries/{entry.id}/return"), data=typed).status_code == 302
    assert entry.status is EntryStatus.RETURNED
    assert entry.return_until == datetime(2099, 6, 30, 15, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"version": "1", "reason": "", "until": "2099-06-30"}, 422),
        ({"version": "1", "reason": "请补充", "until": ""}, 422),
        ({"version": "1", "reason": "请补充", "until": "2001-06-30"}, 422),
        ({"version": "8", "reason": "请补充", "until": "2099-06-30"}, 409),
    ],
)
def test_a_return_that_cannot_stand_keeps_what_was_typed(
    session: Session, client: Client, edition: Edition, unit: RecommendingUnit, typed: dict[str, str], status: int
) -> None:
    entry = _entry(session, edition, unit)
    answer = client.post(_address(edition, f"entries/{entry.id}/return"), data=typed)
    assert (answer.status_code, entry.status) == (status, EntryStatus.SUBMITTED)
    assert typed["reason"] in answer.text


def test_an_account_without_a_unit_is_told_what_to_do(session: Session, client: Client, edition: Edition) -> None:
    client.sign_in(make_user(session, Role.RECOMMENDER, scope=edition.id))
    assert client.get(_address(edition)).status_code == 200
    assert client.get(_address(edition, "entries.xlsx")).status_code == 404
    assert client.post(_address(edition, "seal"), data={"opinion": "同意"}).status_code == 404


def test_after_intake_nothing_is_recommended(
    session: Session, client: Client, edition: Edition, unit: RecommendingUnit
) -> None:
    entry = _entry(session, edition, unit)
    edition.stage = Stage.JUDGING
    assert client.get(_address(edition)).status_code == 200
    assert client.post(_address(edition, "seal"), data={"opinion": "同意推荐。"}).status_code == 422
    assert client.post(_order(edition), data={"add": str(entry.id)}).status_code == 409


def test_the_export_holds_only_the_own_entries(
    session: Session, client: Client, edition: Edition, unit: RecommendingUnit
) -> None:
    _entry(session, edition, unit, title="自家课题")
    _entry(session, edition, make_recommending_unit(session), title="别家课题")
    content = client.get(_address(edition, "entries.xlsx")).data
    assert [row.values["title"] for row in read_rows(content, sheets.EXPORT)] == ["自家课题"]


def test_an_own_list_is_imported(session: Session, client: Client, edition: Edition, unit: RecommendingUnit) -> None:
    own = make_unit(session, name="自家有限公司", recommending_unit_id=unit.id)
    content = make_workbook([{"name": own.name, "title": "导入课题"}])
    data = {"track": str(edition.tracks[0].id), "file": (io.BytesIO(content), "list.xlsx")}
    preview = client.post(_address(edition, "import"), data=data, content_type="multipart/form-data")
    assert "导入课题" in client.get(preview.location).text
    assert client.post(preview.location).status_code == 302
    assert "导入课题" in client.get(_address(edition)).text
    assert client.get(_address(edition, f"template/{edition.tracks[0].id}.xlsx")).status_code == 200
