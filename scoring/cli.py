"""The command `scoring`: tables of marks in; scores, flags, comparisons, plans and choices out."""

import argparse
import io
import os
import sys
from collections.abc import Sequence
from functools import partial
from typing import Any

from scoring.commands import choose, compare, design, explain, facets, flags, rank, rehearse
from scoring.commands.inputs import language_of
from scoring.commands.speaking import Speaker, asked, in_chinese
from scoring.errors import ScoringError
from scoring.version import __version__

BAD_INPUT = 2
STOPPED = 130
COMMANDS = (rank, flags, compare, design, rehearse, choose, explain, facets)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 0 when all went well, 2 with a list of what is wrong on bad input, 130 when stopped."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # A console that knows no Chinese shows escapes, not a trace.
            stream.reconfigure(errors="backslashreplace")
    given = sys.argv[1:] if arguments is None else list(arguments)
    options = parser_of(asked(given)).parse_args(given)
    try:
        options.run(options)
    except ScoringError as error:
        print(f"scoring: {error.in_language(language_of(options))}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        return STOPPED
    except BrokenPipeError:  # Whoever read our lines has had enough of them.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def parser_of(language: str) -> argparse.ArgumentParser:
    """The arguments of all commands, explained in ``zh`` or ``en``."""
    parser = Speaker(language, prog="scoring", description="Scores, severities and places from judges' marks.")
    parser.add_argument("--version", action="version", version=f"scoring {__version__}")
    kind: Any = partial(Speaker, language)
    commands = parser.add_subparsers(required=True, metavar="command", parser_class=kind)
    for command in COMMANDS:
        command.add(commands)
    if language == "zh":
        in_chinese(parser)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
