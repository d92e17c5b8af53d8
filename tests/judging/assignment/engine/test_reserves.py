"""Experts called by lot: strata filled in turn, the log drawn again by anybody."""

from collections import Counter
from dataclasses import replace
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from judging.assignment.engine.reserves import (
    Expert,
    Quota,
    Role,
    draw_experts,
    is_true,
    lot_of,
    next_reserve,
    one_to,
)

BANK = [Expert(f"E{i:02}", ("machines" if i % 2 else "services", "north" if i % 3 else "south")) for i in range(60)]
QUOTAS = {("machines", "north"): one_to(3, 2), ("machines", "south"): one_to(3, 1), ("services",): one_to(3, 3)}


def test_every_seat_has_three_reserves_of_its_stratum():
    roll = draw_experts(BANK, QUOTAS, seed="s")
    known = {expert.code: expert.stratum for expert in BANK}
    counts = Counter((line.stratum, line.role) for line in roll.lines if line.place)
    assert counts == {
        (stratum, role): getattr(quota, name)
        for stratum, quota in QUOTAS.items()
        for role, name in ((Role.SEAT, "seats"), (Role.RESERVE, "reserves"))
    }
    assert all(known[line.code][: len(line.stratum)] == line.stratum for line in roll.lines)
    assert roll.short == {}


def test_the_lowest_lots_are_called():
    roll = draw_experts(BANK, {("services",): Quota(2, 1)}, seed="s")
    lots = sorted((lot_of("s", e.code), e.code) for e in BANK if e.stratum[0] == "services")
    called = [line.code for line in (*roll.called(Role.SEAT), *roll.called(Role.RESERVE))]
    assert called == [code for _, code in lots[:3]]


def test_a_lot_can_be_computed_with_any_tool():
    assert lot_of("s", "E01") == sha256(b"s\nE01\n").hexdigest()


@given(st.permutations(BANK), st.text(max_size=8))
def test_the_order_of_the_bank_changes_nothing(bank, seed):
    roll = draw_experts(bank, QUOTAS, seed=seed)
    assert roll == draw_experts(BANK, QUOTAS, seed=seed)
    assert is_true(roll, bank, QUOTAS)
    assert len(roll.lines) == len(BANK)


def test_a_log_that_was_changed_is_found_out():
    roll = draw_experts(BANK, QUOTAS, seed="s")
    seat, spare = roll.called(Role.SEAT)[0], roll.called(Role.RESERVE)[0]
    swapped = {seat.code: replace(seat, code=spare.code), spare.code: replace(spare, code=seat.code)}
    lines = tuple(swapped.get(line.code, line) for line in roll.lines)
    assert not is_true(replace(roll, lines=lines), BANK, QUOTAS)


def test_a_barred_expert_is_logged_with_the_reason_and_never_called():
    bank = [replace(expert, barred="own unit") if expert.code < "E30" else expert for expert in BANK]
    roll = draw_experts(bank, QUOTAS, seed="s")
    assert {line.code for line in roll.lines if line.reason == "own unit"} == {e.code for e in BANK[:30]}
    assert not [line for line in roll.lines if line.place and line.code < "E30"]


def test_a_small_stratum_borrows_from_the_same_speciality_and_then_from_all():
    bank = [
        Expert("A", ("machines", "north")),
        Expert("B", ("machines", "south")),
        Expert("C", ("services", "south")),
    ]
    roll = draw_experts(bank, {("machines", "north"): Quota(1, 3)}, seed="s")
    assert [(line.code, line.role, line.borrowed) for line in roll.lines] == [
        ("A", Role.SEAT, False),
        ("B", Role.RESERVE, True),
        ("C", Role.RESERVE, True),
    ]
    assert roll.short == {("machines", "north"): 1}


def test_reserves_move_up_in_their_order():
    roll = draw_experts(BANK, QUOTAS, seed="s")
    stratum = ("machines", "north")
    turn, gone = [], set()
    while (line := next_reserve(roll, stratum, gone)) is not None:
        turn.append(line.place)
        gone.add(line.code)
    assert turn == [3, 4, 5, 6, 7, 8]


def test_every_expert_is_called_about_equally_often():
    calls = Counter(
        line.code
        for number in range(400)
        for line in draw_experts(BANK[:20], {("machines",): Quota(2, 0)}, seed=str(number)).called(Role.SEAT)
    )
    assert set(calls) == {expert.code for expert in BANK[:20] if expert.stratum[0] == "machines"}
    assert all(45 < count < 120 for count in calls.values())
