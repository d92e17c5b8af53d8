"""What can be done with an edition: create, copy, change, set dates, move on, shape its tracks and rounds."""

from judging.editions.service.editions import copy_edition, create_edition, update_edition
from judging.editions.service.stages import move_stage, open_next_round, set_dates
from judging.editions.service.tracks import (
    add_round,
    add_track,
    remove_round,
    remove_track,
    same_rules,
    update_round,
    update_track,
)

__all__ = [
    "add_round",
    "add_track",
    "copy_edition",
    "create_edition",
    "move_stage",
    "open_next_round",
    "remove_round",
    "remove_track",
    "same_rules",
    "set_dates",
    "update_edition",
    "update_round",
    "update_track",
]
