"""The command line's own words in Chinese: help, usage, and what is wrong with the arguments."""

import argparse
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NoReturn

from scoring.commands.inputs import system_language

HELP: Mapping[str, str] = {
    "Scores, severities and places from judges' marks.": "由评委的打分得出得分、评委宽严和名次。",
    "positional arguments": "位置参数",
    "options": "选项",
    "show this help message and exit": "显示这段说明",
    "show program's version number and exit": "显示版本号",
    "score and rank the entries; OUT.xlsx gives the whole report with charts": "计分、排名；输出为 xlsx 时给出带图表的完整报告",
    "judges and marks that deserve a look, each with its test": "值得看一看的评委和分数，各附检验",
    "all methods side by side, with every place that changes": "各种方法并排比较，列出每个变化的名次",
    "loads, links and reliability; how many judges are enough": "工作量、相互联系和可靠程度；几位评委才够",
    "before the season: what share of the right winners a design finds": "赛前演练：这样安排能找到多少真正的优胜者",
    "the best list within all quotas, and why everybody is in or out": "在全部名额限制之内的最优名单，以及每件入选或落选的理由",
    "the sum behind every score, from marks to the published figure": "从原始分到公布分的算式",
    "the many-facet Rasch model: short rubrics on one scale of logits": "多面 Rasch 模型：把分档评分放到同一个对数尺度上",
    "the file": "文件",
    "Columns go by their usual names, Chinese or English; `none`: no such column.": "列名按中英文习惯识别；写 none 表示没有这一列。",
    "the method": "方法",
    "csv, xlsx or parquet; the shape is guessed and told": "csv、xlsx 或 parquet；自动判断排列方式并说明",
    "who is judged": "参评成果",
    "who judges": "评委",
    "the mark": "分数",
    "what the mark is for": "评分项",
    "tracks: entries of different tracks need not be alike": "赛道：不同赛道的成果水平可以不同",
    "the entry's unit, for favouritism": "成果所属单位，用于检验偏向本单位",
    "the judge's unit": "评委所属单位",
    "when the mark was given, for drift": "打分的先后，用于检验尺度变化",
    "of a workbook (default: the first with rows)": "工作表的名字（默认：第一个有表格的）",
    "a mark that says the judge gave none, such as 0": "表示没有打分的数，例如 0",
    "what marks are allowed: low": "允许的最低分",
    "what marks are allowed: high": "允许的最高分",
    "what marks are allowed: step": "分数的步长",
    "weights of criteria (default 1)": "评分项的权重（默认 1）",
    "of what is told (default: the system's, or that of the headings)": "提示所用的语言（默认随系统，或随表头）",
    "csv: a row per entry; xlsx: the report": "csv：每件成果一行；xlsx：完整报告",
    "also write one row per judge": "另写一份，每位评委一行",
    "also write every total's weight and adjustment (full)": "另写每个分数的权重和校准值（full）",
    "default: severity": "默认：severity（宽严校准）",
    "chance of the best K": "进入前 K 名的把握",
    "the largest total possible: it says this or more (full)": "可能的最高总分：到此即“不低于”（full）",
    "highest and lowest totals left out (trimmed)": "两端各去掉几个分数（trimmed）",
    "only from so many totals on (default 5)": "分数达到几个才去掉（默认 5）",
    "of published scores, half up (default 2)": "公布分数的小数位数，四舍五入（默认 2）",
    "what parts equal scores": "同分时依次比较什么",
    "rank parts together that share no judge": "没有共同评委的各部分也一起排名",
    "of all that is drawn (default 0)": "随机种子（默认 0）",
    "csv or xlsx: one row per thing tested": "csv 或 xlsx：每项检验一行",
    "leave out what was tested and not flagged": "只写标记出来的",
    "the entry's region, for favour towards one's own": "成果所在地区，用于检验偏向本地区",
    "the judge's region": "评委所在地区",
    "csv or xlsx: one row per entry": "csv 或 xlsx：每件成果一行",
    "default: all": "默认：全部",
    "csv or xlsx: figure, value, what it says": "csv 或 xlsx：项目、数值、含义",
    "the line lies below the best K": "分界线在前 K 名之下",
    "where the next N reviews help most (with --cut)": "再加评 N 次，加在哪里最有用（与 --cut 合用）",
    "default: 3 5 7": "默认：3 5 7",
    "how many win (default: 15 %%)": "优胜者个数（默认 15%%）",
    "rounds played for each design (default 30)": "每种安排演练的轮数（默认 30）",
    "how different the work is (points)": "成果之间相差多少（分）",
    "how different the judges are (points)": "评委之间宽严相差多少（分）",
    "taste and chance (points)": "口味和偶然（分）",
    "how differently judges spread marks (0.3)": "评委拉开差距的程度相差多少（0.3）",
    "share of marks gone wrong (0.02)": "打错的分数所占比例（0.02）",
    "reviews kept back for those near the line": "留给线边成果的加评次数",
    "csv, or xlsx with a chart": "csv，或带图表的 xlsx",
    "how many are chosen": "选出几件",
    "how many wait behind them": "候补几件",
    "the file lists entries with this score; no marks are read": "文件是成果和得分的名单，得分在这一列",
    "with --score: what parts equal scores": "与 --score 合用：同分时依次比较哪些列",
    "at most N of every group (单位=2), or of one (单位:一厂=3)": "每组至多 N 件（单位=2），或某一组至多 N 件（单位:一厂=3）",
    "places kept for a group (类型:创新型=5)": "为某一组保留的名额（类型:创新型=5）",
    "entries with anything in this column cannot be chosen": "这一列有内容的成果不能入选",
    "these entries (default: all)": "只说明这几件（默认全部）",
    "default: to the screen": "默认显示在屏幕上",
    "csv or xlsx: a row per entry, judge, criterion": "csv 或 xlsx：每件成果、每位评委、每个评分项一行",
}
FAULTS = (
    (r"the following arguments are required: (.*)", r"缺少参数：\1"),
    (r"argument (.*): invalid int value: '(.*)'", r"参数 \1：“\2”不是整数"),
    (r"argument (.*): invalid float value: '(.*)'", r"参数 \1：“\2”不是数字"),
    (r"argument (.*): invalid choice: '(.*)' \(choose from (.*)\)", r"参数 \1：“\2”不在可选之列（\3）"),
    (r"argument (.*): expected (?:one|at least one) argument", r"参数 \1：后面缺少内容"),
    (r"unrecognized arguments: (.*)", r"不认识的参数：\1"),
    (r"ambiguous option: (.*) could match (.*)", r"参数 \1 不明确，可能是 \2"),
)


class Speaker(argparse.ArgumentParser):
    """A parser that refuses in the language asked for."""

    def __init__(self, language: str, **options: Any) -> None:
        super().__init__(**options)
        self.language = language

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the arguments; status 2."""
        chinese = self.language == "zh"
        for pattern, words in FAULTS if chinese else ():
            message = re.sub(f"^{pattern}$", words, message)
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}：{message}。\n" if chinese else f"{self.prog}: error: {message}\n")


def asked(arguments: Sequence[str]) -> str:
    """The language of help: as asked among the arguments, or the system's."""
    given = list(arguments)
    for place, one in enumerate(given):
        name, _, value = one.partition("=")
        if name == "--language":
            return value or next(iter(given[place + 1 :]), "")
    return system_language()


def in_chinese(parser: argparse.ArgumentParser) -> None:
    """Say everything that a parser and its commands explain in Chinese."""
    parser.description = _said(parser.description)
    for group in parser._action_groups:
        group.title, group.description = _said(group.title), _said(group.description)
    for action in (*parser._actions, *_commands(parser)):
        action.help = _said(action.help)
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                in_chinese(command)


def _commands(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action._choices_actions


def _said(text: str | None) -> str | None:
    return HELP.get(text, text) if text else text
