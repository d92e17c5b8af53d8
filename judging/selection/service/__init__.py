"""Writing: award levels, award lists with their moves, channels, and the way to a second round."""

from judging.selection.service.channels import (
    add_channel,
    add_usual_channels,
    choose_channel,
    decide_channel,
    remove_channel,
    reopen_channel,
    update_channel,
)
from judging.selection.service.lists import decide, material, propose, propose_move, refuse_move, reopen, sign_move
from judging.selection.service.rounds import advance, advancing, open_next_round
from judging.selection.service.tiers import set_combination, set_default_tiers, set_tiers

__all__ = [
    "add_channel",
    "add_usual_channels",
    "advance",
    "advancing",
    "choose_channel",
    "decide",
    "decide_channel",
    "material",
    "open_next_round",
    "propose",
    "propose_move",
    "refuse_move",
    "remove_channel",
    "reopen",
    "reopen_channel",
    "set_combination",
    "set_default_tiers",
    "set_tiers",
    "sign_move",
    "update_channel",
]
