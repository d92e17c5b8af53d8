"""Assignments go out to Excel and come back: what would change, what stands against it, all or nothing."""

import io
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy.orm import Session

from judging.accounts.models import Role
from judging.assignment import queries, rules, service
from judging.assignment.models import AssignmentSource, Panel
from judging.assignment.service import importing
from judging.assignment.service.versions import version_of
from judging.blinding.barred import barred_pairs
from judging.blinding.models import Candidate
from judging.conflicts import service as conflicts
from judging.conflicts.models import ConflictBasis
from judging.editions.models import Edition, Round, Stage
from judging.foundation.audit import SYSTEM, AuditLine
from judging.judges.models import Judge
from judging.web.imports import ImportHasErrors, Plan, RowState
from tests.conftest import Client
from tests.factories.accounts import make_user
from tests.factories.assignment import make_assignment, make_panel
from tests.factories.blinding import make_candidate
from tests.factories.editions import make_edition
from tests.factories.entries import make_entry
from tests.factories.judges import make_judge

HEAD = ("盲审编号", "专家编号", "评委")


@pytest.fixture
def edition(session: Session) -> Edition:
    """An edition at the blinding stage: two judges for each candidate, at most three for each judge."""
    made = make_edition(session, stage=Stage.BLINDING)
    round_ = made.tracks[0].rounds[0]
    round_.judges_per_entry, round_.max_load = 2, 3
    return made


@pytest.fixture
def judges(session: Session) -> list[Judge]:
    return [make_judge(session) for _ in range(4)]


@pytest.fixture
def panel(session: Session, edition: Edition, judges: list[Judge]) -> Panel:
    return make_panel(session, round_of(edition), *judges)


@pytest.fixture
def candidates(session: Session, edition: Edition, panel: Panel) -> list[Candidate]:
    """Three candidates, each with the first two judges."""
    made = [make_candidate(session, round_of(edition), entry=make_entry(session, edition)) for _ in range(3)]
    for candidate in made:
        for seat in panel.seats[:2]:
            make_assignment(session, candidate, seat)
    return made


def round_of(edition: Edition) -> Round:
    return edition.tracks[0].rounds[0]


def book(*rows: Sequence[object]) -> bytes:
    """Return a workbook with the columns people keep."""
    made, file = Workbook(), io.BytesIO()
    sheet = made.active
    assert sheet is not None
    for row in (HEAD, *rows):
        sheet.append(list(row))
    made.save(file)
    return file.getvalue()


def plan(session: Session, edition: Edition, *rows: Sequence[object]) -> Plan:
    return importing.plan_import(session, edition, round_of(edition), book(*rows))


def errors(planned: Plan) -> list[tuple[int, str]]:
    return [(error.row, error.message) for error in planned.errors]


def given(session: Session, edition: Edition) -> set[tuple[str, str]]:
    rows = queries.assignments_of_round(session, round_of(edition).id)
    return {(row.candidate.code, row.seat.judge.code) for row in rows}


def test_what_goes_out_comes_back_unchanged(
    session: Session, client: Client, edition: Edition, candidates: list[Candidate]
) -> None:
    make_candidate(session, round_of(edition))
    browser = client.sign_in(make_user(session, Role.ORGANIZER, scope=edition.id))
    sent = browser.get(f"/e/{edition.slug}/assignment/{round_of(edition).id}/export").data
    planned = importing.plan_import(session, edition, round_of(edition), sent)
    assert (planned.writes, planned.errors, planned.count(RowState.SAME)) == (0, [], 4)


def test_a_candidate_gets_exactly_its_rows_and_the_others_keep_theirs(
    session: Session, edition: Edition, judges: list[Judge], candidates: list[Candidate], at: datetime
) -> None:
    one, two, three = (candidate.code for candidate in candidates)
    first, second, third, _fourth = judges
    planned = plan(session, edition, (one, first.code, ""), (one, "", third.name), (two, "", ""))
    assert [(row.label.split()[0], row.state) for row in planned.rows] == [
        (one, RowState.CHANGED),
        (two, RowState.CHANGED),
    ]
    who = {"reason": "按专业调整", "by": SYSTEM, "at": at}
    assert importing.apply_import(session, edition, round_of(edition), planned, **who) == 2
    session.expire_all()
    assert given(session, edition) == {
        (one, first.code),
        (one, third.code),
        (three, first.code),
        (three, second.code),
    }
    made = next(a for a in queries.assignments_of_round(session, round_of(edition).id) if a.reason)
    assert (made.source, made.reason, made.order) == (AssignmentSource.MANUAL, "按专业调整", 1)
    acts = [line.act for line in session.query(AuditLine).order_by(AuditLine.at) if "assignment" in line.act]
    assert sorted(acts) == ["assignment.added", "assignment.imported"] + ["assignment.removed"] * 3


