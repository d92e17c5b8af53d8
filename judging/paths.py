"""Where templates and migrations lie: beside the package in a checkout, below it in a wheel."""

from pathlib import Path

HERE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """Return the folder `templates` or `migrations` of this installation."""
    inside = HERE / name
    return inside if inside.is_dir() else HERE.parent / name
