"""Pages of this stage (to come)."""

from flask import Blueprint

blueprints: tuple[Blueprint, ...] = ()
