"""The command `scoring`: tables of marks in; scores, flags, comparisons, plans and choices out."""

import argparse
import os
import sys
from collections.abc import Sequence

from scoring.commands import choose, compare, design, explain, facets, flags, rank, rehearse
from scoring.commands.inputs import language_of
from scoring.errors import ScoringError
from scoring.version import __version__

BAD_INPUT = 2
COMMANDS = (rank, flags, compare, design, rehearse, choose, explain, facets)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 0 when all went well, 2 with a list of what is wrong on bad input."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except ScoringError as error:
        print(f"scoring: {error.in_language(language_of(options))}", file=sys.stderr)
        return BAD_INPUT
    except BrokenPipeError:  # Whoever read our lines has had enough of them.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scoring", description="Scores, severities and places from judges' marks.")
    parser.add_argument("--version", action="version", version=f"scoring {__version__}")
    commands = parser.add_subparsers(required=True, metavar="command")
    for command in COMMANDS:
        command.add(commands)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
