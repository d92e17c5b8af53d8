"""Importing a 汇总表: a real-sized one with the errors people make, twice, and by a recommending unit."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask_babel import force_locale
from sqlalchemy.orm import Session, selectinload

from judging.editions.models import Edition, Stage, TrackKind
from judging.editions.rules import WrongStage
from judging.entries import import_plan, sheets
from judging.entries.models import Entry, EntryStatus
from judging.entries.service import importing
from judging.foundation.audit import SYSTEM, AuditLine
from judging.foundation.spreadsheets import MissingColumns, UnreadableWorkbook, read_rows
from judging.units.models import RecommendingUnit, Unit
from judging.web.imports import EmptyWorkbook, ImportHasErrors, Plan, RowState
from tests.factories.editions import make_edition
from tests.factories.entries import make_entry
from tests.factories.units import make_recommending_unit, make_unit
from tests.factories.workbooks import make_credit_code, make_workbook


def _row(place: int, **values: Any) -> dict[str, Any]:
    preset = {
        "number": place,
        "name": f"示例精密制造{place}有限公司",
        "credit_code": make_credit_code(place),
        "region": "武汉市",
        "industry": "制造业",
        "recommending_unit": "江城质量协会",
        "title": f"降低第{place}号产线停机率",
        "topic_type": "问题解决型（自定目标）",
        "group_name": f"晨光{place}小组",
        "members": "张三（组长）、李四、王五",
        "contact_name": "张三",
        "contact_phone": "13800000000",
        "abstract": "通过现状调查和要因确认，停机率由4.6%降至2.8%。",
        "benefit": 12.5,
        "active_from": datetime(2021, 3, 1),  # noqa: DTZ001  # a cell knows no zone
    }
    return preset | values


def _plan(session: Session, edition: Edition, content: bytes, **options: Any) -> Plan:
    return import_plan.plan_entries(session, edition, edition.tracks[0], content, **options)


def _apply(session: Session, edition: Edition, content: bytes, at: datetime, *, hand_in: bool = False) -> int:
    plan = _plan(session, edition, content, hand_in=hand_in)
    return importing.apply_entries(session, edition, edition.tracks[0], plan, hand_in=hand_in, by=SYSTEM, at=at)


def _entries(session: Session) -> list[Entry]:
    query = sa.select(Entry).options(selectinload(Entry.members), selectinload(Entry.unit)).order_by(Entry.code)
    return list(session.scalars(query.execution_options(populate_existing=True)))


@pytest.fixture(autouse=True)
def english(session: Session) -> Iterator[None]:
    """Sentences are compared as the code writes them; the headers stay Chinese, as people's own lists are."""
    with force_locale("en"):
        yield


@pytest.fixture
def desk(session: Session) -> tuple[Edition, RecommendingUnit]:
    return make_edition(session), make_recommending_unit(session, name="江城质量协会")


def test_a_whole_list_is_imported_with_its_units(
    session: Session, desk: tuple[Edition, RecommendingUnit], at: datetime
) -> None:
    edition, recommender = desk
    below = [["合计", "2项"], ["注：以上成果均已公示"]]
    content = make_workbook(
        [_row(0, number="示例"), _row(1), {}, _row(2, active_from="2021年3月")],
        title="参评成果汇总表",
        below=below,
        star="*",
    )
    plan = _plan(session, edition, content)
    assert (plan.errors, plan.count(RowState.NEW)) == ([], 2)
    assert [number for number, _why in plan.skipped] == [3, 7, 8]
    assert _apply(session, edition, content, at) == 2
    first, second = _entries(session)
    assert (first.code, first.status, first.recommending_unit_id) == ("QC2022-0001", EntryStatus.DRAFT, recommender.id)
    assert [(member.name, member.role) for member in first.members] == [("张三", "组长"), ("李四", ""), ("王五", "")]
    assert (str(first.benefit), first.active_from, second.active_from) == (
        "12.5",
        second.active_from,
        first.active_from,
    )
    assert first.unit.credit_code == make_credit_code(1)


def test_importing_again_writes_nothing(session: Session, desk: tuple[Edition, RecommendingUnit], at: datetime) -> None:
    edition, _recommender = desk
    content = make_workbook([_row(number) for number in range(1, 31)])
    assert _apply(session, edition, content, at) == 30
    lines = session.scalar(sa.select(sa.func.count(AuditLine.id)))
    plan = _plan(session, edition, content)
    assert (plan.count(RowState.SAME), plan.writes) == (30, 0)
    assert _apply(session, edition, content, at) == 0
    assert session.scalar(sa.select(sa.func.count(AuditLine.id))) == lines


