"""The promise of `scoring rank IN -o OUT.csv`: the same columns for every method, ids as typed, order and seed without effect."""

import csv
import random

import pytest
from openpyxl import load_workbook

from scoring.cli import main

METHODS = ["mean", "trimmed", "standard", "severity", "full"]
PROMISED = {"entry", "n", "raw_mean", "score", "se", "low90", "high90", "rank", "rank_low90", "rank_high90"}
PROMISED |= {"p_top_1", "p_top_3", "p_top_5"}
IDS = ["=1+1", "-7", "Ａ０１", "a  b", "two\nlines", '"quoted", with comma', "007", "+SUM(A1)", "@x", "评审—9"]


def rows_of(path):
    """A csv as rows of names and values."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path, rows):
    """Marks as csv."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("entry", "judge", "mark"), *rows])
    return str(path)


@pytest.fixture(scope="module")
def marks():
    """Ten entries with ids of every kind, five judges each of six."""
    drawn = random.Random(7)
    return [
        (entry, f"J{judge}", round(drawn.gauss(70 + 2 * at, 5) + judge, 1))
        for at, entry in enumerate(IDS)
        for judge in drawn.sample(range(6), 5)
    ]


@pytest.mark.parametrize("method", METHODS)
def test_every_method_keeps_the_promised_columns_and_no_order_of_rows_matters(tmp_path, marks, method):
    shuffled = random.Random(1).sample(marks, len(marks))
    for name, rows in (("a", marks), ("b", shuffled)):
        options = ["--method", method, "--top", "1", "5", "--top", "3", "--seed", "4"]
        assert (
            main(["rank", write(tmp_path / f"{name}.csv", rows), "-o", str(tmp_path / f"{name}-out.csv"), *options])
            == 0
        )
    assert (tmp_path / "a-out.csv").read_bytes() == (tmp_path / "b-out.csv").read_bytes()
    rows = rows_of(tmp_path / "a-out.csv")
    assert set(rows[0]) >= PROMISED
    assert [int(row["rank"]) for row in rows] == sorted(int(row["rank"]) for row in rows)
    assert {row["entry"].removeprefix("'") for row in rows} == set(IDS)
    for row in rows:
        assert float(row["se"]) > 0
        assert float(row["low90"]) < float(row["high90"])
        assert 1 <= int(row["rank_low90"]) <= int(row["rank_high90"]) <= 10
        assert 0 <= float(row["p_top_1"]) <= float(row["p_top_3"]) <= float(row["p_top_5"]) <= 1
    for k in (1, 3, 5):
        assert sum(float(row[f"p_top_{k}"]) for row in rows) == pytest.approx(k, abs=1e-4)


def test_ids_that_look_like_formulas_are_none_in_the_csv_and_come_back_as_typed(tmp_path, marks):
    assert main(["rank", write(tmp_path / "m.csv", marks), "-o", str(tmp_path / "o.csv"), "--method", "mean"]) == 0
    written = {row["entry"] for row in rows_of(tmp_path / "o.csv")}
    assert {"'=1+1", "'+SUM(A1)", "'@x", "-7", "007", "Ａ０１", "two\nlines"} <= written
    chosen = ["--entry", "entry", "--score", "score", "--places", "10"]
    assert main(["choose", str(tmp_path / "o.csv"), "-o", str(tmp_path / "c.xlsx"), *chosen]) == 0


@pytest.mark.parametrize(("top", "says"), [("0", "top 不能是 [0]。"), ("-2", "top 不能是 [-2]。")])
def test_parameters_are_refused_in_the_language_asked_for(tmp_path, marks, capsys, top, says):
    assert main(["rank", write(tmp_path / "m.csv", marks), f"--top={top}", "--language", "zh"]) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    ("locale", "expected"), [("zh_CN.UTF-8", "2 处数据有误"), ("C", "2 处数据有误"), ("en_GB", "2 bad row(s)")]
)
def test_the_system_then_the_headings_choose_the_language(tmp_path, monkeypatch, capsys, locale, expected):
    (tmp_path / "m.csv").write_text("编号,评委,打分\nA,x,好\nB,x,坏\nC,x,3\n", encoding="utf-8")
    monkeypatch.setenv("LC_ALL", locale)
    assert main(["rank", str(tmp_path / "m.csv")]) == 2
    assert expected in capsys.readouterr().err


def test_the_report_is_written_in_the_language_asked_for(tmp_path, marks):
    for language in ("zh", "en"):
        out = str(tmp_path / f"{language}.xlsx")
        assert main(["rank", write(tmp_path / "m.csv", marks), "-o", out, "--top", "3", "--language", language]) == 0
    chinese, english = (load_workbook(tmp_path / f"{language}.xlsx") for language in ("zh", "en"))
    assert chinese.sheetnames == ["名次", "评委", "标记", "方法对比", "算式", "说明", "Statistics", "图表数据"]
    assert english.sheetnames == ["Places", "Judges", "Flags", "Methods", "Sums", "About", "Statistics", "ChartData"]
    words = [str(cell.value) for sheet in english for row in sheet.iter_rows() for cell in row if cell.data_type == "s"]
    assert not [word for word in words if any("\u4e00" <= sign <= "\u9fff" for sign in word) and word != "评审—9"]
    assert english["Places"]["C3"].value.startswith("=ROUND(SUM(Sums!$G$2:")