def test_unknown_codes_and_rows_twice_are_told_by_row(
    session: Session, edition: Edition, judges: list[Judge], candidates: list[Candidate]
) -> None:
    code = candidates[0].code
    planned = plan(
        session,
        edition,
        ("没有这个", judges[0].code, ""),
        (code, "ZZ99", ""),
        (code, judges[0].code, ""),
        (code, judges[0].code.lower(), ""),
        (code, "", "无此人"),
        ("", judges[0].code, ""),
    )
    assert [row for row, _message in errors(planned)] == [2, 3, 5, 6, 7]
    assert planned.writes == 0


def test_two_judges_of_one_name_need_their_number(
    session: Session, edition: Edition, candidates: list[Candidate]
) -> None:
    make_panel(session, round_of(edition), *[make_judge(session, name="王伟") for _ in range(2)])
    ((row, message),) = errors(plan(session, edition, (candidates[0].code, "", "王伟")))
    assert (row, "王伟" in message) == (2, True)


def test_a_conflict_stands_against_a_new_pair(
    session: Session, edition: Edition, judges: list[Judge], candidates: list[Candidate], at: datetime
) -> None:
    entry = conflicts.queries.entries_taking_part(session, edition.id)[0]
    said = {"basis": ConflictBasis.KIN, "reason": "亲属", "by": SYSTEM, "at": at}
    conflicts.record(session, edition, judges[2], unit=entry.unit, **said)
    codes = {candidate.id: candidate.code for candidate in candidates}
    barred = {codes[c] for j, c in barred_pairs(session, edition.id, round_of(edition).id) if j == judges[2].id}
    rows = [(code, judges[2].code, "") for code in sorted(codes.values())]
    found = errors(plan(session, edition, *rows))
    assert {rows[row - 2][0] for row, _message in found} == barred != set()


def test_two_judges_of_one_unit_are_refused_and_what_stands_is_not_questioned(
    session: Session, edition: Edition, judges: list[Judge], candidates: list[Candidate]
) -> None:
    judges[0].unit_name = judges[1].unit_name = judges[2].unit_name = "同一单位"
    session.flush()
    one, two = candidates[0].code, candidates[1].code
    planned = plan(
        session,
        edition,
        (one, judges[0].code, ""),
        (one, judges[1].code, ""),
        (two, judges[0].code, ""),
        (two, judges[2].code, ""),
    )
    assert [row for row, _message in errors(planned)] == [5]


def test_loads_are_counted_after_all_changes_together(
    session: Session, edition: Edition, judges: list[Judge], panel: Panel, candidates: list[Candidate]
) -> None:
    fourth = make_candidate(session, round_of(edition))
    first, third = judges[0].code, judges[2].code
    too_much = plan(session, edition, (fourth.code, first, ""))
    assert [row for row, _message in errors(too_much)] == [2]
    moved = plan(session, edition, (fourth.code, first, ""), (candidates[0].code, third, ""))
    assert moved.errors == []


def test_no_candidate_gets_more_judges_than_the_round_wants(
    session: Session, edition: Edition, judges: list[Judge], candidates: list[Candidate]
) -> None:
    planned = plan(session, edition, *[(candidates[0].code, judge.code, "") for judge in judges[:3]])
    assert [row for row, _message in errors(planned)] == [4]


def test_a_begun_sheet_is_not_taken_away(
    session: Session,
    edition: Edition,
    judges: list[Judge],
    candidates: list[Candidate],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importing, "begun_among", lambda _session, ids: dict.fromkeys(ids, True))
    planned = plan(session, edition, (candidates[0].code, judges[2].code, ""), (candidates[1].code, judges[0].code, ""))
    assert [row for row, _message in errors(planned)] == [2, 2, 3]


def test_with_one_error_nothing_is_written(
    session: Session, edition: Edition, judges: list[Judge], candidates: list[Candidate], at: datetime
) -> None:
    before = given(session, edition)
    planned = plan(session, edition, (candidates[0].code, judges[2].code, ""), ("X", judges[0].code, ""))
    with pytest.raises(ImportHasErrors):
        importing.apply_import(session, edition, round_of(edition), planned, reason="调整", by=SYSTEM, at=at)
    assert given(session, edition) == before


def test_a_reason_is_wanted(
    session: Session, edition: Edition, judges: list[Judge], candidates: list[Candidate], at: datetime
) -> None:
    planned = plan(session, edition, (candidates[0].code, judges[2].code, ""))
    with pytest.raises(importing.ReasonWanted):
        importing.apply_import(session, edition, round_of(edition), planned, reason=" ", by=SYSTEM, at=at)