def test_what_is_exported_comes_in_unchanged(
    session: Session, desk: tuple[Edition, RecommendingUnit], at: datetime
) -> None:
    edition, _recommender = desk
    _apply(session, edition, make_workbook([_row(1), _row(2)]), at)
    query = sa.select(Entry).options(
        selectinload(Entry.members),
        selectinload(Entry.unit),
        selectinload(Entry.track),
        selectinload(Entry.recommending_unit),
    )
    exported = sheets.entry_workbook(session.scalars(query.order_by(Entry.code)))
    plan = _plan(session, edition, exported)
    assert (plan.errors, plan.count(RowState.SAME)) == ([], 2)


def test_a_changed_cell_changes_one_field(
    session: Session, desk: tuple[Edition, RecommendingUnit], at: datetime
) -> None:
    edition, _recommender = desk
    _apply(session, edition, make_workbook([_row(1), _row(2)]), at)
    changed = make_workbook([_row(1, code="QC2022-0001", title="降低新产线停机率", abstract=""), _row(2)])
    plan = _plan(session, edition, changed)
    assert [change[1:] for row in plan.rows for change in row.changes] == [("降低第1号产线停机率", "降低新产线停机率")]
    assert _apply(session, edition, changed, at) == 1
    first, _second = _entries(session)
    assert (first.title, first.abstract) == ("降低新产线停机率", _row(1)["abstract"])


ERRORS: list[tuple[dict[str, Any], str, str]] = [
    ({"credit_code": 914201000600037341}, "统一社会信用代码", "spreadsheet"),
    ({"credit_code": "91420100Y0000099XX"}, "统一社会信用代码", "does not fit"),
    ({"credit_code": "9142010"}, "统一社会信用代码", "18 characters"),
    ({"recommending_unit": "江城质量协会（筹）"}, "推荐单位", "was “江城质量协会” meant?"),
    ({"region": "火星市"}, "地区", "not in the list"),
    ({"industry": "魔法业"}, "行业", "not in the list"),
    ({"topic_type": "其他型"}, "课题类型", "none of"),
    ({"abstract": "长" * 501}, "摘要", "501 characters; at most 500"),
    ({"title": ""}, "课题名称", "is empty"),
    ({"name": ""}, "单位全称", "is empty"),
    ({"members": "张三、李四、张三"}, "小组成员", "twice"),
    ({"contact_phone": "请致电"}, "电话", "no phone number"),
    ({"benefit": "若干"}, "经济效益", "no number"),
    ({"active_from": "去年"}, "活动开始时间", "no date"),
    ({"code": "QC2022-9999"}, "受理编号", "no entry has the number"),
]


@pytest.mark.parametrize(("planted", "_column", "sentence"), ERRORS)
def test_each_error_is_told_by_row(
    session: Session, desk: tuple[Edition, RecommendingUnit], planted: dict[str, Any], _column: str, sentence: str
) -> None:
    edition, _recommender = desk
    plan = _plan(session, edition, make_workbook([_row(1), _row(2, **planted)], title="汇总表"))
    assert [error.row for error in plan.errors] == [4]
    assert sentence in plan.errors[0].message


def test_a_real_sized_list_with_planted_errors_is_reported_whole_and_writes_nothing(
    session: Session, desk: tuple[Edition, RecommendingUnit], at: datetime
) -> None:
    edition, _recommender = desk
    rows = [_row(number) for number in range(1, 1001)]
    for place, (planted, _column, _sentence) in enumerate(ERRORS):
        rows[place * 60 + 7] |= planted
    rows[990] = dict(rows[10])  # the same entry twice
    rows[500]["contact_phone"] = "１３８ ００００ ００００　"  # full width and spaces do no harm
    content = make_workbook(rows, title="湖北省质量提升小组成果汇总表", below=[["合计", "1000项"]])
    plan = _plan(session, edition, content)
    wanted = sorted({place * 60 + 7 + 3 for place in range(len(ERRORS))} | {993})
    assert sorted({error.row for error in plan.errors}) == wanted
    assert plan.count(RowState.NEW) == 1000 - len(wanted)
    with pytest.raises(ImportHasErrors):
        importing.apply_entries(session, edition, edition.tracks[0], plan, by=SYSTEM, at=at)
    assert session.scalar(sa.select(sa.func.count(Entry.id))) == 0
    assert session.scalar(sa.select(sa.func.count(Unit.id))) == 0


def test_a_real_sized_list_comes_in_whole(
    session: Session, desk: tuple[Edition, RecommendingUnit], at: datetime
) -> None:
    edition, _recommender = desk
    content = make_workbook([_row(number) for number in range(1, 1001)])
    assert _apply(session, edition, content, at) == 1000
    assert session.scalar(sa.select(sa.func.count(Entry.id))) == 1000


