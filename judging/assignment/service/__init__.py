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
from judging.assignment.service.mending import Damage, Way, damage_of, mend, repair_round, ways_of
from judging.assignment.service.moving import Board, board_of, swap_assignments
from judging.assignment.service.panels import make_panel, remove_panel, remove_seat, seat_judges, set_seat
from judging.assignment.service.plans import plan_round, propose, told_diagnosis

__all__ = [
    "Board",
    "Damage",
    "Way",
    "add_assignment",
    "add_sitting",
    "apply_plan",
    "apportion_candidates",
    "begun_among",
    "board_of",
    "clear_plan",
    "damage_of",
    "draw_running_order",
    "is_begun",
    "keeps",
    "make_panel",
    "mend",
    "plan_round",
    "propose",
    "remove_assignment",
    "remove_panel",
    "remove_seat",
    "remove_sitting",
    "repair_round",
    "replace_assignment",
    "seat_judges",
    "set_seat",
    "swap_assignments",
    "told_diagnosis",
    "undo_plan",
    "ways_of",
]
