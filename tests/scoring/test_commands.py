"""Every command on small real files: what it writes, what it says, what it refuses."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from scoring import simulate_round
from scoring.cli import main


def read(path):
    """A csv as rows of names and values."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def marks(tmp_path):
    """A round of 30 entries as a workbook with a column for each judge."""
    table = simulate_round(entries=30, judges=8, per_entry=4, seed=5).table
    given = {
        (e, j): float(mark) for e, j, mark in zip(table.entry.tolist(), table.judge.tolist(), table.total, strict=True)
    }
    book = Workbook()
    book.active.append(["评分汇总表"])
    book.active.append(["编号", "单位", "类型", *(f"评委{j + 1}" for j in range(8)), "平均分"])
    for e, entry in enumerate(table.entries):
        row = [given.get((e, j)) for j in range(8)]
        kind = "创新型" if e % 5 == 0 else "问题解决型"
        book.active.append([entry, f"{e % 7}厂", kind, *row, f"=AVERAGE(D{e + 3}:K{e + 3})"])
    book.active.merge_cells("A1:L1")
    book.save(tmp_path / "marks.xlsx")
    return str(tmp_path / "marks.xlsx")


def test_flags_have_a_row_for_everything_tested(marks, tmp_path, capsys):
    assert main(["flags", marks, "-o", str(tmp_path / "f.csv")]) == 0
    rows = read(tmp_path / "f.csv")
    assert {"flag", "judge", "entry", "statistic", "p", "q", "effect", "flagged"} <= set(rows[0])
    assert {row["flagged"] for row in rows} <= {"0", "1"}
    assert sum(row["flag"] == "severity" for row in rows) == 8
    assert sum(row["flag"] == "score" for row in rows) == 120
    assert "not testable: drift" in capsys.readouterr().err
    assert main(["flags", marks, "-o", str(tmp_path / "g.csv"), "--only-flagged"]) == 0
    assert read(tmp_path / "g.csv") == [row for row in rows if row["flagged"] == "1"]


def test_compare_puts_all_methods_side_by_side(marks, tmp_path, capsys):
    assert main(["compare", marks, "-o", str(tmp_path / "c.csv"), "--top", "5", "--methods", "mean", "severity"]) == 0
    rows = read(tmp_path / "c.csv")
    assert len(rows) == 30
    for row in rows:
        ranks = [int(row["rank_mean"]), int(row["rank_severity"])]
        assert [int(row["rank_best"]), int(row["rank_worst"]), int(row["moves"])] == [
            min(ranks),
            max(ranks),
            abs(ranks[0] - ranks[1]),
        ]
    said = capsys.readouterr().err
    assert "severity and mean: Kendall's tau 0." in said
    changed = sum(len(row["top_5_by"].split()) == 1 for row in rows)
    assert f"{changed} of the best 5 change" in said


def test_what_is_told_is_told_in_chinese_when_asked_for(marks, tmp_path, capsys):
    assert main(["flags", marks, "-o", str(tmp_path / "f.csv"), "--language", "zh"]) == 0
    assert "无法检验：前后尺度变化：不知道打分的先后次序。" in capsys.readouterr().err
    assert main(["rank", marks, "-o", str(tmp_path / "r.csv"), "--language", "zh"]) == 0
    assert "30 件成果，按宽严校准；摘要 " in capsys.readouterr().err
    assert main(["design", marks, "-o", str(tmp_path / "d.csv"), "--language", "zh"]) == 0
    about = {row["figure"]: row["about"] for row in read(tmp_path / "d.csv")}
    assert about["宽严校准的灯"] == "所有评委都由共同打过的成果联系起来，宽严与质量可以分开。"


def test_design_tells_loads_lights_and_where_the_next_reviews_help(marks, tmp_path):
    assert main(["design", marks, "-o", str(tmp_path / "d.csv"), "--cut", "5", "--next", "6"]) == 0
    told = {row["figure"]: row["value"] for row in read(tmp_path / "d.csv")}
    assert (told["entries"], told["judges"], told["linked parts"], told["entries per judge, least"]) == (
        "30",
        "8",
        "1",
        "15",
    )
    assert told["light for mean"] in {"green", "yellow", "red", "amber"}
    assert 0 < float(told["reliability of 3 judges, averaged"]) < float(told["reliability of 3 judges, calibrated"]) < 1
    assert sum(int(value) for name, value in told.items() if name.startswith("next reviews for")) == 6
    assert main(["design", marks, "--next", "6"]) == 2


def test_rehearsal_tells_what_a_design_finds_and_draws_it(tmp_path, capsys):
    plan = [
        "rehearse",
        "--entries",
        "40",
        "--judges",
        "10",
        "--per-entry",
        "2",
        "4",
        "--rounds",
        "5",
        "--methods",
        "mean",
        "severity",
    ]
    assert main([*plan, "-o", str(tmp_path / "r.csv")]) == 0
    rows = read(tmp_path / "r.csv")
    assert [(row["per_entry"], row["method"]) for row in rows] == [
        ("2", "mean"),
        ("2", "severity"),
        ("4", "mean"),
        ("4", "severity"),
    ]
    assert all(0 < float(row["found"]) <= 1 for row in rows)
    assert "4 judges per entry: " in capsys.readouterr().err
    assert main([*plan, "-o", str(tmp_path / "r.xlsx")]) == 0
    assert len(load_workbook(tmp_path / "r.xlsx")["Rehearsal"]._charts) == 1
    assert main(["rehearse", "--entries", "4", "--judges", "2", "--per-entry", "3"]) == 2


