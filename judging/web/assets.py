"""Finds the built front-end files: pages name them plainly, browsers get names that carry a hash of the content."""

import json
from functools import cache
from pathlib import Path

from flask import url_for

DIST = Path(__file__).resolve().parent.parent / "static" / "dist"


class AssetsMissing(RuntimeError):
    """The front end has not been built, or does not know the file."""


@cache
def manifest(folder: Path = DIST) -> dict[str, str]:
    """Return plain names with their built names; read once per process."""
    try:
        names = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise AssetsMissing(
            f"The front end is not built ({folder} has no manifest.json): run `make assets`."
        ) from error
    return {str(name): str(built) for name, built in names.items()}


def asset_url(name: str) -> str:
    """Return the address of a built file, for example asset_url("app.css")."""
    try:
        built = manifest()[name]
    except KeyError as error:
        raise AssetsMissing(f"The front end has no file {name!r}: run `make assets`.") from error
    return url_for("static", filename=f"dist/{built}")
