"""Pages and acts of the results."""

from flask import Blueprint

from judging.results import probing, readiness, strength
from judging.results.views import acts, pages, sensitivity
from judging.results.views.base import blueprint

blueprints: tuple[Blueprint, ...] = (blueprint,)
ROUTED = (acts, pages, sensitivity)  # imported so that their addresses exist,
CHECKED = (probing, readiness)  # and so that their questions are asked and their work is done
TOLD = strength  # imported so that halls can be made equally strong by it
