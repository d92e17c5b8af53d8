"""The command `scoring`, on real and on broken files."""

import csv
import gzip
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook

from scoring import ScoreTable, aggregate_trimmed, half_up
from scoring.cli import main
from scoring.engine import published_scores
from tests.factories.scoring import make_competition

SKATING = Path(__file__).parent / "data/skating"


def read(path):
    """A csv as rows of names and values."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path, *lines):
    """A csv of lines."""
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


@pytest.fixture
def marks(tmp_path):
    """Three entries, three judges."""
    lines = (f"{entry},{judge},{70 + 5 * e + j}" for e, entry in enumerate("ABC") for j, judge in enumerate("xyz"))
    return write(tmp_path / "marks.csv", "entry,judge,mark", *lines)


def test_official_skating_scores_come_out_exactly(tmp_path):
    source, result = tmp_path / "marks.csv", tmp_path / "scores.csv"
    source.write_bytes(gzip.decompress((SKATING / "component-marks.csv.gz").read_bytes()))
    options = ["--entry", "aspect_id", "--judge", "judge", "--mark", "score", "--absent", "0"]
    assert main(["rank", str(source), "-o", str(result), "--method", "trimmed", "--drop", "1", *options]) == 0
    with gzip.open(SKATING / "component-panel-scores.csv.gz", "rt", encoding="utf-8") as file:
        official = {row["aspect_id"]: f"{float(row['scores_of_panel']):.2f}" for row in csv.DictReader(file)}
    ours = {row["entry"]: row["score"] for row in read(result)}
    assert len(official) == 8630
    assert ours == official


def test_official_grades_of_execution_come_out_exactly():
    with gzip.open(SKATING / "element-grades.csv.gz", "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    marks = [(row["element"], seat, row[seat]) for row in rows for seat in row if seat[0] == "J" and row[seat]]
    element, seat, mark = zip(*marks, strict=True)
    table = ScoreTable.from_columns(entry=element, judge=seat, mark=mark)
    ours = dict(zip(table.entries, published_scores(aggregate_trimmed(table).scores, 2), strict=True))
    assert len(rows) == 14_430
    assert all(ours[row["element"]] == Decimal(row["goe"]) for row in rows)


def test_one_row_per_entry_with_the_promised_columns(marks, tmp_path):
    assert main(["rank", marks, "-o", str(tmp_path / "out.csv"), "--method", "mean", "--top", "1", "2"]) == 0
    rows = read(tmp_path / "out.csv")
    promised = ["entry", "n", "raw_mean", "score", "se", "low90", "high90", "rank", "rank_low90", "rank_high90"]
    assert {*promised, "p_top_1", "p_top_2"} <= set(rows[0])
    assert [(row["entry"], row["n"], row["score"], row["rank"]) for row in rows] == [
        ("C", "3", "81.00", "1"),
        ("B", "3", "76.00", "2"),
        ("A", "3", "71.00", "3"),
    ]


def test_judges_are_written_when_asked_for(marks, tmp_path):
    assert main(["rank", marks, "-o", str(tmp_path / "out.csv"), "--judges", str(tmp_path / "judges.csv")]) == 0
    assert [(row["judge"], row["adjustment"]) for row in read(tmp_path / "judges.csv")] == [
        ("x", "1.00"),
        ("y", "0.00"),
        ("z", "-1.00"),
    ]


def test_bad_rows_are_listed_by_their_line_and_end_with_status_two(tmp_path, capsys):
    bad = write(tmp_path / "bad.csv", "entry,judge,mark", "A,x,90", "", "A,x,80", "B,y,good", ",y,5", "C,y,")
    assert main(["rank", bad, "-o", str(tmp_path / "out.csv")]) == 2
    told = capsys.readouterr().err
    assert told[told.index("scoring:") :] == (
        "scoring: 4 bad row(s):\n"
        "row 4: Entry A, judge x: already in row 2.\n"
        "row 5: 'good' is not a number.\n"
        "row 6: The entry is missing.\n"
        "Entry C was scored by nobody who counts.\n"
    )
    assert not (tmp_path / "out.csv").exists()


def test_an_xlsx_gives_what_its_csv_gives(marks, tmp_path):
    workbook = Workbook()
    for row in csv.reader(Path(marks).read_text(encoding="utf-8").splitlines()):
        workbook.active.append([float(cell) if cell.isdigit() else cell for cell in row])
    workbook.save(tmp_path / "marks.xlsx")
    for name, source in (("csv", marks), ("xlsx", str(tmp_path / "marks.xlsx"))):
        assert main(["rank", source, "-o", str(tmp_path / f"{name}.out")]) == 0
    assert read(tmp_path / "csv.out") == read(tmp_path / "xlsx.out")


def test_chinese_headers_in_gb18030_are_understood(tmp_path):
    (tmp_path / "marks.csv").write_bytes("编号,评委,总分\n甲,张,90\n乙,张,80\n".encode("gb18030"))
    assert main(["rank", str(tmp_path / "marks.csv"), "-o", str(tmp_path / "out.csv"), "--method", "mean"]) == 0
    assert [row["entry"] for row in read(tmp_path / "out.csv")] == ["甲", "乙"]


def test_criteria_add_up_to_totals(tmp_path):
    source = write(
        tmp_path / "m.csv", "entry,judge,item,mark", "A,x,topic,10", "A,x,effect,20", "B,x,topic,9", "B,x,effect,30"
    )
    assert main(["rank", source, "-o", str(tmp_path / "o.csv"), "--method", "mean", "--criterion", "item"]) == 0
    assert [(row["entry"], row["score"]) for row in read(tmp_path / "o.csv")] == [("B", "39.00"), ("A", "30.00")]


def test_own_units_are_tested_when_their_columns_are_named(tmp_path):
    lines = [
        f"E{e},J{j},{80 + e % 5 + j % 3 + (e * j) % 4 + (15 if e % 4 == j % 4 == 1 else 0)},U{e % 4},U{j % 4}"
        for e in range(24)
        for j in range(8)
    ]
    source = write(tmp_path / "m.csv", "entry,judge,mark,of,by", *lines)
    assert main(["rank", source, "-o", str(tmp_path / "o.csv"), "--unit-entry", "of", "--unit-judge", "by"]) == 0


def test_the_full_calibration_takes_tracks_units_order_and_a_cap(tmp_path):
    made = make_competition(entries=40, judges=8, seed=1, tracks=2, track_sd=5, units=4, mean=90.0, cap=100.0)
    table = made.table
    lines = [
        f"{table.entries[e]},{table.judges[j]},{t},{table.track_of_entry[e]},{table.unit_of_entry[e]},{table.unit_of_judge[j]},{n}"
        for n, (e, j, t) in enumerate(zip(table.entry, table.judge, table.total, strict=True))
    ]
    source = write(tmp_path / "m.csv", "entry,judge,mark,track,of,by,when", *lines)
    columns = ["--track", "track", "--unit-entry", "of", "--unit-judge", "by", "--order", "when", "--cap", "100"]
    outputs = ["-o", str(tmp_path / "o.csv"), "--judges", str(tmp_path / "j.csv"), "--ballots", str(tmp_path / "b.csv")]
    assert main(["rank", source, "--method", "full", "--top", "3", "10", "--seed", "5", *columns, *outputs]) == 0
    rows, judges, ballots = (read(tmp_path / f"{name}.csv") for name in "ojb")
    promised = ["entry", "n", "raw_mean", "score", "se", "low90", "high90", "rank", "rank_low90", "rank_high90"]
    assert {*promised, "p_top_3", "p_top_10"} <= set(rows[0])
    assert sum(float(row["p_top_3"]) for row in rows) == pytest.approx(3, abs=0.01)
    assert {row["scale"] != "" for row in judges} == {True}
    sums = dict.fromkeys((row["entry"] for row in rows), Decimal(0))
    for row in ballots:
        sums[row["entry"]] += Decimal(row["weight"]) * (Decimal(row["total"]) - Decimal(row["adjustment"]))
    assert {row["entry"]: row["score"] for row in rows} == {entry: str(half_up(total)) for entry, total in sums.items()}


def test_order_may_be_given_as_text_that_sorts(tmp_path):
    source = write(tmp_path / "m.csv", "entry,judge,mark,when", "A,x,90,2024-05-02", "B,x,80,2024-05-01")
    assert main(["rank", source, "--method", "mean", "--order", "when", "-o", str(tmp_path / "o.csv")]) == 0


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("none.csv", None, "There is no file"),
        ("empty.csv", b"", "There is no row to score."),
        ("header.csv", b"entry,judge,mark\n", "There is no row to score."),
        ("names.csv", b"who,judge,mark\nA,x,1\n", "Which column is the entry? The file has: who, judge, mark."),
        ("bytes.csv", b"\xff\xfe\x00\x81", "is neither UTF-8 nor GB 18030."),
        ("false.xlsx", b"not a workbook", "is not an xlsx workbook."),
    ],
)
def test_files_that_cannot_be_used_are_refused_with_a_sentence(tmp_path, capsys, name, content, sentence):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert main(["rank", str(tmp_path / name)]) == 2
    assert sentence in capsys.readouterr().err


def test_parameters_that_make_no_sense_end_with_status_two(marks, capsys):
    assert main(["rank", marks, "--method", "trimmed", "--drop", "3"]) == 2
    assert "needs at least 7 totals" in capsys.readouterr().err


def test_without_an_output_file_the_table_goes_to_the_screen(marks, capsys):
    assert main(["rank", marks, "--method", "median"]) == 0
    assert capsys.readouterr().out.startswith("entry,n,raw_mean,")
