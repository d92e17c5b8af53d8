"""Results know candidates by their codes only."""

import ast
from pathlib import Path

import judging.results as results

FORBIDDEN = ("judging.entries", "judging.units", "judging.blinding.identity")


def imported(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def test_no_module_imports_names() -> None:
    files = Path(results.__file__).parent.rglob("*.py")
    assert not [(file.name, name) for file in files for name in imported(file) if name.startswith(FORBIDDEN)]