def test_choose_keeps_quotas_and_gives_everybody_a_reason(marks, tmp_path, capsys):
    limits = ["--most", "单位=1", "--least", "类型:创新型=2"]
    assert main(["choose", marks, "-o", str(tmp_path / "c.csv"), "--places", "6", "--reserves", "2", *limits]) == 0
    rows = read(tmp_path / "c.csv")
    chosen = [row for row in rows if row["outcome"] == "chosen"]
    assert [row["place"] for row in chosen] == ["1", "2", "3", "4", "5", "6"]
    assert [row["reserve"] for row in rows if row["outcome"] == "reserve"] == ["1", "2"]
    assert len({int(row["entry"][1:]) % 7 for row in chosen}) == 6
    assert sum((int(row["entry"][1:]) - 1) % 5 == 0 for row in chosen) >= 2
    assert all(row["text"] for row in rows)
    assert "6 chosen, 2 reserve, 22 out; proven the best list there is" in capsys.readouterr().err


def test_choose_takes_a_list_of_scores_too(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(
        "编号,得分,单位,材料分,说明\nA,90,一厂,40,\nB,88,一厂,41,已获奖\nC,80,二厂,30,\nD,80,三厂,35,\n合计,338,,,\n",
        encoding="utf-8",
    )
    options = ["--score", "得分", "--then", "材料分", "--places", "2", "--barred", "说明"]
    assert main(["choose", str(path), "-o", str(tmp_path / "c.csv"), *options]) == 0
    assert [(row["entry"], row["outcome"], row["text"]) for row in read(tmp_path / "c.csv")] == [
        ("A", "chosen", "10 points above the line of 80."),
        ("B", "out", "已获奖"),
        ("D", "chosen", "On the line of 80."),
        ("C", "out", "On the line, and later in the standings than those chosen."),
    ]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--most", "地区=2"], "There is no column 地区 that says one thing of every entry"),
        (["--most", "单位2"], "单位2 is no COLUMN=N"),
        (["--least", "类型:创新型=9"], "9 places are kept for 创新型, which has 6 eligible entries."),
    ],
)
def test_choices_that_cannot_be_are_refused_with_a_sentence(marks, capsys, options, sentence):
    assert main(["choose", marks, "--places", "3", *options]) == 2
    assert sentence in capsys.readouterr().err


def test_explain_writes_the_sum_in_the_language_asked_for(marks, tmp_path, capsys):
    assert main(["explain", marks, "--only", "E03", "--method", "mean", "--language", "zh"]) == 0
    assert capsys.readouterr().out.startswith("E03：平均分，")
    assert main(["explain", marks, "-o", str(tmp_path / "e.txt"), "--language", "en"]) == 0
    assert (tmp_path / "e.txt").read_text(encoding="utf-8").count("rounded half up to 2 decimals") == 30
    assert main(["explain", marks, "--only", "E99"]) == 2
    assert "There is no entry E99." in capsys.readouterr().err


def test_rank_writes_the_report_and_says_what_it_understood(marks, tmp_path, capsys):
    assert main(["rank", marks, "-o", str(tmp_path / "r.xlsx"), "--language", "zh", "--top", "3"]) == 0
    assert "读到 30 件参评成果、8 位评委、120 个分数。" in capsys.readouterr().err
    assert load_workbook(tmp_path / "r.xlsx").sheetnames[:3] == ["名次", "评委", "标记"]


@pytest.mark.parametrize(
    "command",
    [
        ["rank", "--method", "full", "--top", "3"],
        ["flags"],
        ["compare", "--methods", "mean", "severity"],
        ["choose", "--places", "5"],
    ],
)
def test_outputs_are_the_same_bytes_whatever_the_hash_seed(marks, tmp_path, command):
    written = []
    for seed in ("0", "1"):
        target = tmp_path / f"{seed}.csv"
        arguments = [sys.executable, "-m", "scoring.cli", command[0], marks, *command[1:], "-o", str(target)]
        subprocess.run(arguments, check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed})
        written.append(target.read_bytes())
    assert written[0] == written[1]


def test_broken_workbooks_end_with_a_sentence_and_never_with_a_trace(marks, tmp_path, capsys):
    content = bytearray(Path(marks).read_bytes())
    for place in range(0, len(content), 97):
        broken = content.copy()
        broken[place] ^= 0xFF
        (tmp_path / "broken.xlsx").write_bytes(broken)
        assert main(["rank", str(tmp_path / "broken.xlsx"), "--method", "mean", "-o", str(tmp_path / "o.csv")]) in {
            0,
            2,
        }
    capsys.readouterr()


def test_importing_the_library_loads_neither_pandas_nor_writers():
    code = "import sys, scoring, scoring.cli; print(sorted({'pandas', 'scipy', 'openpyxl', 'xlsxwriter'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "[]\n"
