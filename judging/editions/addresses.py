"""Addresses inside an edition: /e/<edition>/…; the edition is found once, and its scope given to the guards."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, current_app, g, request

from judging.editions.models import Edition
from judging.foundation import db
from judging.foundation.errors import NotFound


def edition_blueprint(name: str, import_name: str, path: str = "") -> Blueprint:
    """Return a blueprint whose pages lie inside an edition; views read `g.edition` and take no edition argument."""
    blueprint = Blueprint(name, import_name, url_prefix=f"/e/<edition>{path}")
    blueprint.url_value_preprocessor(_find)
    return blueprint


def _find(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    slug = (values or {}).pop("edition", None)
    edition = db.session().scalar(sa.select(Edition).where(Edition.slug == slug))
    if edition is None:
        raise NotFound
    g.edition, g.scope_id = edition, edition.id


def find_if_named(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """For a blueprint with pages inside and outside of editions: find the edition where the address names one."""
    if values and "edition" in values:
        _find(endpoint, values)


def fill_edition(endpoint: str, values: dict[str, Any]) -> None:
    """Complete links into the edition from any of its pages (registered for the whole application)."""
    if (
        g.get("edition") is not None
        and "edition" not in values
        and current_app.url_map.is_endpoint_expecting(endpoint, "edition")
    ):
        values["edition"] = g.edition.slug


def this_edition() -> Edition:
    """Return the edition of this page."""
    found: Edition = g.edition
    return found


def current_path() -> str:
    """Return the path of this page with its query, to come back to."""
    return request.full_path.rstrip("?")
