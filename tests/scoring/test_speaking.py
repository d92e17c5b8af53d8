"""Help and refusals of the command line in Chinese."""

import argparse
import copy
import os
import pickle
import subprocess
import sys

import pytest

from scoring.cli import main, parser_of
from scoring.sentences import Sentence, is_chinese, listed, shown


def explained(parser):
    """Everything that a parser and its commands explain."""
    yield parser.description
    for group in parser._action_groups:
        yield from (group.title, group.description)
    for action in parser._actions:
        yield action.help
        if isinstance(action, argparse._SubParsersAction):
            yield from (one.help for one in action._choices_actions)
            for command in action.choices.values():
                yield from explained(command)


def test_every_explanation_has_its_chinese():
    english = [text for text in explained(parser_of("en")) if text]
    chinese = [text for text in explained(parser_of("zh")) if text]
    assert len(english) == len(chinese) > 100
    assert [text for text in chinese if not is_chinese(text)] == []
    assert [text for text in english if is_chinese(text) and "单位" not in text and "类型" not in text] == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["rank"], "缺少参数：IN。"),
        (["rank", "m.csv", "--seed", "x"], "参数 --seed：“x”不是整数。"),
        (["rank", "m.csv", "--low", "x"], "参数 --low：“x”不是数字。"),
        (["rank", "m.csv", "--method", "best"], "参数 --method：“best”不在可选之列"),
        (["rank", "m.csv", "--entry"], "参数 --entry：后面缺少内容。"),
        (["rank", "m.csv", "--bogus"], "不认识的参数：--bogus。"),
        (["rank", "nowhere.csv"], "没有文件 nowhere.csv。"),
    ],
)
def test_wrong_arguments_are_refused_in_chinese_with_status_two(monkeypatch, capsys, arguments, says):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    try:
        status = main(arguments)
    except SystemExit as end:
        status = end.code
    assert status == 2
    assert says in capsys.readouterr().err


def test_ids_are_shown_on_one_line_and_not_in_full_length():
    assert shown("a\nb  c") == "a b c"
    assert len(shown("x" * 100_000)) == 60
    assert listed([f"E{number}" for number in range(30)], "zh").endswith("E18、E19…")


def test_a_sentence_is_its_english_and_knows_its_chinese():
    sentence = Sentence("Two.", "二。")
    for same in (sentence, pickle.loads(pickle.dumps(sentence)), copy.deepcopy(sentence)):
        assert (same, same.en, same.zh, same.in_language("zh")) == ("Two.", "Two.", "二。", "二。")


def test_a_console_without_chinese_gets_escapes_and_no_trace(tmp_path):
    (tmp_path / "m.csv").write_text("编号,评委,打分\n甲,x,8\n乙,x,9\n", encoding="utf-8")
    command = [sys.executable, "-m", "scoring.cli", "rank", str(tmp_path / "m.csv"), "--language", "zh"]
    done = subprocess.run(command, capture_output=True, check=False, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert rb"\u4e59,1,9.0" in done.stdout


def test_a_command_that_is_stopped_ends_without_a_trace(monkeypatch, tmp_path, capsys):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("scoring.commands.inputs.read_marks", stop)
    assert main(["rank", str(tmp_path / "m.csv")]) == 130
    assert capsys.readouterr().err == ""
