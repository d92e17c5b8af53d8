"""What was done, in plain words; and a sheet for the statistician."""

import json
from collections.abc import Sequence

from scoring.evaluation import Evaluation
from scoring.report.book import Book, Column, Formula
from scoring.report.words import METHOD_WORDS, note_sentence
from scoring.sentences import Sentence
from scoring.table import ScoreTable

ABOUT, STATISTICS = Sentence("About", "说明"), "Statistics"


def about_sheet(book: Book, result: Evaluation, understood: Sequence[Sentence]) -> None:
    """What was done, in plain words."""
    name, words = METHOD_WORDS[result.method]
    totals, digits, seed = sum(one.n for one in result.entries), result.params["decimals"], str(result.params["seed"])
    lines: list[tuple[str, str]] = [
        (Sentence("Method", "方法"), Sentence(f"{name.en}: {words.en}", f"{name.zh}：{words.zh}")),
        (
            Sentence("Size", "规模"),
            Sentence(
                f"{len(result.entries)} entries, {len(result.judges)} judges, {totals} totals.",
                f"{len(result.entries)} 件成果，{len(result.judges)} 位评委，{totals} 个总分。",
            ),
        ),
        (Sentence("Reading", "读取"), _understood(understood)),
        (
            Sentence("Published scores", "公布分数"),
            Sentence(f"Rounded half up to {digits} decimals, once.", f"四舍五入到 {digits} 位小数，只舍入一次。"),
        ),
        (Sentence("Ties", "并列"), _ties(result)),
        (
            Sentence("90 % intervals", "90%区间"),
            Sentence(
                "The true quality lies in them with 90 % certainty; intervals of places are counted in joint draws, "
                "never put together from single intervals.",
                "真实水平有九成把握落在区间内；名次区间由联合抽样得出，不由单个区间推出。",
            ),
        ),
        (
            Sentence("Flags", "标记"),
            Sentence(
                "A flag says that something is worth a look; no total is removed or changed.",
                "标记只说明值得有人看一看，不自动删除或改动任何分数。",
            ),
        ),
        (
            Sentence("Sums", "算式"),
            Sentence(
                "The sheet Sums says how every total counts; scores in the sheet Places are formulas over it, "
                "to be checked with a pocket calculator.",
                "“算式”表列出每个分数怎样算进得分，“名次”表的得分由公式求和得出，可用计算器复核。",
            ),
        ),
        *((Sentence("Note", "提示"), Sentence(note.text, note_sentence(note))) for note in result.notes),
        (Sentence("Seed", "随机种子"), seed),
        (Sentence("Version", "软件版本"), result.version),
        (
            Sentence("Digest", "数字指纹"),
            Sentence(
                f"{result.digest} (equal totals, method and version give an equal digest)",
                f"{result.digest}（同样的分数、方法和版本得出同样的指纹）",
            ),
        ),
    ]
    sheet = book.sheet(ABOUT)
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 100)
    sheet.write_string(0, 0, book.say(ABOUT), book.format(bold=True, font_size=13))
    for row, (label, text) in enumerate(lines, start=1):
        sheet.write_string(row, 0, book.say(label), book.format(bold=True, valign="top"))
        sheet.write_string(row, 1, book.say(text), book.format(text_wrap=True, valign="top"))


def _understood(sentences: Sequence[Sentence]) -> Sentence:
    """How the file was read."""
    if not sentences:
        return Sentence("The engine was given the totals by a program.", "分数由程序直接交给引擎。")
    return Sentence(" ".join(one.en for one in sentences), "".join(one.zh for one in sentences))


def _ties(result: Evaluation) -> Sentence:
    """What parts equal scores."""
    links = [str(link) for link in _chain(result)]
    en = f"; then by {', '.join(links)}." if links else "."
    zh = f"；依次按 {'、'.join(links)} 分先后。" if links else "。"
    return Sentence(f"Equal published scores share a place{en}", f"公布分数相同即为并列{zh}")


def statistics_sheet(book: Book, table: ScoreTable, result: Evaluation) -> None:
    """Variances, design, parameters and digest, in English."""
    rows: list[tuple[str, object, str]] = [
        ("engine", f"scoring {result.version}", ""),
        ("method", str(result.method), ""),
        (
            "parameters",
            json.dumps(dict(result.params), sort_keys=True, ensure_ascii=False),
            "evaluate(table, **parameters)",
        ),
        ("digest", result.digest, "SHA-256 of table, parameters and version; order of rows does not matter"),
        ("digest of the table", table.digest, ""),
        ("entries", len(table.entries), ""),
        ("judges", len(table.judges), ""),
        ("totals", table.ballots, ""),
        ("totals per entry, least", int(table.judges_per_entry.min()), ""),
        ("totals per entry, most", int(table.judges_per_entry.max()), ""),
        ("totals per judge, least", int(table.entries_per_judge.min()), ""),
        ("totals per judge, most", int(table.entries_per_judge.max()), ""),
        ("recused totals set aside", table.recused, ""),
        ("linked parts of the design", len(result.components), "1: every judge is comparable with every other"),
    ]
    found = result.variances
    if found is not None:
        rows += [
            ("REML sd of entries", found.entry, "points; y = mean + entry + judge + rest"),
            ("REML sd of judges", found.judge, "severity"),
            ("REML sd of the rest", found.residual, "entry x judge and error"),
            ("REML mean", found.mean, ""),
            ("REML criterion", found.criterion, "-2 restricted log-likelihood, as lme4 prints it"),
        ]
        rows += _generalizability(table, result)
    if result.full is not None:
        rows += [(f"full: {name}", _cell(getattr(result.full, name)), "") for name in type(result.full).__slots__]
    rows += [
        (f"tested: {kind}", count, "0: the design cannot test it") for kind, count in sorted(result.tested.items())
    ]
    rows += [(f"note: {note.code}", note.text, "") for note in result.notes]
    columns = [Column("figure"), Column("value", "General"), Column("about")]
    sheet = book.table(STATISTICS, columns, rows)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 46)
    sheet.set_column(2, 2, 60)


def _generalizability(table: ScoreTable, result: Evaluation) -> list[tuple[str, object, str]]:
    """G of means of k judges, raw and with severities taken out."""
    found = result.variances
    if found is None or not found.entry:
        return []
    number = {name: row for row, name in enumerate(("entry", "judge", "rest"), start=16)}
    rows: list[tuple[str, object, str]] = []
    for k in (1, 3, 5, 7, 9):
        entry, judge, rest = found.entry**2, found.judge**2, found.residual**2
        raw, clean = entry / (entry + (judge + rest) / k), entry / (entry + rest / k)
        squares = {name: f"B{row}^2" for name, row in number.items()}
        text = f"={squares['entry']}/({squares['entry']}+({squares['judge']}+{squares['rest']})/{k})"
        free = f"={squares['entry']}/({squares['entry']}+{squares['rest']}/{k})"
        rows.append((f"G, mean of {k}", Formula(text, raw), "share of the variance of means that is the entries' own"))
        rows.append((f"G, mean of {k}, severity out", Formula(free, clean), ""))
    return rows


def _chain(result: Evaluation) -> list[object]:
    chain = result.params["chain"]
    return list(chain) if isinstance(chain, list | tuple) else []


def _cell(value: object) -> object:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
