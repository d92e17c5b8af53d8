"""Award lists, moves, channels and the second round through their acts."""

from datetime import datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.accounts.models import Role
from judging.editions.models import Edition, Stage, Track, TrackKind
from judging.editions.rules import Frozen, WrongStage
from judging.entries.models import Entry
from judging.foundation.audit import Actor, AuditLine
from judging.foundation.errors import StaleVersion
from judging.results import service as results
from judging.results.models import ResultSheet
from judging.selection import queries, rules, service
from judging.selection.models import Channel, Decision, MoveStatus, Outcome, Recommendation, Tier, TierBasis
from judging.selection.rules import ChannelSpec, TierSpec
from tests.factories.accounts import make_user
from tests.factories.editions import make_edition
from tests.factories.entries import make_entry
from tests.factories.results import SYSTEM, make_judged_round, make_sheet
from tests.factories.selection import make_decided, make_selection, make_tiers, percent
from tests.factories.units import make_unit


@pytest.fixture
def people(session: Session) -> tuple[Actor, Actor]:
    return make_user(session, Role.ORGANIZER).actor, make_user(session, Role.ORGANIZER).actor


def granted(session: Session, track: Track) -> list[int]:
    made = queries.list_of(session, track.id, 1)
    assert made is not None
    counts = queries.granted_counts(session, [made.id])[made.id]
    return [counts.get(tier.id, 0) for tier in queries.tiers_of(session, track.id, 1)]


def first_decision(session: Session, edition: Edition, track: Track, at: datetime) -> Decision:
    made = service.propose(session, edition, track, by=SYSTEM, at=at)
    return queries.decisions(session, made.id)[0]


def channel_spec(track: Track, **values: object) -> ChannelSpec:
    preset: dict[str, object] = {"code": "CAQ", "name": "全国优秀质量管理小组", "track_id": track.id, "quota": 2}
    return ChannelSpec(**preset | values)  # type: ignore[arg-type]


def outcomes(session: Session, rows: list[Recommendation]) -> list[tuple[Outcome, int, str]]:
    scores = {d.entry_id: d.score for d in session.scalars(sa.select(Decision))}
    ordered = sorted(rows, key=lambda row: -scores[row.entry_id])
    return [(row.outcome, row.position, row.reason["code"]) for row in ordered]


def test_list_of_23_entries_grants_3_6_8(session: Session, at: datetime) -> None:
    edition, track = make_selection(session, range(60, 83))
    service.propose(session, edition, track, by=SYSTEM, at=at)
    assert granted(session, track) == [3, 6, 8]


def test_every_entry_has_a_reason(session: Session, at: datetime) -> None:
    edition, track = make_selection(session, [90, 90, 85, 85, 80, 70, 60, 50])
    made = service.propose(session, edition, track, by=SYSTEM, at=at)
    assert [bool(one.reason["code"]) for one in queries.decisions(session, made.id)] == [True] * 8


def test_proposing_again_replaces_the_list(session: Session, at: datetime) -> None:
    edition, track = make_selection(session, range(60, 70))
    first = service.propose(session, edition, track, by=SYSTEM, at=at)
    again = service.propose(session, edition, track, by=SYSTEM, at=at)
    assert again is first
    assert len(queries.decisions(session, again.id)) == 10


def test_proposing_again_keeps_signed_moves_as_history(
    session: Session, people: tuple[Actor, Actor], at: datetime
) -> None:
    edition, track = make_selection(session, range(60, 70))
    decision = first_decision(session, edition, track, at)
    signed = service.propose_move(session, decision, None, reason="重复申报", by=people[0], at=at)
    service.sign_move(session, signed, by=people[1], at=at)
    other = queries.decisions(session, decision.award_list_id)[1]
    waiting = service.propose_move(session, other, None, reason="重复申报", by=people[0], at=at)
    made = service.propose(session, edition, track, by=SYSTEM, at=at)
    assert [one.tier_id == one.proposed_tier_id for one in queries.decisions(session, made.id)] == [True] * 10
    assert (signed.status, waiting.status) == (MoveStatus.SIGNED, MoveStatus.REFUSED)


