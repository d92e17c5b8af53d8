"""Workbooks as people make them, and workbooks nobody should be able to turn into a program."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel
from openpyxl import Workbook, load_workbook

from judging.foundation import spreadsheets
from judging.foundation.spreadsheets import (
    Column,
    MissingColumns,
    RowError,
    SheetRow,
    UnreadableWorkbook,
    WorkbookTooLarge,
    common_errors,
    read_rows,
    template,
    workbook,
)
from tests.hostile.uploads import archive

NAME = Column("name", "单位名称", required=True, aliases=("申报单位",))
CODE = Column("credit_code", "统一社会信用代码", text_only=True)
KIND = Column("kind", "类别", choices=("一等", "二等"))
COLUMNS = (NAME, CODE, KIND)


@pytest.fixture(autouse=True)
def words() -> Any:
    """A locale for the sentences, without an application of ours."""
    app = Flask("words")
    Babel(app, default_locale="en")
    with app.test_request_context():
        yield


def sheet_of(*rows: Sequence[Any], merge: str = "") -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    if merge:
        sheet.merge_cells(merge)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_rows_are_read_as_text_with_their_number_in_the_workbook() -> None:
    data = sheet_of(("单位名称", "类别"), ("甲厂", "一等"), ("", ""), ("乙厂", 2.0))
    assert read_rows(data, COLUMNS) == [
        SheetRow(2, {"name": "甲厂", "kind": "一等"}),
        SheetRow(4, {"name": "乙厂", "kind": "2"}, {"kind"}),
    ]


def test_the_header_is_found_below_a_merged_title_and_its_columns_in_any_order() -> None:
    data = sheet_of(
        ("2022年汇总表", None, None), (None,), ("序号", "类别", "单位名称*"), (1, "一等", "甲厂"), merge="A1:C1"
    )
    assert read_rows(data, COLUMNS) == [SheetRow(4, {"kind": "一等", "name": "甲厂"})]


@pytest.mark.parametrize(
    "header",
    ["单位名称", "单 位 名 称", "单位名称（全称）", "单位名称*", "单位名称 请填全称", "申报单位", "NAME", "name "],
)
def test_a_header_is_known_by_its_other_spellings(header: str) -> None:
    assert read_rows(sheet_of((header,), ("甲厂",)), COLUMNS) == [SheetRow(2, {"name": "甲厂"})]


def test_a_missing_required_column_is_named() -> None:
    with pytest.raises(MissingColumns, match="单位名称"):
        read_rows(sheet_of(("类别", "备注"), ("一等", "")), COLUMNS)


def test_a_sheet_without_any_known_header_names_what_it_needs() -> None:
    with pytest.raises(MissingColumns, match="单位名称"):
        read_rows(sheet_of(("甲", "乙"), (1, 2)), COLUMNS)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("　甲\xa0厂 ", "甲 厂"),
        ("１３８００", "13800"),
        ("ＱＣ００１", "QC001"),
        ("\ufeff甲厂", "甲厂"),
        ("e\u0301", "é"),
        ("（甲）", "（甲）"),  # Chinese punctuation stays Chinese
    ],
)
def test_what_people_type_is_tidied(typed: str, read: str) -> None:
    assert read_rows(sheet_of(("单位名称",), (typed,)), COLUMNS)[0].values == {"name": read}


def test_dates_are_read_as_days() -> None:
    assert [spreadsheets.cell_text(v) for v in (date(2022, 6, 30), datetime(2022, 6, 30, 9, 0))] == ["2022-06-30"] * 2  # noqa: DTZ001  # workbooks know no zone


@pytest.mark.parametrize(("value", "text"), [(None, ""), (12.0, "12"), (12.5, "12.5"), (True, "True"), (1e17, "1e+17")])
def test_numbers_are_read_as_people_see_them(value: object, text: str) -> None:
    assert spreadsheets.cell_text(value) == text


def test_a_long_digit_string_typed_as_a_number_is_refused() -> None:
    rows = read_rows(sheet_of(("单位名称", "统一社会信用代码"), ("甲厂", 914201007893200000)), COLUMNS)
    assert common_errors(rows[0], COLUMNS) == [
        RowError(2, "统一社会信用代码", "is a number; format the cell as text and type it again, or digits are lost")
    ]


def test_a_row_names_all_that_is_wrong_with_it() -> None:
    row = SheetRow(7, {"name": "", "credit_code": "91420100", "kind": "四等"})
    assert common_errors(row, COLUMNS) == [
        RowError(7, "单位名称", "is empty, but required"),
        RowError(7, "类别", "“四等” is not in the list"),
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("https://example.org")'])
def test_a_text_never_leaves_as_a_formula(text: str) -> None:
    data = workbook({"表": ((NAME,), [{"name": text}])})
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        assert "<f>" not in opened.read("xl/worksheets/sheet1.xml").decode()
    assert read_rows(data, COLUMNS)[0].values == {"name": text}


def test_characters_that_a_workbook_cannot_hold_are_left_out() -> None:
    data = workbook({"表": ((NAME,), [{"name": "甲\x00\x0b\x1f厂\uffff"}])})
    assert read_rows(data, COLUMNS)[0].values == {"name": "甲厂"}


def test_numbers_leave_as_numbers_and_nothing_leaves_as_an_empty_text() -> None:
    data = workbook({"表": ((NAME, KIND), [{"name": Decimal("8.5")}, {"name": 3}])})
    rows = list(load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert rows == [("单位名称", "类别"), (8.5, None), (3, None)]


def test_a_sheet_title_that_a_workbook_refuses_is_made_fit() -> None:
    data = workbook({"a/b:c*[d]?" + "长" * 40: ((NAME,), [])})
    assert load_workbook(io.BytesIO(data)).sheetnames == ["a b c  d  " + "长" * 21]


def test_a_template_offers_lists_locks_its_header_and_reads_back() -> None:
    data = template("汇总表", COLUMNS, [{"name": "=甲厂", "kind": "一等"}], note="说明\n第二行")
    book = load_workbook(io.BytesIO(data))
    sheet = book["汇总表"]
    assert sheet.protection.sheet
    assert sheet["A1"].protection.locked
    assert not sheet["A2"].protection.locked
    assert sheet["B2"].number_format == "@"
    below = sheet.column_dimensions["B"]  # rows that nobody has written in yet
    assert (below.protection.locked, below.number_format) == (False, "@")
    assert [(str(rule.sqref), rule.formula1) for rule in sheet.data_validations.dataValidation] == [
        ("C2:C1001", "=lists!$C$1:$C$2")
    ]
    assert read_rows(data, COLUMNS) == [SheetRow(2, {"name": "=甲厂", "credit_code": "", "kind": "一等"})]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "单位名称,类别\n甲厂,一等\n".encode(),
        archive(("readme.txt", b"no workbook")),
        archive(("[Content_Types].xml", b"<Types/>")),
        sheet_of(("单位名称",))[:800],
    ],
    ids=["empty", "old office", "csv", "zip", "hollow", "cut short"],
)
def test_a_file_that_is_no_workbook_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(UnreadableWorkbook):
        read_rows(data, COLUMNS)


def test_a_zip_bomb_is_counted_and_refused_before_it_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "MAX_UNPACKED", 1 << 20)
    data = archive(("[Content_Types].xml", b"<Types/>"), ("xl/worksheets/sheet1.xml", bytes(3 << 20)))
    assert len(data) < 10_000
    with pytest.raises(WorkbookTooLarge):
        read_rows(data, COLUMNS)


def test_a_workbook_of_too_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "MAX_ROWS", 5)
    data = sheet_of(("单位名称",), *[(f"单位{n}",) for n in range(40)])
    with pytest.raises(WorkbookTooLarge, match="5 rows"):
        read_rows(data, COLUMNS)


def test_a_file_of_too_many_bytes_is_refused() -> None:
    with pytest.raises(WorkbookTooLarge):
        read_rows(bytes(spreadsheets.MAX_BYTES + 1), COLUMNS)


def test_a_workbook_with_formulas_is_read_by_its_values() -> None:
    assert read_rows(sheet_of(("单位名称",), ("甲厂",), ("=A2",)), COLUMNS)[0].values == {"name": "甲厂"}
