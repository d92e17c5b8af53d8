"""`scoring rehearse`: play the planned design before the season, and see what share of the right winners it finds."""

import argparse
import sys
from pathlib import Path

from scoring.commands.inputs import METHODS, add_language, add_seed, language_of
from scoring.commands.outputs import write_table
from scoring.commands.progress import progress
from scoring.sentences import Sentence

COLUMNS = ("per_entry", "judges", "load", "method", "found", "se", "spending", "reviews", "rounds")


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("rehearse", help="before the season: what share of the right winners a design finds")
    parser.add_argument("--entries", type=int, required=True, metavar="N")
    parser.add_argument("--judges", type=int, required=True, metavar="M")
    parser.add_argument("--per-entry", type=int, nargs="+", default=[3, 5, 7], metavar="K", help="default: 3 5 7")
    parser.add_argument("--winners", type=int, metavar="W", help="how many win (default: 15 %%)")
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=["mean", "trimmed", "standard", "severity"])
    parser.add_argument(
        "--rounds", type=int, default=30, metavar="R", help="rounds played for each design (default 30)"
    )
    parser.add_argument("--entry-sd", type=float, default=6.0, metavar="X", help="how different the work is (points)")
    parser.add_argument(
        "--severity-sd", type=float, default=4.0, metavar="X", help="how different the judges are (points)"
    )
    parser.add_argument("--noise-sd", type=float, default=5.0, metavar="X", help="taste and chance (points)")
    parser.add_argument(
        "--scale-sd", type=float, default=0.0, metavar="X", help="how differently judges spread marks (0.3)"
    )
    parser.add_argument("--aberrant", type=float, default=0.0, metavar="X", help="share of marks gone wrong (0.02)")
    parser.add_argument("--extra", type=int, default=0, metavar="N", help="reviews kept back for those near the line")
    parser.add_argument("-o", "--output", type=Path, metavar="OUT", help="csv, or xlsx with a chart")
    add_language(parser)
    add_seed(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Play, write and tell."""
    from scoring.planning import Plan, rehearse  # Slow to import, and only this command needs it.
    from scoring.report.words import METHOD_WORDS

    language = language_of(options)

    rows: list[list[object]] = []
    for per_entry in options.per_entry:
        plan = Plan(
            entries=options.entries,
            judges=options.judges,
            per_entry=per_entry,
            winners=options.winners or max(1, round(0.15 * options.entries)),
            entry_sd=options.entry_sd,
            severity_sd=options.severity_sd,
            noise_sd=options.noise_sd,
            scale_sd=options.scale_sd,
            aberrant=options.aberrant,
            extra=options.extra,
        )
        doing = Sentence(
            f"playing {options.rounds} rounds with {per_entry} judges per entry",
            f"正在演练 {options.rounds} 轮，每件 {per_entry} 位评委",
        )
        with progress(doing, language):
            played = rehearse(plan, methods=options.methods, rounds=options.rounds, seed=options.seed)
        load = per_entry * options.entries / options.judges
        for one in played:
            found = [one.share, one.error, one.spending, one.reviews, one.rounds]
            rows.append([per_entry, options.judges, load, str(one.method), *found])
        best = max(played, key=lambda one: one.share)
        share, error = f"{100 * best.share:.0f}", f"{100 * best.error:.0f}"
        said = Sentence(
            f"{per_entry} judges per entry: {best.method} finds {share} % of the right winners (± {error})",
            f"每件 {per_entry} 位评委：{METHOD_WORDS[best.method][0].zh}能找到 {share}% 的真正优胜者（± {error}）",
        )
        print(said.in_language(language), file=sys.stderr)
    if options.output is not None and options.output.suffix.lower() == ".xlsx":
        from scoring.report.rehearsal import write_rehearsal

        write_rehearsal(options.output, COLUMNS, rows, language=language)
        return
    write_table(options.output, COLUMNS, rows, sheet="rehearsal")
