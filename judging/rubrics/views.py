"""Pages of this stage (to come)."""

from flask import Blueprint

from judging.rubrics import readiness  # noqa: F401  # registers its questions

blueprints: tuple[Blueprint, ...] = ()