def test_who_comes_second_is_told_so(
    session: Session, edition: Edition, judges: list[Judge], panel: Panel, candidates: list[Candidate], at: datetime
) -> None:
    seen = version_of(session, round_of(edition).id)
    planned = plan(session, edition, (candidates[0].code, judges[2].code, ""))
    found = queries.assignments_of_candidates(session, [candidates[2].id])[candidates[2].id][0]
    service.remove_assignment(session, edition, round_of(edition), found, by=SYSTEM, at=at)
    with pytest.raises(rules.Overtaken):
        importing.apply_import(session, edition, round_of(edition), planned, seen=seen, reason="调整", by=SYSTEM, at=at)


# Pages


@pytest.fixture
def browser(client: Client, session: Session, edition: Edition) -> Client:
    """A browser of the secretariat."""
    return client.sign_in(make_user(session, Role.ORGANIZER, scope=edition.id))


def send(browser: Client, home: str, content: bytes) -> str:
    """Upload a workbook and return where its preview stands."""
    answer = browser.post(home + "/import", data={"file": (io.BytesIO(content), "派件.xlsx")})
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def test_a_workbook_travels_from_upload_over_preview_to_assignments(
    browser: Client, session: Session, edition: Edition, judges: list[Judge], candidates: list[Candidate]
) -> None:
    home = f"/e/{edition.slug}/assignment/{round_of(edition).id}"
    assert browser.get(home + "/import").status_code == 200
    code = candidates[0].code
    preview = send(browser, home, book((code, judges[0].code, ""), (code, judges[2].code, "")))
    page = browser.get(preview).text
    assert (judges[1].name in page, judges[2].name in page) == (True, True)
    assert browser.post(preview, data={"reason": ""}).status_code == 422
    assert browser.post(preview, data={"reason": "按专业调整", "seen": "7"}).status_code == 409
    assert browser.post(preview, data={"reason": "按专业调整", "seen": "0"}).status_code == 302
    session.expire_all()
    assert {judge for candidate, judge in given(session, edition) if candidate == code} == {
        judges[0].code,
        judges[2].code,
    }


def test_a_preview_with_errors_names_rows_and_offers_no_import(
    browser: Client, edition: Edition, candidates: list[Candidate]
) -> None:
    home = f"/e/{edition.slug}/assignment/{round_of(edition).id}"
    preview = send(browser, home, book((candidates[0].code, "ZZ99", "")))
    page = browser.get(preview).text
    assert ("ZZ99" in page, "data-confirm" in page.split('class="page-actions"')[1].split("</header>")[0][:600]) == (
        True,
        False,
    )
    assert browser.post(preview, data={"reason": "按专业调整"}).status_code == 409


@pytest.mark.parametrize("content", [b"", b"no workbook"])
def test_a_file_that_is_no_workbook_is_told(browser: Client, edition: Edition, content: bytes) -> None:
    home = f"/e/{edition.slug}/assignment/{round_of(edition).id}"
    answer = browser.post(home + "/import", data={"file": (io.BytesIO(content), "派件.xlsx")})
    assert answer.status_code == 422


def test_a_preview_of_somebody_else_does_not_exist(
    browser: Client, client: Client, session: Session, edition: Edition, candidates: list[Candidate]
) -> None:
    home = f"/e/{edition.slug}/assignment/{round_of(edition).id}"
    preview = send(browser, home, book((candidates[0].code, "", "")))
    other = client.sign_in(make_user(session, Role.ORGANIZER, scope=edition.id))
    assert other.get(preview).status_code == 404


def test_a_plan_goes_out_with_its_fits(
    browser: Client, session: Session, edition: Edition, candidates: list[Candidate], at: datetime
) -> None:
    made = service.plan_round(session, edition, round_of(edition), seed=3, by=SYSTEM, at=at)
    session.commit()
    sent = browser.get(f"/e/{edition.slug}/assignment/plans/{made.id}/export").data
    rows = list(load_workbook(io.BytesIO(sent)).worksheets[0].iter_rows(values_only=True))
    pairs = {(row[0], row[2]) for row in rows[1:]}
    seats = {seat.id: seat.judge.code for seat in queries.seats_of(session, round_of(edition).id)}
    codes = {candidate.id: candidate.code for candidate in candidates}
    assert pairs == {(codes[UUID(one)], seats[UUID(seat)]) for one, seat in made.pairs}
    assert all(isinstance(row[4], int | float) for row in rows[1:])
