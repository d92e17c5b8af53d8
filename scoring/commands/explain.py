"""`scoring explain`: the sum behind an entry's score, to redo by hand."""

import argparse
import sys
from pathlib import Path

from scoring.commands.inputs import add_input, add_method, evaluate_input, language_of, read_input
from scoring.commands.outputs import writable


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("explain", help="the sum behind every score, from marks to the published figure")
    add_input(parser)
    parser.add_argument("--only", nargs="+", default=[], metavar="ENTRY", help="these entries (default: all)")
    parser.add_argument("-o", "--output", type=Path, metavar="OUT.txt", help="default: to the screen")
    add_method(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Explain."""
    from scoring.explanation import explain  # Slow to import: not before the file has been read.
    from scoring.telling import tell

    _, table = read_input(options)
    result = evaluate_input(table, options)
    told = [tell(one, language_of(options)) for one in explain(table, result, options.only or None)]
    text = "\n\n".join(told) + "\n"
    if options.output is None:
        sys.stdout.write(text)
        return
    with writable(options.output):
        options.output.write_text(text, encoding="utf-8")