def test_what_if_writes_nothing(session: Session) -> None:
    edition, track = make_selection(session, range(60, 70))
    given = service.material(session, edition, track)
    proposal = given.lay({given.tiers[0].id: Decimal(40)})
    assert proposal.granted(0) == 4
    assert not session.dirty
    assert not session.new
    assert queries.list_of(session, track.id, 1) is None


def test_unconfirmed_sheet_gives_no_list(session: Session, at: datetime) -> None:
    edition = make_edition(session, stage=Stage.RESULTS)
    round_ = make_judged_round(session, [{0: 90}, {0: 80}], edition=edition)
    results.compute(session, edition, round_, by=SYSTEM, at=at)
    edition.stage = Stage.SELECTION
    with pytest.raises(rules.NoConfirmedSheet):
        service.propose(session, edition, edition.tracks[0], by=SYSTEM, at=at)


def test_track_without_levels_gives_no_list(session: Session, at: datetime) -> None:
    edition, track = make_selection(session, range(60, 70))
    session.execute(sa.delete(Tier))
    with pytest.raises(rules.NoTiers):
        service.propose(session, edition, track, by=SYSTEM, at=at)


def test_list_is_proposed_in_selection_only(session: Session, at: datetime) -> None:
    edition, track = make_selection(session, range(60, 70))
    edition.stage = Stage.NOTICE
    with pytest.raises(WrongStage):
        service.propose(session, edition, track, by=SYSTEM, at=at)


def test_move_takes_effect_with_another_persons_signature(
    session: Session, people: tuple[Actor, Actor], at: datetime
) -> None:
    edition, track = make_selection(session, range(60, 70))
    decision = first_decision(session, edition, track, at)
    tiers = queries.tiers_of(session, track.id, 1)
    move = service.propose_move(session, decision, tiers[1], reason="现场核实不符", by=people[0], at=at)
    assert decision.tier_id == tiers[0].id
    with pytest.raises(rules.SamePerson):
        service.sign_move(session, move, by=people[0], at=at)
    service.sign_move(session, move, by=people[1], at=at)
    assert (decision.tier_id, decision.proposed_tier_id) == (tiers[1].id, tiers[0].id)
    assert decision.reason["params"] == {"from": tiers[0].name, "to": tiers[1].name, "reason": "现场核实不符"}


def test_refused_move_changes_nothing(session: Session, people: tuple[Actor, Actor], at: datetime) -> None:
    edition, track = make_selection(session, range(60, 70))
    decision = first_decision(session, edition, track, at)
    before = decision.tier_id
    move = service.propose_move(session, decision, None, reason="疑似重复申报", by=people[0], at=at)
    service.refuse_move(session, move, answer="已核实，非重复", by=people[1], at=at)
    assert (move.status, decision.tier_id) == (MoveStatus.REFUSED, before)
    with pytest.raises(rules.MoveAnswered):
        service.sign_move(session, move, by=people[1], at=at)


def test_move_needs_a_reason_and_another_level(session: Session, people: tuple[Actor, Actor], at: datetime) -> None:
    edition, track = make_selection(session, range(60, 70))
    decision = first_decision(session, edition, track, at)
    tiers = queries.tiers_of(session, track.id, 1)
    with pytest.raises(rules.ReasonNeeded):
        service.propose_move(session, decision, tiers[1], reason=" ", by=people[0], at=at)
    with pytest.raises(rules.NotAMove):
        service.propose_move(session, decision, tiers[0], reason="调整", by=people[0], at=at)


def test_one_move_of_an_entry_waits_at_a_time(session: Session, people: tuple[Actor, Actor], at: datetime) -> None:
    edition, track = make_selection(session, range(60, 70))
    decision = first_decision(session, edition, track, at)
    service.propose_move(session, decision, None, reason="重复申报", by=people[0], at=at)
    with pytest.raises(rules.MoveWaits):
        service.propose_move(session, decision, None, reason="重复申报", by=people[1], at=at)


def test_list_with_unsigned_moves_cannot_be_decided(
    session: Session, people: tuple[Actor, Actor], at: datetime
) -> None:
    edition, track = make_selection(session, range(60, 70))
    decision = first_decision(session, edition, track, at)
    service.propose_move(session, decision, None, reason="重复申报", by=people[0], at=at)
    made = queries.list_of(session, track.id, 1)
    assert made is not None
    with pytest.raises(rules.UnsignedMoves):
        service.decide(session, made, by=people[0], at=at)


