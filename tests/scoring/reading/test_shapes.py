"""Tables as people keep them, made as real files and read."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.styles import Font

from scoring import BadRows, ScoringError
from scoring.reading import Limits, read_marks


def workbook(path, rows, merged=(), **sheets):
    """An xlsx of rows, with merged cells and further sheets."""
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    for area in merged:
        book.active.merge_cells(area)
    for name, others in sheets.items():
        sheet = book.create_sheet(name)
        for row in others:
            sheet.append(list(row))
    book.save(path)
    return path


def text(path, *lines):
    """A csv of lines."""
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def triples(marks):
    """Entry, judge, mark, and the criterion where there is one."""
    columns = [marks.entry, marks.judge, [float(mark) for mark in marks.mark]]
    return list(zip(*columns, *([marks.criterion] if marks.criterion else []), strict=True))


WIDE = [("A", "x", 90.0), ("A", "y", 80.0), ("B", "x", 70.0), ("B", "y", 60.0)]


def test_a_long_table_is_read_by_the_usual_names(tmp_path):
    marks = read_marks(text(tmp_path / "m.csv", "评委,盲审编号,得分", "x,A,90", "y,A,80", "x,B,70", "y,B,60"))
    assert triples(marks) == WIDE
    assert marks.paragraph() == (
        "Read 4 marks of 2 entries by 2 judges. Every row is one mark."
        " 评委 is the judge, 盲审编号 is the entry, 得分 is the mark."
    )
    assert marks.paragraph("zh") == (
        "读到 2 件参评成果、2 位评委、4 个分数。每行是一个分数。“评委”列是评委，“盲审编号”列是参评成果，“得分”列是分数。"
    )


def test_a_column_for_each_judge_is_read_with_totals_left_aside(tmp_path):
    path = workbook(
        tmp_path / "m.xlsx",
        [
            ("湖北省质量提升小组成果评分汇总表",),
            ("序号", "编号", "单位名称", "评委1", "评委2", "合计", "平均分", "名次"),
            (1, "A", "一厂", 90, 80, 170, 85, 1),
            (2, "B", "二厂", 70, 60, 130, 65, 2),
            ("合计", None, None, 160, 140, 300, 150, None),
            ("注：评委打分按百分制。",),
        ],
        ["A1:H1", "A6:H6"],
    )
    marks = read_marks(path)
    assert triples(marks) == [("A", "评委1", 90), ("A", "评委2", 80), ("B", "评委1", 70), ("B", "评委2", 60)]
    assert marks.unit_of_entry == {"A": "一厂", "B": "二厂"}
    assert marks.paragraph("zh") == (
        "读到 2 件参评成果、2 位评委、4 个分数。每行是一件成果，每位评委一列：评委1, 评委2；空格表示没有打分。"
        "“编号”列是参评成果，“单位名称”列是参评成果的单位。表头在第 2 行。第 5 行是合计或平均，未计入。"
        "第 6 行是说明文字，未计入。合计 (F), 平均分 (G)列是汇总，未计入。"
    )


def test_judges_may_have_names_of_their_own(tmp_path):
    marks = read_marks(text(tmp_path / "m.csv", "作品编号,张三,李四", "A,90,80", "B,70,60"))
    assert triples(marks) == [("A", "张三", 90), ("A", "李四", 80), ("B", "张三", 70), ("B", "李四", 60)]


def test_a_header_of_two_rows_tells_judges_from_criteria(tmp_path):
    path = workbook(
        tmp_path / "m.xlsx",
        [
            ("成果评分表",),
            ("编号", "评委甲", None, "评委乙", None, "总分"),
            (None, "选题", "效果", "选题", "效果", None),
            ("满分", 15, 20, 15, 20, 70),
            ("A", 12, 18, "１１", 17, 58),
            ("B", 10, 16, 9, "15 ", 50),
        ],
        ["A1:F1", "A2:A3", "B2:C2", "D2:E2", "F2:F3"],
    )
    assert triples(read_marks(path)) == [
        ("A", "评委甲", 12, "选题"),
        ("A", "评委甲", 18, "效果"),
        ("A", "评委乙", 11, "选题"),
        ("A", "评委乙", 17, "效果"),
        ("B", "评委甲", 10, "选题"),
        ("B", "评委甲", 16, "效果"),
        ("B", "评委乙", 9, "选题"),
        ("B", "评委乙", 15, "效果"),
    ]


def test_criteria_may_stand_above_judges(tmp_path):
    path = workbook(
        tmp_path / "m.xlsx",
        [
            ("code", "topic", None, "effect", None),
            (None, "judge 1", "judge 2", "judge 1", "judge 2"),
            ("A", 1, 2, 3, 4),
        ],
        ["B1:C1", "D1:E1"],
    )
    assert triples(read_marks(path)) == [
        ("A", "judge 1", 1, "topic"),
        ("A", "judge 2", 2, "topic"),
        ("A", "judge 1", 3, "effect"),
        ("A", "judge 2", 4, "effect"),
    ]


def test_one_heading_above_numbered_judges_is_no_judge(tmp_path):
    rows = [("编号", "评委打分", None, None, "平均"), (None, 1, 2, 3, None), ("A", 90, 80, 70, 80)]
    marks = read_marks(workbook(tmp_path / "m.xlsx", rows, ["A1:A2", "B1:D1", "E1:E2"]))
    assert triples(marks) == [("A", "1", 90), ("A", "2", 80), ("A", "3", 70)]


def test_a_csv_saved_from_a_two_row_header_reads_alike(tmp_path):
    path = text(tmp_path / "m.csv", "编号,评委1,,评委2,", ",选题,效果,选题,效果", "A,1,2,3,4", "B,5,6,7,8")
    assert triples(read_marks(path))[:3] == [
        ("A", "评委1", 1, "选题"),
        ("A", "评委1", 2, "效果"),
        ("A", "评委2", 3, "选题"),
    ]


def test_judge_and_criterion_may_share_one_heading(tmp_path):
    path = text(tmp_path / "m.csv", "编号,评委1-选题,评委1-效果,评委2-选题,评委2-效果", "A,1,2,3,4")
    assert triples(read_marks(path))[1:3] == [("A", "评委1", 2, "效果"), ("A", "评委2", 3, "选题")]


def test_a_sheet_a_row_has_its_criteria_in_columns(tmp_path):
    path = text(tmp_path / "m.csv", "评委,编号,选题,效果,总分", "x,A,10,20,30", "y,A,9,19,28", "x,B,8,18,26")
    marks = read_marks(path)
    assert triples(marks)[:2] == [("A", "x", 10, "选题"), ("A", "x", 20, "效果")]
    assert marks.table().total.tolist() == [30, 28, 26]


def test_a_total_that_is_no_plain_sum_is_the_mark(tmp_path):
    path = text(tmp_path / "m.csv", "评委,编号,选题,效果,总分", "x,A,10,20,25", "y,A,9,19,23.5")
    assert triples(read_marks(path)) == [("A", "x", 25), ("A", "y", 23.5)]


def test_judges_may_stand_in_rows(tmp_path):
    marks = read_marks(text(tmp_path / "m.csv", "评委,成果一,成果二", "x,90,70", "y,80,60"))
    assert sorted(triples(marks)) == [
        ("成果一", "x", 90),
        ("成果一", "y", 80),
        ("成果二", "x", 70),
        ("成果二", "y", 60),
    ]


def test_tall_merged_ids_count_in_every_row_they_cover(tmp_path):
    rows = [("编号", "评委", "得分"), ("A", "x", 90), (None, "y", 80), ("B", "x", 70), (None, "y", 60)]
    assert triples(read_marks(workbook(tmp_path / "m.xlsx", rows, ["A2:A3", "A4:A5"]))) == WIDE


def test_excels_habits_survive(tmp_path):
    path = tmp_path / "m.xlsx"
    rows = [
        (None, None, None),
        ("编 号", "评委", "得分 "),
        ("Ａ０１", "张三 ", "９０．５"),
        (None, None, None),
        ("　A01", "李四", "1,080.5"),
        ("编 号", "评委", "得分 "),
        (7.0, "张三", "88分"),
        ("平均分", None, 86.2),
        ("制表人：王五", None, "日期：2022年6月30日"),
    ]
    workbook(path, rows)
    marks = read_marks(path)
    assert triples(marks) == [("A01", "张三", 90.5), ("A01", "李四", 1080.5), ("7", "张三", 88)]
    assert [row for row, _ in marks.place] == [3, 5, 7]
    assert "Left out: row 6, which name the columns again." in marks.paragraph()


def test_lines_to_sign_below_a_table_are_notes(tmp_path):
    lines = ("编号,王老师,李老师,合计", "A,90,80,170", "B,70,60,130", "组长签字：,,日期：,", "记分员：,,,")
    marks = read_marks(text(tmp_path / "m.csv", *lines))
    assert marks.table().ballots == 4
    assert "Left out: row 4, 5, which are notes." in marks.paragraph()


def test_words_instead_of_marks_are_listed_by_row(tmp_path):
    marks = read_marks(text(tmp_path / "m.csv", "编号,评委1,评委2", "A,优,良", "B,中,差"))
    with pytest.raises(BadRows, match=r"row 2: column B \(评委1\): '优' is not a number"):
        marks.table()


def test_the_unit_that_an_entry_belongs_to_is_known_by_its_usual_names(tmp_path):
    lines = ("项目名称,所属学院,评委姓名,评委单位,得分", "甲,文学院,王,文学院,90", "乙,理学院,王,文学院,80")
    assert read_marks(text(tmp_path / "m.csv", *lines)).table().own_unit.tolist() == [False, True]


def test_a_last_row_of_sums_without_a_name_is_left_out(tmp_path):
    marks = read_marks(text(tmp_path / "m.csv", "编号,评委1,评委2", "A,90,80", "B,70,60", ",80,70"))
    assert len(marks.mark) == 4
    assert "Left out: row 4, which sum up the others." in marks.paragraph()


def test_hidden_rows_count_and_are_told(tmp_path):
    path = workbook(tmp_path / "m.xlsx", [("编号", "评委1", "评委2"), ("A", 90, 80), ("B", 70, 60), (None, None, None)])
    from openpyxl import load_workbook

    book = load_workbook(path)
    book.active.row_dimensions[3].hidden = True
    book.active.row_dimensions[4].hidden = True
    book.active["A1"].font = Font(bold=True)
    book.save(path)
    marks = read_marks(path)
    assert len(marks.mark) == 4
    assert "1 hidden rows count too." in marks.paragraph()


def test_blank_and_dashed_cells_of_a_judge_are_no_marks_and_recusals_are_told(tmp_path):
    marks = read_marks(text(tmp_path / "m.csv", "编号,评委1,评委2,评委3", "A,90,,80", "B,/,70,回避", "C,—,65,60"))
    assert [(e, j) for e, j, recused in zip(marks.entry, marks.judge, marks.recused, strict=True) if not recused] == [
        ("A", "评委1"),
        ("A", "评委3"),
        ("B", "评委2"),
        ("C", "评委2"),
        ("C", "评委3"),
    ]
    assert marks.table().recused == 1


def test_a_blank_mark_of_a_long_table_is_an_absent_judge_and_counted(tmp_path):
    marks = read_marks(text(tmp_path / "m.csv", "成果,评委,分数", "A,甲,90", "A,乙,", "B,甲,-", "B,乙,70", "B,丙,60"))
    assert "2 marks are blank: the judge gave none, as if absent." in marks.paragraph()
    assert "有 2 处分数空白，视为评委没有打分。" in marks.paragraph("zh")
    assert marks.table().ballots == 3
    lonely = read_marks(text(tmp_path / "n.csv", "成果,评委,分数", "A,甲,90", "A,乙,80", "B,甲,", "B,乙,"))
    with pytest.raises(BadRows, match=r"Entry B was scored by nobody who counts\."):
        lonely.table()


def test_a_sheet_left_blank_is_an_absent_judge_and_a_sheet_half_filled_is_a_fault(tmp_path):
    head = "成果,评委,创新,应用"
    blank = read_marks(text(tmp_path / "m.csv", head, "A,甲,9,8", "A,乙,,", "B,甲,7,6", "B,乙,5,6"))
    assert blank.table().ballots == 3
    assert "2 marks are blank" in blank.paragraph()
    half = read_marks(text(tmp_path / "n.csv", head, "A,甲,9,8", "A,乙,7,", "B,甲,7,6"))
    with pytest.raises(BadRows, match=r"row 3: column D \(应用\): The mark is missing\."):
        half.table()
    long = read_marks(
        text(tmp_path / "o.csv", "成果,评委,评分项,分数", "A,甲,创新,9", "A,甲,应用,", "A,乙,创新,", "A,乙,应用,")
    )
    with pytest.raises(BadRows, match=r"1 bad row\(s\):\nrow 3: The mark is missing\."):
        long.table()


def test_the_first_visible_sheet_with_rows_is_read_and_the_others_named(tmp_path):
    path = workbook(
        tmp_path / "m.xlsx", [("说明",)], 打分=[("编号", "评委1", "评委2"), ("A", 90, 80)], 旧=[("x",), ("y",)]
    )
    assert "The sheet 打分 was read, not Sheet, 旧." in read_marks(path).paragraph()
    with pytest.raises(ScoringError, match=r"There is no sheet 新; the workbook has: Sheet, 打分, 旧\."):
        read_marks(path, sheet="新")


def test_everything_wrong_is_listed_at_once_by_row_and_column(tmp_path):
    path = workbook(
        tmp_path / "m.xlsx",
        [
            ("评分表",),
            ("编号", "评委1", "评委2"),
            ("A", 90, "八十"),
            ("A", 70, 60),
            (None, 50, 51),
            ("C", None, "-"),
            ("D", "=B3+1", 77),
            ("E", 120, 88),
        ],
        ["A1:C1"],
    )
    with pytest.raises(BadRows) as refusal:
        read_marks(path).table(Limits(high=100))
    assert str(refusal.value) == (
        "6 bad row(s):\n"
        "row 3: column C (评委2): '八十' is not a number.\n"
        "row 4: Entry A: already in row 3.\n"
        "row 5: The entry is missing.\n"
        "row 6: Entry C was scored by nobody who counts.\n"
        "row 7: column B (评委1): a formula was saved without its value; please open the file in Excel and save it.\n"
        "row 8: column B (评委1): 120 is above 100."
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_is_read_in_the_encodings_and_with_the_delimiters_that_excel_writes(tmp_path, encoding, delimiter):
    lines = [
        delimiter.join(row)
        for row in (("编号", "评委", "得分"), ("A", "x", "90"), ("A", "y", "80"), ("B", "x", "70"), ("B", "y", "60"))
    ]
    (tmp_path / "m.csv").write_bytes("\r\n".join(lines).encode(encoding))
    assert triples(read_marks(tmp_path / "m.csv")) == WIDE


def test_a_line_break_within_a_cell_keeps_row_numbers(tmp_path):
    path = text(tmp_path / "m.csv", "编号,评委,得分,评语", 'A,x,90,"好\n很好"', "A,y,八,")
    with pytest.raises(BadRows, match="row 3: '八' is not a number"):
        read_marks(path).table()


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (["编号,得分", "A,90"], "Which column is the judge? The file has: 编号, 得分."),
        (["编号,评委1,评委1", "A,90,80"], "Columns B and C have the same name, 评委1."),
        (["编号,评委", "A,x"], "Which column is the mark? The file has: 编号, 评委."),
        (["x"], "There is no row to score."),
        (["编号,评委,得分", "合计,,90"], "There is no row to score."),
    ],
)
def test_tables_that_cannot_be_understood_are_refused_with_a_sentence(tmp_path, lines, sentence):
    with pytest.raises(ScoringError) as refusal:
        read_marks(text(tmp_path / "m.csv", *lines)).table()
    assert str(refusal.value) == sentence


def test_a_named_column_wins_over_the_guess_and_none_refuses_it(tmp_path):
    path = text(tmp_path / "m.csv", "编号,评委,得分,总分,组别", "A,x,9,90,甲", "A,y,8,80,甲", "B,x,7,70,乙")
    marks = read_marks(path, named={"mark": "总分", "track": "none"})
    assert [float(mark) for mark in marks.mark] == [90, 80, 70]
    assert marks.track_of_entry is None
    assert read_marks(path).track_of_entry == {"A": "甲", "B": "乙"}
    with pytest.raises(ScoringError, match="There is no column 总成绩; the file has: 编号, 评委, 得分, 总分, 组别"):
        read_marks(path, named={"mark": "总成绩"})


def test_a_guessed_unit_that_contradicts_itself_is_no_unit_and_a_named_one_is_a_fault(tmp_path):
    path = text(tmp_path / "m.csv", "编号,评委,得分,单位", "A,x,9,一厂", "A,y,8,二厂")
    assert read_marks(path).unit_of_entry is None
    with pytest.raises(BadRows, match="row 3: A has 一厂 and 二厂 in the column 单位"):
        read_marks(path, named={"unit_entry": "单位"}).table()


def test_parquet_is_refused_with_a_sentence_where_its_package_is_missing(tmp_path, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (tmp_path / "m.parquet").write_bytes(b"PAR1")
    with pytest.raises(ScoringError, match="reading parquet needs the package pyarrow"):
        read_marks(tmp_path / "m.parquet")


@settings(max_examples=30, deadline=None)
@given(
    marks=st.dictionaries(
        st.tuples(st.integers(1, 5), st.integers(1, 4)), st.decimals(0, 100, places=1), min_size=2, max_size=20
    )
)
def test_long_and_wide_tables_of_the_same_marks_are_the_same(tmp_path_factory, marks):
    folder = tmp_path_factory.mktemp("shapes")
    entries, judges = sorted({e for e, _ in marks}), sorted({j for _, j in marks})
    long = text(folder / "long.csv", "编号,评委,得分", *(f"E{e},评委{j},{mark}" for (e, j), mark in marks.items()))
    header = ",".join(["编号", *(f"评委{j}" for j in judges), "评委0", "评委9", "总分"])
    rows = [",".join([f"E{e}", *(str(marks.get((e, j), "")) for j in judges), "", "", "7"]) for e in entries]
    wide = text(folder / "wide.csv", "成绩单", header, *rows, "合计,1,,,")
    assert read_marks(wide).table().digest == read_marks(long).table().digest
