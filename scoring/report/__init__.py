"""The report as a workbook: sheets for organizers in Chinese or English, one for the statistician, Excel's own charts."""

from collections.abc import Sequence
from pathlib import Path

from scoring.evaluation import Evaluation
from scoring.explanation import explain
from scoring.report import about, charts, sheets, sums
from scoring.report.book import Book
from scoring.sentences import Sentence
from scoring.table import ScoreTable


def write_report(
    path: Path, table: ScoreTable, result: Evaluation, *, understood: Sequence[Sentence] = (), language: str = "zh"
) -> None:
    """Write the report of one evaluation.

    Parameters
    ----------
    path : Path
        Of an xlsx file; equal evaluations give equal bytes.
    table : ScoreTable
        The one that was evaluated.
    result : Evaluation
    understood : sequence of Sentence
        How the file of marks was read.
    language : str
        ``zh`` or ``en``.

    Raises
    ------
    ScoringError
        ``unwritable``, ``too_many_rows``.
    """
    told = list(explain(table, result))
    with Book(path, language) as book:
        ranks = sheets.ranks_sheet(book, result, told)
        judges = sheets.judges_sheet(book, result)
        sheets.flags_sheet(book, result)
        methods = sheets.methods_sheet(book, result)
        sums.sums_sheet(book, told, result)
        about.about_sheet(book, result, understood)
        about.statistics_sheet(book, table, result)
        charts.draw(book, result, ranks, judges, methods)
