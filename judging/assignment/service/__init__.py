"""Acts of the assignment stage: panels and seats, plans, changes by hand, sittings."""

from judging.assignment.service.applying import apply_plan, clear_plan, undo_plan
from judging.assignment.service.changes import (
    add_assignment,
    begun_among,
    is_begun,
    keeps,
    remove_assignment,
    replace_assignment,
)
from judging.assignment.service.halls import add_sitting, apportion_candidates, draw_running_order, remove_sitting
from judging.assignment.service.panels import make_panel, remove_panel, remove_seat, seat_judges, set_seat
from judging.assignment.service.plans import plan_round

__all__ = [
    "add_assignment",
    "add_sitting",
    "apply_plan",
    "apportion_candidates",
    "begun_among",
    "clear_plan",
    "draw_running_order",
    "is_begun",
    "keeps",
    "make_panel",
    "plan_round",
    "remove_assignment",
    "remove_panel",
    "remove_seat",
    "remove_sitting",
    "replace_assignment",
    "seat_judges",
    "set_seat",
    "undo_plan",
]
