"""The names of built files."""

from pathlib import Path

import pytest
from flask import Flask

from judging.web import assets


def test_a_built_file_has_an_address_with_a_hash(app: Flask) -> None:
    with app.test_request_context():
        address = assets.asset_url("app.js")
    assert (assets.DIST / Path(address).name).is_file()


def test_an_unknown_file_is_refused(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(assets.AssetsMissing, match=r"no file 'nothing\.js'"):
        assets.asset_url("nothing.js")


def test_a_front_end_that_was_not_built_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(assets.AssetsMissing, match="run `make assets`"):
        assets.manifest(tmp_path)
