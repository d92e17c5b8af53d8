"""Every command of the tutorial is run, and prints what the tutorial says."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from scoring.cli import main

ROOT = Path(__file__).parent.parent.parent
TUTORIAL = ROOT / "docs/scoring/tutorial.md"
BLOCKS = re.findall(r"```console\n(.*?)```", TUTORIAL.read_text(encoding="utf-8"), re.S)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A copy of the data, in which the commands are run."""
    shutil.copytree(ROOT / "tests/scoring/data", tmp_path / "data")
    monkeypatch.chdir(tmp_path / "data")
    monkeypatch.setenv("LC_ALL", "C")
    return tmp_path / "data"


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split()[2])
def test_tutorial_commands_print_what_it_says(folder, capsys, block):
    command, *told = block.strip().splitlines()
    arguments = shlex.split(command.removeprefix("$ scoring "))
    assert main(arguments) == 0
    printed = capsys.readouterr()
    lines = (printed.out + printed.err).splitlines()
    for line in told:
        begun = line.split("…")[0]
        assert any(one.startswith(begun) for one in lines), line
    if "-o" in arguments:
        assert (folder / arguments[arguments.index("-o") + 1]).stat().st_size > 0


def test_the_tutorial_shows_every_command():
    shown = {block.split()[2] for block in BLOCKS}
    assert shown == {"rank", "design", "compare", "explain", "flags", "choose", "rehearse", "facets"}