def test_decided_list_stands_until_it_is_opened_again(
    session: Session, people: tuple[Actor, Actor], at: datetime
) -> None:
    edition, track = make_selection(session, range(60, 70))
    made = make_decided(session, edition, track)
    decision = queries.decisions(session, made.id)[0]
    with pytest.raises(rules.ListDecided):
        service.propose(session, edition, track, by=SYSTEM, at=at)
    with pytest.raises(rules.ListDecided):
        service.propose_move(session, decision, None, reason="重复申报", by=people[0], at=at)
    with pytest.raises(rules.ReasonNeeded):
        service.reopen(session, made, reason="", by=people[0], at=at)
    service.reopen(session, made, reason="评审委员会复议", by=people[0], at=at)
    assert made.decided_at is None


def test_upheld_objection_moves_an_entry_of_a_decided_list(
    session: Session, people: tuple[Actor, Actor], at: datetime
) -> None:
    edition, track = make_selection(session, range(60, 70))
    made = make_decided(session, edition, track)
    edition.stage = Stage.NOTICE
    decision = queries.decisions(session, made.id)[0]
    move = service.propose_move(session, decision, None, reason="异议成立", by=people[0], at=at)
    service.sign_move(session, move, by=people[1], at=at)
    assert decision.entry_id not in [row.entry.id for row in queries.granted(session, edition)]


def test_list_of_a_replaced_sheet_cannot_be_decided(session: Session, at: datetime) -> None:
    edition, track = make_selection(session, range(60, 70))
    made = service.propose(session, edition, track, by=SYSTEM, at=at)
    session.get_one(ResultSheet, made.sheet_id).confirmed_at = None
    session.flush()
    with pytest.raises(rules.SheetReplaced):
        service.decide(session, made, by=SYSTEM, at=at)


def test_levels_stand_once_judging_has_opened(session: Session, at: datetime) -> None:
    edition = make_edition(session, stage=Stage.JUDGING, frozen_at=at)
    with pytest.raises(Frozen):
        service.set_tiers(session, edition, edition.tracks[0], 1, percent(15), by=SYSTEM, at=at)


def test_levels_are_changed_in_place(session: Session, at: datetime) -> None:
    edition = make_edition(session)
    track = edition.tracks[0]
    first = service.set_tiers(session, edition, track, 1, percent(15, 25, 35), by=SYSTEM, at=at)
    again = service.set_tiers(session, edition, track, 1, percent(10, 20), by=SYSTEM, at=at)
    assert [tier.id for tier in again] == [tier.id for tier in first[:2]]
    assert [tier.amount for tier in again] == [10, 20]


def test_somebody_elses_change_of_levels_is_not_overwritten(session: Session, at: datetime) -> None:
    edition = make_edition(session)
    track = edition.tracks[0]
    seen = rules.fingerprint(service.set_tiers(session, edition, track, 1, percent(15), by=SYSTEM, at=at))
    service.set_tiers(session, edition, track, 1, percent(20), by=SYSTEM, at=at)
    with pytest.raises(StaleVersion):
        service.set_tiers(session, edition, track, 1, percent(25), by=SYSTEM, at=at, seen=seen)


def test_usual_levels_are_a_shortlist_before_a_second_round(session: Session, at: datetime) -> None:
    edition = make_edition(session, TrackKind.QC, rounds=2)
    assert service.set_default_tiers(session, edition, by=SYSTEM, at=at) == 2
    track = edition.tracks[0]
    assert [tier.advances for tier in queries.tiers_of(session, track.id, 1)] == [True]
    assert len(queries.tiers_of(session, track.id, 2)) == 3


