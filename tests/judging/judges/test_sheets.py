"""The bank in Excel, both ways."""

import io
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.accounts.models import Role
from judging.editions.models import Edition
from judging.foundation.audit import SYSTEM
from judging.foundation.spreadsheets import workbook
from judging.judges import sheets
from judging.judges.models import Judge, JudgeStatus
from judging.units.codes import INDUSTRIES
from judging.web.imports import ImportHasErrors, RowState
from tests.conftest import AT, Client
from tests.factories.accounts import make_user
from tests.factories.editions import make_edition
from tests.factories.judges import make_judge

WHO: dict[str, Any] = {"by": SYSTEM, "at": AT}
ROW = {
    "code": "ZJ0007",
    "name": "欧阳明远",
    "unit_name": "武汉大学",
    "region": "武汉",
    "phone": "138-0000-1234",
    "email": "OY@example.cn",
    "track": "qc、paper",
    "industry": "C；D",
    "topic": "焊接、统计",
    "term_from": "2022年1月1日",
    "term_until": "2024/12/31",
}


def _book(*rows: dict[str, Any]) -> bytes:
    return workbook({"专家库": (sheets.COLUMNS, rows)})


def _errors(session: Session, *rows: dict[str, Any]) -> list[tuple[int, str]]:
    keys = {str(column.header): column.key for column in sheets.COLUMNS}
    return [(error.row, keys[error.column]) for error in sheets.plan_judges(session, _book(*rows)).errors]


def test_a_row_becomes_a_judge_in_the_bank(session: Session) -> None:
    assert sheets.apply_judges(session, sheets.plan_judges(session, _book(ROW)), **WHO) == 1
    judge = session.scalars(sa.select(Judge)).one()
    assert (judge.region, judge.phone, judge.email) == ("420100", "13800001234", "oy@example.cn")
    assert (str(judge.term_from), str(judge.term_until), judge.status) == (
        "2022-01-01",
        "2024-12-31",
        JudgeStatus.ACTIVE,
    )
    assert {e.code for e in judge.expertise} == {"qc", "paper", "C", "D", "焊接", "统计"}


def test_importing_again_writes_nothing(session: Session) -> None:
    sheets.apply_judges(session, sheets.plan_judges(session, _book(ROW)), **WHO)
    again = sheets.plan_judges(
        session,
        _book(
            ROW,
        ),
    )
    assert (again.count(RowState.SAME), again.writes) == (1, 0)


def test_what_is_exported_imports_as_unchanged(session: Session) -> None:
    make_judge(session, industries=tuple(INDUSTRIES), fields=("qc", "story", "paper"), phone="13800001234")
    judges = list(session.scalars(sa.select(Judge)))
    plan = sheets.plan_judges(session, sheets.judge_workbook(judges))
    assert ([row.state for row in plan.rows], plan.errors) == ([RowState.SAME], [])


def test_a_person_without_a_number_is_known_by_name_and_unit(session: Session) -> None:
    judge = make_judge(session, name="欧阳明远", unit_name="武汉大学")
    row = ROW | {"code": "", "post": "院长"}
    sheets.apply_judges(session, sheets.plan_judges(session, _book(row)), **WHO)
    assert judge.post == "院长"
    assert session.scalar(sa.select(sa.func.count()).select_from(Judge)) == 1


def test_a_status_is_changed_step_by_step(session: Session) -> None:
    judge = make_judge(session, code="ZJ0007", status=JudgeStatus.CANDIDATE)
    sheets.apply_judges(session, sheets.plan_judges(session, _book(ROW | {"status": "active"})), **WHO)
    assert judge.status is JudgeStatus.ACTIVE
    assert _errors(session, ROW | {"status": "candidate"}) == [(2, "status")]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", ""),
        ("region", "火星"),
        ("phone", "一二三"),
        ("email", "nobody"),
        ("track", "qc、唱歌"),
        ("industry", "C；炼丹"),
        ("term_from", "去年"),
        ("term_until", "2021-01-01"),
        ("status", "在岗"),
        ("name", "王" * 61),
    ],
)
def test_each_mistake_is_told_by_row_and_column(session: Session, key: str, value: str) -> None:
    assert _errors(session, ROW | {key: value}) == [(2, key)]


def test_the_same_person_twice_is_told(session: Session) -> None:
    assert _errors(session, ROW, ROW) == [(3, "name")]


def test_nothing_is_written_while_there_are_errors(session: Session) -> None:
    plan = sheets.plan_judges(session, _book(ROW, ROW | {"code": "ZJ0008", "name": ""}))
    with pytest.raises(ImportHasErrors):
        sheets.apply_judges(session, plan, **WHO)
    assert session.scalars(sa.select(Judge)).all() == []


def test_the_template_s_sample_is_skipped(session: Session) -> None:
    plan = sheets.plan_judges(session, sheets.judge_template())
    assert (plan.rows, len(plan.skipped)) == ([], 1)


def test_formulas_go_out_as_text(session: Session) -> None:
    judge = make_judge(session, name="=1+1")
    sheet = openpyxl.load_workbook(io.BytesIO(sheets.judge_workbook([judge]))).active
    assert sheet is not None
    assert [cell.data_type for cell in sheet[2] if cell.value == "=1+1"] == ["s"]


@pytest.fixture
def edition(session: Session) -> Edition:
    return make_edition(session)


def test_the_pages_preview_then_import(session: Session, client: Client, edition: Edition) -> None:
    client.sign_in(make_user(session, Role.ORGANIZER, scope=edition.id))
    base = f"/e/{edition.slug}/judges"
    assert client.get(f"{base}/import").status_code == 200
    assert client.get(f"{base}/template.xlsx").data.startswith(b"PK")
    shown = client.post(f"{base}/import", data={"file": (io.BytesIO(_book(ROW)), "专家.xlsx")})
    assert shown.status_code == 302
    assert "欧阳明远" in client.get(shown.location).text
    assert session.scalars(sa.select(Judge)).all() == []
    assert client.post(shown.location).status_code == 302
    assert session.scalars(sa.select(Judge.name)).all() == ["欧阳明远"]
    assert client.get(f"{base}/judges.xlsx").data.startswith(b"PK")


@pytest.mark.parametrize("content", [b"", b"not a workbook"])
def test_what_is_no_workbook_is_refused_with_a_sentence(
    session: Session, client: Client, edition: Edition, content: bytes
) -> None:
    client.sign_in(make_user(session, Role.ORGANIZER, scope=edition.id))
    answer = client.post(f"/e/{edition.slug}/judges/import", data={"file": (io.BytesIO(content), "a.xlsx")})
    assert answer.status_code == 422


def test_a_forged_ticket_is_not_found(session: Session, client: Client, edition: Edition) -> None:
    client.sign_in(make_user(session, Role.ORGANIZER, scope=edition.id))
    assert client.get(f"/e/{edition.slug}/judges/import/forged").status_code == 404
