"""`scoring rehearse`: play the planned design before the season, and see what share of the right winners it finds."""

import argparse
import sys
from pathlib import Path

from scoring.commands.inputs import METHODS, add_seed
from scoring.commands.outputs import write_table
from scoring.commands.progress import progress

COLUMNS = ("per_entry", "judges", "load", "method", "found", "se", "tau")


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
    parser.add_argument("-o", "--output", type=Path, metavar="OUT", help="csv, or xlsx with a chart")
    add_seed(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Play, write and tell."""
    from scoring.rehearsal import rehearse_design  # Slow to import, and only this command needs it.

    rows = []
    for per_entry in options.per_entry:
        with progress(f"playing {options.rounds} rounds with {per_entry} judges per entry"):
            played = rehearse_design(
                entries=options.entries,
                judges=options.judges,
                per_entry=per_entry,
                winners=options.winners or max(1, round(0.15 * options.entries)),
                methods=options.methods,
                rounds=options.rounds,
                seed=options.seed,
                entry_sd=options.entry_sd,
                severity_sd=options.severity_sd,
                noise_sd=options.noise_sd,
            )
        load = per_entry * options.entries / options.judges
        rows += [[per_entry, options.judges, load, one.method, one.found, one.se, one.tau] for one in played]
        best = max(played, key=lambda one: one.found)
        told = f"{per_entry} judges per entry: {best.method} finds {100 * best.found:.0f} % of the right winners"
        print(f"{told} (± {100 * best.se:.0f})", file=sys.stderr)
    if options.output is not None and options.output.suffix.lower() == ".xlsx":
        from scoring.report.rehearsal import write_rehearsal

        write_rehearsal(options.output, COLUMNS, rows)
        return
    write_table(options.output, COLUMNS, rows, sheet="rehearsal")
