"""What people do to tables besides: units below names, decimal commas, a cover sheet, ids of every kind."""

from datetime import date

import pytest
from openpyxl import Workbook

from scoring.errors import BadRows, ScoringError
from scoring.reading import Limits, read_marks


def workbook(path, sheets, merged=()):
    """An xlsx of sheets by name; cells of the last one merged."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    for cells in merged:
        sheet.merge_cells(cells)
    book.save(path)
    return path


def text(path, *lines):
    """A text file of lines."""
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.mark.parametrize("label", ["评委单位", "单位", "Unit", None])
def test_a_row_below_the_names_says_the_judges_units(tmp_path, label):
    rows = [
        ("编号", "张三", "李四", "王五"),
        (label, "甲校", "乙校", "甲校"),
        ("A", 90, "８１", 70),
        ("B", 88, 79, None),
    ]
    marks = read_marks(workbook(tmp_path / "m.xlsx", {"打分": rows}))
    assert marks.unit_of_judge == {"张三": "甲校", "李四": "乙校", "王五": "甲校"}
    assert marks.table().total.tolist() == [90, 81, 70, 88, 79]
    assert "第 2 行是评委的单位。" in marks.paragraph("zh")


def test_units_may_stand_below_names_in_a_header_of_two_rows(tmp_path):
    rows = [("编号", "张三", "李四"), (None, "甲校", "乙校"), ("A", 90, 81), ("B", 88, 79)]
    marks = read_marks(workbook(tmp_path / "m.xlsx", {"打分": rows}, ["A1:A2"]))
    assert marks.unit_of_judge == {"张三": "甲校", "李四": "乙校"}
    assert marks.judge == ["张三", "李四", "张三", "李四"]


def test_units_may_follow_a_header_of_two_rows(tmp_path):
    head = [("打分表", None, None), ("编号", "评委", None), (None, "张三", "李四"), (None, "甲校", "乙校")]
    merged = ["A1:C1", "A2:A4", "B2:C2"]
    marks = read_marks(workbook(tmp_path / "m.xlsx", {"打分": [*head, ("A", 90, 81)]}, merged))
    assert marks.unit_of_judge == {"张三": "甲校", "李四": "乙校"}
    assert marks.table().total.tolist() == [90, 81]


def test_a_first_row_of_words_in_a_long_table_is_no_row_of_units(tmp_path):
    path = text(tmp_path / "m.csv", "编号,评委,打分", ",张三,缺席", "A,张三,80")
    with pytest.raises(BadRows, match=r"row 2: The entry is missing\."):
        read_marks(path).table()


def test_decimal_commas_are_understood_where_nothing_else_is_meant(tmp_path):
    marks = read_marks(text(tmp_path / "m.csv", "entry;judge;mark", "A;x;85,9", "A;y;1,250", "B;x;７，5 分"))
    assert marks.table().total.tolist() == [85.9, 1.25, 7.5]
    assert "Commas in marks are decimal commas: 8,5 is 8.5." in marks.paragraph()


def test_commas_of_thousands_stay_what_they_are(tmp_path):
    marks = read_marks(text(tmp_path / "m.csv", "entry;judge;mark", "A;x;1,250", "A;y;2,300.5", "B;x;900"))
    assert marks.table().total.tolist() == [1250, 2300.5, 900]


def test_commas_and_points_together_are_no_decimals(tmp_path):
    marks = read_marks(text(tmp_path / "m.csv", "entry;judge;mark", "A;x;85,9", "B;x;70.5"))
    with pytest.raises(BadRows, match=r"^1 bad row\(s\):\nrow 2: '85,9' is not a number\.$"):
        marks.table()


def test_two_numbers_in_a_cell_are_not_one(tmp_path):
    marks = read_marks(text(tmp_path / "m.csv", "entry,judge,mark", "A,x,8 5", "B,x, 70 分"))
    with pytest.raises(BadRows, match=r"^1 bad row\(s\):\nrow 2: '8 5' is not a number\.$"):
        marks.table()


def test_a_cover_sheet_is_passed_over_for_the_first_with_a_table(tmp_path):
    sheets = {
        "封面": [("说明",), ("本表由秘书处填写。",)],
        "复评": [("编号", "张三", "李四"), ("A", 70, 80), ("B", 71, 82)],
    }
    marks = read_marks(workbook(tmp_path / "m.xlsx", sheets))
    assert marks.table().total.tolist() == [70, 80, 71, 82]
    assert "读的是工作表“复评”，没有读封面。" in marks.paragraph("zh")


def test_ids_stay_as_they_are_typed(tmp_path):
    ids = ["Ａ－０１", "a  b", "007", "=1+1", "-5", "7.0"]
    path = text(tmp_path / "m.csv", "entry,judge,mark", *(f"{one},x,8" for one in ids), '"two\nlines",x,9')
    assert read_marks(path).entry == [*ids, "two\nlines"]


def test_ids_spelled_in_several_ways_are_one(tmp_path):
    path = text(tmp_path / "m.csv", "entry,judge,mark", "Ａ０１,x,8", " A01 ,y,9")
    assert read_marks(path).entry == ["A01", "A01"]


def test_every_fault_is_told_in_chinese_too(tmp_path):
    lines = ["A,x,abc", ",x,3", "A,y,200", "B,y,7.03", "A,y,8", "C,x,8"]
    marks = read_marks(text(tmp_path / "m.csv", "entry,judge,mark", *lines))
    with pytest.raises(BadRows) as caught:
        marks.table(Limits(0, 100, 0.5))
    assert caught.value.in_language("zh").splitlines() == [
        "5 处数据有误：",
        "第 2 行：“abc”不是数字。",
        "第 3 行：缺少成果编号。",
        "第 4 行：200 高于 100。",
        "第 5 行：7.03 不是 0.5 的整数倍。",
        "第 6 行：成果 A、评委 y：与第 4 行重复。",
    ]


def test_faults_of_a_wide_table_name_their_column_in_chinese(tmp_path):
    path = workbook(
        tmp_path / "m.xlsx", {"打分": [("编号", "张三", "李四"), ("A", 90, "好"), ("A", 80, 81), ("B", None, None)]}
    )
    with pytest.raises(BadRows) as caught:
        read_marks(path).table()
    assert caught.value.in_language("zh").splitlines()[1:] == [
        "第 2 行：C 列（李四）：“好”不是数字。",
        "第 3 行：成果 A：与第 2 行重复。",
        "第 4 行：成果 B 没有有效的分数。",
    ]


def test_errors_dates_and_bare_formulas_are_listed_and_hide_no_column(tmp_path):
    rows = [("编号", "张三", "李四"), ("A", "#DIV/0!", 80), ("B", date(2024, 5, 1), "=1+2"), ("C", 90, 91)]
    with pytest.raises(BadRows) as caught:
        read_marks(workbook(tmp_path / "m.xlsx", {"打分": rows})).table()
    assert [bad.row for bad in caught.value.rows] == [2, 3, 3]


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (["编号,张三,张三", "A,1,2", "B,3,4"], "B 列和 C 列同名：张三。"),
        (["entry,judge,mark", "A,P,3", '"B,P,4', "C,P,5"], "m.csv：第 3 行的引号没有配对。"),
        (["entry,who,mark", "A,P,3", "B,P,4"], "哪一列是评委？文件里有：entry、who、mark。请用 --judge 指明。"),
    ],
)
def test_tables_that_cannot_be_understood_are_refused_in_chinese(tmp_path, lines, sentence):
    with pytest.raises(ScoringError) as caught:
        read_marks(text(tmp_path / "m.csv", *lines))
    assert caught.value.in_language("zh") == sentence


def test_a_guessed_track_that_contradicts_itself_is_said_to_be_unused(tmp_path):
    path = text(tmp_path / "m.csv", "编号,评委,分数,赛道", "A,P,80,甲", "A,Q,81,乙", "B,P,70,甲")
    assert "“赛道”列没有当作赛道：对同一件（位）有几种说法。" in read_marks(path).paragraph("zh")


@pytest.mark.parametrize("limits", [Limits(float("nan")), Limits(0, float("inf")), Limits(step=-1)])
def test_limits_that_are_no_numbers_are_refused(tmp_path, limits):
    marks = read_marks(text(tmp_path / "m.csv", "entry,judge,mark", "A,P,80"))
    with pytest.raises(ScoringError, match="cannot be"):
        marks.table(limits)


def test_every_sheet_may_be_a_judges(tmp_path):
    head = ("编号", "选题", "效果", "总分")
    sheets = {
        "汇总": [("编号", "平均分"), ("A", 28), ("B", 26)],
        "张三": [("评分表",), head, ("A", 10, 20, 30), ("B", 8, "１８", 26), ("合计", 18, 38, 56), ("签名：张三",)],
        "李四": [("评分表",), head, ("A", 9, 19, 28), ("B", 7, 20, 27)],
    }
    marks = read_marks(workbook(tmp_path / "m.xlsx", sheets))
    table = marks.table()
    assert (table.entries, table.judges, table.criteria) == (("A", "B"), ("张三", "李四"), ("效果", "选题"))
    assert table.total.tolist() == [30, 28, 26, 27]
    assert "每张工作表是一位评委：张三、李四。没有读汇总。" in marks.paragraph("zh")


def test_bad_rows_of_judges_sheets_name_the_sheet(tmp_path):
    sheets = {
        "张三": [("编号", "打分"), ("A", 90), ("B", "好")],
        "李四": [("编号", "打分"), ("A", 80), ("A", 81), (None, 70)],
    }
    with pytest.raises(BadRows) as caught:
        read_marks(workbook(tmp_path / "m.xlsx", sheets)).table()
    assert caught.value.in_language("zh").splitlines()[1:] == [
        "第 3 行：工作表“张三”：“好”不是数字。",
        "第 3 行：工作表“李四”：成果 A、评委 李四：与第 2 行重复。",
        "第 4 行：工作表“李四”：缺少成果编号。",
    ]


def test_sheets_of_rounds_are_no_judges(tmp_path):
    sheets = {name: [("编号", "打分"), ("A", 90), ("B", 80)] for name in ("初评", "复评")}
    with pytest.raises(ScoringError, match="Which column is the judge"):
        read_marks(workbook(tmp_path / "m.xlsx", sheets))


def test_sheets_without_a_common_entry_are_parts_of_a_table_and_one_is_read(tmp_path):
    sheets = {"甲校": [("编号", "张三", "李四"), ("A", 90, 91)], "乙校": [("编号", "张三", "李四"), ("B", 80, 81)]}
    marks = read_marks(workbook(tmp_path / "m.xlsx", sheets))
    assert marks.judge == ["张三", "李四"]
    assert "没有读乙校" in marks.paragraph("zh")


def test_named_columns_are_found_below_a_title_line(tmp_path):
    rows = [("评分表",), ("号", "谁", "几"), ("A", "x", 8), ("B", "x", 9)]
    named = {"entry": "号", "judge": "谁", "mark": "几"}
    marks = read_marks(workbook(tmp_path / "m.xlsx", {"打分": rows}), named=named)
    assert marks.table().total.tolist() == [8, 9]


def test_a_sheet_of_a_text_file_is_refused_and_not_passed_over(tmp_path):
    path = tmp_path / "marks.csv"
    path.write_text("entry,judge,mark\nA,x,8\nB,x,9\n", encoding="utf-8")
    with pytest.raises(ScoringError, match="no workbook"):
        read_marks(path, sheet="Round 2")