def test_channel_takes_the_best_within_the_cap_of_a_unit(session: Session, at: datetime) -> None:
    edition = make_edition(session, stage=Stage.RESULTS)
    unit = make_unit(session)
    entries = [make_entry(session, edition, unit=unit) for _ in range(2)]
    entries += [make_entry(session, edition) for _ in range(4)]
    edition, track = make_selection(session, [95, 94, 93, 92, 91, 60], edition=edition, entries=entries)
    make_decided(session, edition, track)
    spec = channel_spec(track, per_unit_cap=1, reserves=1, lowest_tier=3)
    channel = service.add_channel(session, edition, spec, by=SYSTEM, at=at)
    chosen = service.choose_channel(session, edition, channel, by=SYSTEM, at=at)
    assert outcomes(session, chosen) == [
        (Outcome.IN, 1, "above_line"),
        (Outcome.RESERVE, 1, "reserve"),
        (Outcome.IN, 2, "above_line"),
        (Outcome.OUT, 1, "below_line"),
        (Outcome.OUT, 2, "below_line"),
        (Outcome.OUT, 3, "below_tier"),
    ]


def test_exclusive_channel_skips_who_goes_up_elsewhere(session: Session, at: datetime) -> None:
    edition, track = make_selection(session, [95, 94, 93, 92])
    make_decided(session, edition, track)
    one = service.add_channel(session, edition, channel_spec(track, exclusive=True), by=SYSTEM, at=at)
    other = service.add_channel(session, edition, channel_spec(track, code="ZN6", exclusive=True), by=SYSTEM, at=at)
    service.choose_channel(session, edition, one, by=SYSTEM, at=at)
    chosen = service.choose_channel(session, edition, other, by=SYSTEM, at=at)
    assert [(o, code) for o, _, code in outcomes(session, chosen)] == [
        (Outcome.OUT, "elsewhere"),
        (Outcome.OUT, "elsewhere"),
        (Outcome.IN, "above_line"),
        (Outcome.IN, "above_line"),
    ]


def test_topic_quota_and_floor_bound_a_channel(session: Session, at: datetime) -> None:
    topics = ("innovative", "innovative", "self_set", "self_set")
    edition, track = make_selection(session, [95, 94, 93, 70], topic_types=topics)
    make_decided(session, edition, track)
    spec = channel_spec(track, quota=3, topic_quotas={"innovative": 1}, score_floor=Decimal(80))
    channel = service.add_channel(session, edition, spec, by=SYSTEM, at=at)
    chosen = service.choose_channel(session, edition, channel, by=SYSTEM, at=at)
    assert [(o, code) for o, _, code in outcomes(session, chosen)] == [
        (Outcome.IN, "above_line"),
        (Outcome.OUT, "cap_full"),
        (Outcome.IN, "above_line"),
        (Outcome.OUT, "below_score"),
    ]


def test_channel_waits_for_the_decided_list(session: Session, at: datetime) -> None:
    edition, track = make_selection(session, range(60, 70))
    service.propose(session, edition, track, by=SYSTEM, at=at)
    channel = service.add_channel(session, edition, channel_spec(track), by=SYSTEM, at=at)
    with pytest.raises(rules.ListNotDecided):
        service.choose_channel(session, edition, channel, by=SYSTEM, at=at)
    with pytest.raises(rules.ChannelNotChosen):
        service.decide_channel(session, channel, by=SYSTEM, at=at)


def test_decided_channel_stands_until_it_is_opened_again(session: Session, at: datetime) -> None:
    edition, track = make_selection(session, range(60, 70))
    make_decided(session, edition, track)
    channel = service.add_channel(session, edition, channel_spec(track), by=SYSTEM, at=at)
    service.choose_channel(session, edition, channel, by=SYSTEM, at=at)
    service.decide_channel(session, channel, by=SYSTEM, at=at)
    with pytest.raises(rules.ChannelDecided):
        service.choose_channel(session, edition, channel, by=SYSTEM, at=at)
    service.reopen_channel(session, channel, reason="名额调整", by=SYSTEM, at=at)
    assert [row.position for row in queries.recommended(session, channel)] == [1, 2]


def test_two_channels_of_an_edition_have_different_codes(session: Session, at: datetime) -> None:
    edition = make_edition(session)
    service.add_channel(session, edition, channel_spec(edition.tracks[0]), by=SYSTEM, at=at)
    with pytest.raises(rules.ChannelCodeTaken):
        service.add_channel(session, edition, channel_spec(edition.tracks[0]), by=SYSTEM, at=at)