def test_a_unit_that_is_not_registered_needs_its_data_once(
    session: Session, desk: tuple[Edition, RecommendingUnit], at: datetime
) -> None:
    edition, _recommender = desk
    second = _row(2, name=_row(1)["name"], credit_code="", region="", industry="")
    content = make_workbook([_row(1), second])
    assert _apply(session, edition, content, at) == 2
    assert session.scalar(sa.select(sa.func.count(Unit.id))) == 1
    bare = _plan(session, edition, make_workbook([_row(3, credit_code="", region="")]))
    assert len(bare.errors) == 2


def test_a_recommending_unit_brings_only_its_own_units(session: Session, at: datetime) -> None:
    edition, mine = make_edition(session), make_recommending_unit(session)
    make_unit(session, name="他人单位有限公司", recommending_unit_id=make_recommending_unit(session).id)
    content = make_workbook([_row(1, name="他人单位有限公司", credit_code=""), _row(2)])
    plan = _plan(session, edition, content, recommending_unit=mine)
    assert [(error.row, "not one of your units" in error.message) for error in plan.errors] == [(2, True)]
    plan = _plan(session, edition, make_workbook([_row(2)]), recommending_unit=mine)
    importing.apply_entries(session, edition, edition.tracks[0], plan, by=SYSTEM, at=at)
    (entry,) = _entries(session)
    assert (entry.recommending_unit_id, entry.unit.recommending_unit_id) == (mine.id, mine.id)


def test_foreign_numbers_do_not_exist_for_a_recommending_unit(session: Session) -> None:
    edition, mine = make_edition(session), make_recommending_unit(session)
    foreign = make_entry(session, edition, status=EntryStatus.DRAFT)
    plan = _plan(session, edition, make_workbook([_row(1, code=foreign.code)]), recommending_unit=mine)
    assert "no entry has the number" in plan.errors[0].message


def test_an_admitted_entry_is_not_changed_by_an_import(session: Session) -> None:
    edition, unit = make_edition(session), make_unit(session)
    entry = make_entry(session, edition, unit=unit)
    content = make_workbook([{"name": unit.name, "title": entry.title, "group_name": "另一小组"}])
    plan = _plan(session, edition, content)
    assert len(plan.errors) == 1
    assert "would change" in plan.errors[0].message


def test_rows_handed_in_at_once_must_be_complete(
    session: Session, desk: tuple[Edition, RecommendingUnit], at: datetime
) -> None:
    edition, _recommender = desk
    plan = _plan(session, edition, make_workbook([_row(1)]), hand_in=True)
    assert {error.message for error in plan.errors} == {"is empty, but needed to hand the entry in"}
    story = make_edition(session, TrackKind.STORY)
    row = {key: value for key, value in _row(1).items() if key not in ("topic_type", "benefit", "active_from")}
    content = make_workbook([row])
    assert len(_plan(session, story, content, hand_in=True).errors) == 1  # nobody presents it


def test_an_import_belongs_to_intake(session: Session, desk: tuple[Edition, RecommendingUnit], at: datetime) -> None:
    edition, _recommender = desk
    edition.stage = Stage.JUDGING
    with pytest.raises(WrongStage):
        _apply(session, edition, make_workbook([_row(1)]), at)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"no workbook", UnreadableWorkbook),
        (make_workbook([{"number": 1, "contact_name": "张三"}]), MissingColumns),
        (make_workbook([{"name": "", "title": ""}]), EmptyWorkbook),
    ],
)
def test_a_file_without_rows_is_refused_with_a_sentence(
    session: Session, desk: tuple[Edition, RecommendingUnit], content: bytes, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        _plan(session, desk[0], content)


def test_hostile_texts_go_out_as_texts(session: Session, at: datetime) -> None:
    edition = make_edition(session)
    hostile = ["=1+1", "@SUM(A1)", "+cmd|'/c calc'!A0", "-2+3"]
    for title in hostile:
        make_entry(session, edition, title=title, submitted_at=datetime(2022, 5, 1, tzinfo=UTC))
    query = sa.select(Entry).options(
        selectinload(Entry.members),
        selectinload(Entry.unit),
        selectinload(Entry.track),
        selectinload(Entry.recommending_unit),
    )
    rows = read_rows(sheets.entry_workbook(session.scalars(query)), sheets.EXPORT)
    assert sorted(row.values["title"] for row in rows) == sorted(hostile)


def test_the_template_reads_as_its_own_import(session: Session, desk: tuple[Edition, RecommendingUnit]) -> None:
    edition, _recommender = desk
    plan = _plan(session, edition, sheets.entry_template(session, edition.tracks[0]))
    assert (plan.rows, plan.errors, len(plan.skipped)) == ([], [], 1)
