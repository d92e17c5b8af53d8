"""A rehearsal as a workbook, with the curve that says how many judges are enough."""

from collections.abc import Sequence
from pathlib import Path

from scoring.evaluation import Method
from scoring.report.book import BLUE, GREEN, GREY, INK, RED, Book, Column
from scoring.report.words import METHOD_WORDS
from scoring.sentences import Sentence

SHEET = Sentence("Rehearsal", "演练")
SPENDING = {
    "even": Sentence(" (extra reviews spread evenly)", "（加评平均分配）"),
    "near_cut": Sentence(" (extra reviews near the line)", "（加评给线边）"),
}
COLOURS = (GREY, GREEN, RED, BLUE, INK, "#F59F00", "#7048E8")


def write_rehearsal(
    path: Path, names: Sequence[str], rows: Sequence[Sequence[object]], *, language: str = "zh"
) -> None:
    """Write the rows of a rehearsal with a chart.

    Parameters
    ----------
    path : Path
    names : sequence of str
        Of the columns.
    rows : sequence of rows
        Judges per entry, judges, load, method, share found, its standard error, how extra reviews are spent, reviews, rounds.
    language : str
        ``zh`` or ``en``.
    """
    titles = (
        Sentence("Judges per entry", "每件成果评委数"),
        Sentence("Judges", "评委数"),
        Sentence("Entries per judge", "每位评委件数"),
        Sentence("Method", "方法"),
        Sentence("Share of the right winners found", "找到的真正优胜者比例"),
        Sentence("Standard error", "标准误"),
        Sentence("Extra reviews", "加评方式"),
        Sentence("Reviews", "评审总数"),
        Sentence("Rounds played", "演练轮数"),
    )
    formats = ("0", "0", "0.0", "", "0.0%", "0.0%", "", "0", "0")
    ordered = sorted(rows, key=lambda row: (str(row[6]), str(row[3]), int(str(row[0]))))
    with Book(path, language) as book:
        columns = [Column(title, form) for title, form in zip(titles, formats, strict=True)]
        sheet = book.table(
            SHEET,
            columns,
            ordered,
            title=Sentence(
                "Before the season: what share of the right winners would be found",
                "赛前演练：这样安排评审，能找到多少真正的优胜者",
            ),
        )
        chart = book.chart(
            "scatter",
            Sentence("More judges find better", "评委越多，找得越准"),
            x=titles[0],
            y=titles[4],
            legend=True,
            subtype="straight_with_markers",
        )
        lines = list(dict.fromkeys((str(row[6]), str(row[3])) for row in ordered))
        for at, (spending, method) in enumerate(lines):
            places = [place for place, row in enumerate(ordered) if (row[6], row[3]) == (spending, method)]
            first, last = places[0] + 2, places[-1] + 2
            colour = COLOURS[at % len(COLOURS)]
            chart.add_series(
                {
                    "name": book.say(METHOD_WORDS[Method(method)][0]) + book.say(SPENDING.get(spending, "")),
                    "categories": [book.say(SHEET), first, 0, last, 0],
                    "values": [book.say(SHEET), first, 4, last, 4],
                    "line": {"color": colour, "width": 2},
                    "marker": {"type": "circle", "size": 6, "fill": {"color": colour}, "border": {"none": True}},
                }
            )
        chart.set_size({"width": 760, "height": 420})
        sheet.insert_chart(1, 8, chart)