def test_usual_channels_are_added_once(session: Session, at: datetime) -> None:
    edition = make_edition(session, TrackKind.QC, TrackKind.PAPER)
    assert len(service.add_usual_channels(session, edition, by=SYSTEM, at=at)) == 3
    assert service.add_usual_channels(session, edition, by=SYSTEM, at=at) == []


def two_rounds(session: Session) -> tuple[Edition, Track, list[Entry]]:
    edition = make_edition(session, TrackKind.QC, stage=Stage.RESULTS, rounds=2)
    entries = [make_entry(session, edition) for _ in range(5)]
    values = {"advances": True, "name": "入围现场发布"}
    edition, track = make_selection(
        session, [95, 94, 93, 92, 60], edition=edition, entries=entries, tiers=(40,), tier_values=values
    )
    return edition, track, entries


def test_shortlist_goes_on_to_the_next_round_under_new_codes(session: Session, at: datetime) -> None:
    edition, track, _ = two_rounds(session)
    make_decided(session, edition, track)
    admitted = service.open_next_round(session, edition, by=SYSTEM, at=at, reason="现场发布")
    assert (edition.stage, edition.round_number) == (Stage.BLINDING, 2)
    assert len(admitted[track]) == 2
    assert not {candidate.code for candidate in admitted[track]} & {"A01", "A02"}
    assert queries.granted(session, edition) == []


def test_next_round_waits_for_the_decided_lists(session: Session, at: datetime) -> None:
    edition, track, _ = two_rounds(session)
    service.propose(session, edition, track, by=SYSTEM, at=at)
    with pytest.raises(rules.ListNotDecided):
        service.open_next_round(session, edition, by=SYSTEM, at=at)


def test_last_round_decides_what_is_granted(session: Session, at: datetime) -> None:
    edition, track, entries = two_rounds(session)
    make_tiers(session, track, 50, number=2)
    make_decided(session, edition, track)
    edition.stage, edition.round_number = Stage.RESULTS, 2
    round_ = make_judged_round(
        session, [{0: 70, 1: 70}, {0: 80, 1: 80}], edition=edition, number=2, entries=entries[:2]
    )
    make_sheet(session, edition, round_)
    edition.stage = Stage.SELECTION
    make_decided(session, edition, track)
    rows = queries.granted(session, edition)
    assert [(row.entry.id, row.tier.name, row.decision.rank) for row in rows] == [(entries[1].id, "一等交流成果", 1)]
    last = queries.last_decisions(session, [track.id])
    assert [one.award_list.round_number for one in last] == [2, 2, 1, 1, 1]


def test_every_act_leaves_a_trace(session: Session, people: tuple[Actor, Actor], at: datetime) -> None:
    edition, track = make_selection(session, range(60, 70))
    make_decided(session, edition, track)
    channel: Channel = service.add_channel(session, edition, channel_spec(track), by=people[0], at=at)
    service.choose_channel(session, edition, channel, by=people[0], at=at)
    acts = session.scalars(sa.select(AuditLine.act).where(AuditLine.scope_id == edition.id))
    assert {act for act in acts if act.startswith("selection")} == {
        "selection.proposed",
        "selection.decided",
        "selection.channel_set",
        "selection.channel_chosen",
    }


def test_levels_by_count_and_floor_are_stored_as_given(session: Session, at: datetime) -> None:
    edition = make_edition(session)
    specs = [TierSpec("A", TierBasis.COUNT, Decimal(3)), TierSpec("B", TierBasis.FLOOR, Decimal("80.5"))]
    made = service.set_tiers(session, edition, edition.tracks[0], 1, specs, by=SYSTEM, at=at)
    assert [(tier.basis, tier.amount) for tier in made] == [(TierBasis.COUNT, 3), (TierBasis.FLOOR, Decimal("80.5"))]


def test_track_without_entries_holds_nobody_up(session: Session, at: datetime) -> None:
    edition = make_edition(session, TrackKind.QC, TrackKind.PAPER, stage=Stage.RESULTS)
    edition, track = make_selection(session, range(60, 70), edition=edition)
    assert queries.undecided_tracks(session, edition) == [track]
    make_decided(session, edition, track)
    assert queries.undecided_tracks(session, edition) == []
