"""The house stands as drawn: packages listed, templates sound, routes declared, GET writes nothing."""

import configparser
import re
from pathlib import Path

import pytest
from flask import Flask

from judging.accounts.permissions import MATRIX, Permission
from judging.web.access import DECLARED

ROOT = Path(__file__).parents[2]


def test_every_package_of_the_tree_is_in_the_wheel() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    listed = set(config["options"]["packages"].split())
    folders = {path.parent for top in ("judging", "scoring") for path in (ROOT / top).rglob("__init__.py")}
    tree = {".".join(folder.relative_to(ROOT).parts) for folder in folders}
    assert listed - {"judging.templates", "judging.migrations", "judging.migrations.versions"} == tree


def test_every_route_has_declared_who_may_enter(app: Flask) -> None:
    silent = [name for name, view in app.view_functions.items() if name != "static" and not hasattr(view, DECLARED)]
    assert silent == []


def test_every_permission_is_held_by_somebody_and_used_by_a_route(app: Flask) -> None:
    held = {permission for permissions in MATRIX.values() for permission in permissions}
    used = {getattr(view, DECLARED, None) for view in app.view_functions.values()}
    assert held == set(Permission)
    assert set(Permission) - used == set()


def test_an_undeclared_route_stops_the_start(app: Flask) -> None:
    from judging.accounts.guards import check_all_guarded

    strange = Flask("strange")
    strange.add_url_rule("/open-door", "door", lambda: "hello")
    with pytest.raises(RuntimeError, match="door"):
        check_all_guarded(strange)


TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_template_compiles_and_has_no_inline_script_or_style(app: Flask, path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    app.jinja_env.parse(source, filename=str(path))
    markup = re.sub(r"\{%.*?%\}", "", source, flags=re.DOTALL)  # a variable of ours may be named style
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", markup), "event attribute"
    assert not re.search(r"<style\b|\sstyle\s*=\s*[\"']", markup), "inline style"
    for tag in re.findall(r"<script\b[^>]*>", source):
        assert "nonce=" in tag, tag
    if "components" not in path.parts:  # components may mark their own constant markup
        assert "|safe" not in source, "unescaped output"


def test_every_link_of_a_template_leads_to_a_route(app: Flask) -> None:
    """A button of a rare state may have lost its route without any page of the tests showing it."""
    lost = []
    for path in TEMPLATES:
        stage = f"judging.{path.relative_to(ROOT / 'templates').parts[0]}."
        own = {name for name, blueprint in app.blueprints.items() if blueprint.import_name.startswith(stage)}
        for link in re.findall(r"""url_for\(\s*["']([\w.]+)["']""", path.read_text(encoding="utf-8")):
            ends = {f"{name}{link}" for name in own or app.blueprints} if link.startswith(".") else {link}
            if not ends & set(app.view_functions):
                lost.append((str(path.relative_to(ROOT)), link))
    assert lost == []


def test_no_page_asks_another_server() -> None:
    foreign = re.compile(r"""(?:src|href|action)\s*=\s*["']https?://""")
    assert [str(path) for path in TEMPLATES if foreign.search(path.read_text(encoding="utf-8"))] == []
