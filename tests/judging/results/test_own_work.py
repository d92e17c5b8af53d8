"""Results learn that a judge scored work of the own unit, and nothing else of units."""

import hashlib
import json
import random

import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.editions.models import Edition, Round, Stage
from judging.judges.models import Judge
from judging.results import queries, service
from judging.units.models import Unit
from tests.factories.editions import make_edition
from tests.factories.entries import make_entry
from tests.factories.results import SYSTEM, make_judged_round, make_sheet
from tests.factories.units import make_unit

JUDGES, OWN, ENTRIES = 8, 4, 40


def _round(session: Session, *, gift: float, known: bool = True) -> tuple[Edition, Round, list[Unit]]:
    """Return a round where every judge scores four entries of the own unit among forty, with a gift from the first."""
    edition = make_edition(session, stage=Stage.RESULTS)
    units = [make_unit(session) for _ in range(JUDGES)]
    other = make_unit(session)
    homes = [units[index // OWN] if index < JUDGES * OWN else other for index in range(ENTRIES)]
    lot = random.Random(7)
    totals = []
    for index in range(ENTRIES):
        quality = lot.gauss(75, 6)
        given = {n: quality + lot.gauss(0, 2) + (gift if n == index // OWN == 0 else 0) for n in range(JUDGES)}
        totals.append({n: round(value, 1) for n, value in given.items()})
    entries = [make_entry(session, edition, unit=home) for home in homes]
    round_ = make_judged_round(session, totals, edition=edition, entries=entries)
    judges = session.scalars(sa.select(Judge).order_by(Judge.code))
    for judge, unit in zip(judges, units, strict=True):
        judge.unit_id = unit.id if known else None
    session.flush()
    return edition, round_, units


def test_a_gift_to_the_own_unit_is_flagged(session: Session) -> None:
    edition, round_, _units = _round(session, gift=14)
    sheet = make_sheet(session, edition, round_, confirmed=False)
    first = session.scalars(sa.select(Judge).order_by(Judge.code)).first()
    assert first is not None
    flags = [flag for flag in queries.flags(session, sheet.id) if flag.kind == "favouritism"]
    assert [flag.judge_id for flag in flags] == [first.id]


def test_without_a_gift_nobody_is_flagged_for_it(session: Session) -> None:
    edition, round_, _units = _round(session, gift=0)
    sheet = make_sheet(session, edition, round_, confirmed=False)
    assert sheet.summary["tested"]["favouritism"] > 0
    assert [flag for flag in queries.flags(session, sheet.id) if flag.kind.startswith("favouritism")] == []


def test_the_sheet_holds_keys_and_no_unit(session: Session) -> None:
    edition, round_, units = _round(session, gift=0)
    sheet = make_sheet(session, edition, round_, confirmed=False)
    assert len(sheet.parameters["units"]) == JUDGES + JUDGES * OWN
    kept = json.dumps([sheet.parameters, sheet.summary], ensure_ascii=False)
    assert not any(mark in kept for unit in units for mark in (unit.name, str(unit.id), unit.id.hex))


def test_the_sheet_recomputes_after_a_judge_has_changed_employer(session: Session) -> None:
    edition, round_, _units = _round(session, gift=14)
    sheet = make_sheet(session, edition, round_, confirmed=False)
    for judge in session.scalars(sa.select(Judge)):
        judge.unit_id = None
    session.flush()
    assert service.differences(session, sheet) == []
    assert service.compute(session, edition, round_, by=SYSTEM, at=sheet.computed_at).id != sheet.id


def test_a_round_where_nobody_met_the_own_says_nothing_of_units(session: Session) -> None:
    edition, round_, _units = _round(session, gift=14, known=False)
    sheet = make_sheet(session, edition, round_, confirmed=False)
    assert "units" not in sheet.parameters


def _from_regions(session: Session, *, gift: float) -> tuple[Edition, Round]:
    """Return a round whose judges belong to no unit, but each to the region of four entries."""
    edition, round_, units = _round(session, gift=gift, known=False)
    judges = session.scalars(sa.select(Judge).order_by(Judge.code))
    for number, (judge, unit) in enumerate(zip(judges, units, strict=True)):
        judge.region = unit.region = f"4201{number:02d}"
    session.flush()
    return edition, round_


def test_a_gift_to_the_own_region_is_flagged(session: Session) -> None:
    edition, round_ = _from_regions(session, gift=14)
    sheet = make_sheet(session, edition, round_, confirmed=False)
    first = session.scalars(sa.select(Judge).order_by(Judge.code)).first()
    assert first is not None
    assert [flag.judge_id for flag in queries.flags(session, sheet.id) if flag.kind == "region"] == [first.id]
    assert service.differences(session, sheet) == []


def test_without_a_gift_nobody_is_flagged_for_the_region(session: Session) -> None:
    edition, round_ = _from_regions(session, gift=0)
    sheet = make_sheet(session, edition, round_, confirmed=False)
    assert sheet.summary["tested"]["region"] > 0
    assert [flag for flag in queries.flags(session, sheet.id) if flag.kind == "region"] == []


def test_the_sheet_holds_no_region_and_nothing_a_region_can_be_guessed_from(session: Session) -> None:
    edition, round_ = _from_regions(session, gift=0)
    sheet = make_sheet(session, edition, round_, confirmed=False)
    keys = set(sheet.parameters["regions"].values())
    assert len(keys) == JUDGES
    guessed = {hashlib.sha256(f"{round_.id}:4201{n:02d}".encode()).hexdigest()[:12] for n in range(JUDGES)}
    assert keys & guessed == set()
    assert "4201" not in json.dumps(sheet.summary, ensure_ascii=False)
