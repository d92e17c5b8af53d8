"""The mark by which a route declares who may enter; the guards themselves stand in accounts/guards.py."""

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])
DECLARED = "__guard__"


def public(view: View) -> View:
    """Let in everybody."""
    setattr(view, DECLARED, "public")
    return view
