"""Pages of the selection: levels, award lists with their moves, channels, and the way to the next round."""

from flask import Blueprint

from judging.selection import copying, lines, readiness
from judging.selection.views import channels, lists, tiers
from judging.selection.views.base import blueprint

blueprints: tuple[Blueprint, ...] = (blueprint,)
PARTS = (channels, copying, lines, lists, readiness, tiers)  # imported so that routes, questions and copiers are known
