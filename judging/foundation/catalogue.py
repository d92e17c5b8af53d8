"""The Chinese catalogue: extract, update, compile, and check that no text lacks its translation."""

import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "judging" / "translations"
PO = FOLDER / "zh_Hans_CN" / "LC_MESSAGES" / "messages.po"
MAPPING = "[python: **.py]\n[jinja2: **.html]\n[jinja2: **.txt]\n"


def _babel(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "babel.messages.frontend", "-q", *arguments], check=True, cwd=ROOT)


def _extract(folder: Path) -> Path:
    mapping, pot = folder / "babel.cfg", folder / "messages.pot"
    mapping.write_text(MAPPING, encoding="utf-8")
    keywords = ("-k", "lazy_gettext", "-k", "_l")
    options = ("--no-location", "--sort-output", "--project=judging", "--omit-header")
    _babel("extract", "-F", str(mapping), *keywords, *options, "-o", str(pot), "judging", "templates")
    return pot


def texts() -> set[str]:
    """Return every text of code and templates that people may read."""
    with tempfile.TemporaryDirectory() as folder, _extract(Path(folder)).open("rb") as pot:
        return {str(message.id) for message in read_po(pot) if message.id}


def update() -> int:
    """Bring the catalogue up to date and print what lacks a translation."""
    with tempfile.TemporaryDirectory() as folder:
        pot = _extract(Path(folder))
        verb = "update" if PO.exists() else "init"
        options = ("--no-fuzzy-matching", "--ignore-obsolete", "--omit-header") if verb == "update" else ()
        _babel(verb, *options, "-i", str(pot), "-d", str(FOLDER), "-l", "zh_Hans_CN")
    missing = _untranslated()
    print("\n".join(missing) or "nothing lacks a translation")
    return 1 if missing else 0


def _untranslated() -> list[str]:
    with PO.open("rb") as file:
        catalogue = read_po(file, locale="zh_Hans_CN")
    return [str(m.id) for m in catalogue if m.id and (not m.string or m.fuzzy)]


def check() -> int:
    """Fail when a text is missing from the catalogue, lacks its translation, or breaks its placeholders."""
    with PO.open("rb") as file:
        catalogue = read_po(file, locale="zh_Hans_CN")
    known = {str(m.id) for m in catalogue if m.id}
    wrong = [str(error) for m in catalogue for error in m.check(catalogue)]
    problems = sorted(texts() - known) + _untranslated() + wrong
    print("\n".join(problems) or f"{len(known)} texts, all translated")
    return 1 if problems else 0


def compile_all() -> int:
    """Write the binary catalogues that the program reads."""
    _babel("compile", "-d", str(FOLDER))
    return 0


if __name__ == "__main__":
    sys.exit({"update": update, "check": check, "compile": compile_all}[sys.argv[1]]())
