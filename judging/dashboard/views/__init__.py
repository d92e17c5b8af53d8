"""The front page and the desks."""

from judging.dashboard.views import desk, front

blueprints = (front.blueprint, desk.blueprint)
