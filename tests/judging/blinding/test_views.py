"""The organizer's desk of blinding."""

import io
from typing import Any

import pytest
from sqlalchemy.orm import Session

from judging.accounts.models import Role
from judging.blinding import preparing, queries, service
from judging.blinding.models import Candidate, CandidateStatus
from judging.editions.models import Edition, Stage
from judging.editions.readiness import obstacles
from judging.foundation.audit import SYSTEM, Actor
from judging.foundation.outbox import due
from tests.conftest import AT, Client
from tests.factories.accounts import make_user
from tests.factories.blinding import make_candidate
from tests.factories.editions import make_edition
from tests.factories.entries import attach_pdf, make_entry
from tests.factories.pdfs import make_pdf
from tests.factories.units import make_unit

WHO: dict[str, Any] = {"by": SYSTEM, "at": AT}


@pytest.fixture
def edition(session: Session) -> Edition:
    return make_edition(session, stage=Stage.BLINDING)


@pytest.fixture
def desk(session: Session, client: Client, edition: Edition) -> Client:
    return client.sign_in(make_user(session, Role.ORGANIZER, scope=edition.id))


def _candidate(session: Session, edition: Edition, pdf: bytes | None = None, **values: Any) -> Candidate:
    entry = make_entry(session, edition, unit=make_unit(session, name="武汉天成重工有限公司"), **values)
    if pdf is not None:
        attach_pdf(session, entry, pdf)
    round_ = edition.tracks[0].rounds[0]
    candidate = service.admit(session, edition, round_, [entry], **WHO)[0]
    service.prepare(session, candidate, at=AT)
    return candidate


def _url(edition: Edition, candidate: Candidate | None = None, tail: str = "") -> str:
    return f"/e/{edition.slug}/blinding/" + (f"{candidate.id}{tail}" if candidate else tail.lstrip("/"))


def test_an_empty_desk_says_what_it_will_show(desk: Client, edition: Edition) -> None:
    answer = desk.get(_url(edition))
    assert answer.status_code == 200
    assert "Nobody to blind" in answer.text or "还没有" in answer.text


def test_preparing_is_a_job_of_its_own(session: Session, desk: Client, edition: Edition) -> None:
    make_entry(session, edition)
    answer = desk.post(_url(edition, tail="prepare"))
    assert (answer.status_code, "/account/jobs/" in answer.location) == (302, True)


def test_the_job_admits_and_prepares_everything(session: Session, edition: Edition) -> None:
    for text in ("正文", "天成重工的正文"):
        entry = make_entry(session, edition, unit=make_unit(session, name=f"武汉天成重工有限公司{text}"))
        attach_pdf(session, entry, make_pdf(text))
    session.commit()
    steps: list[tuple[int, int]] = []
    job = preparing.ask(session, edition, by=Actor(None, "system"), result_url="/")
    preparing.prepare_rounds(job.payload, lambda done, total: steps.append((done, total)))
    assert steps == [(2, 2)]
    counts = queries.counts(session, [edition.tracks[0].rounds[0].id])
    assert sum(counts[edition.tracks[0].rounds[0].id].values()) == 2
    assert preparing.what_waits(session, edition) == 0


def test_the_page_of_a_candidate_shows_entry_copy_and_findings(
    session: Session, desk: Client, edition: Edition
) -> None:
    candidate = _candidate(session, edition, make_pdf("天成重工的现状调查"))
    page = desk.get(_url(edition, candidate)).text
    assert "武汉天成重工有限公司" in page
    assert "天成重工的现状调查" in page
    assert f"{candidate.code}-1.pdf" in page


def test_the_file_has_a_generated_name(session: Session, desk: Client, edition: Edition) -> None:
    candidate = _candidate(session, edition, make_pdf("正文"))
    answer = desk.get(_url(edition, candidate, "/files/1"))
    assert answer.data.startswith(b"%PDF")
    assert answer.headers["Content-Disposition"] == f'inline; filename="{candidate.code}-1.pdf"'
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert desk.get(_url(edition, candidate, "/files/2")).status_code == 404


def test_dismissing_needs_a_reason(session: Session, desk: Client, edition: Edition) -> None:
    candidate = _candidate(session, edition, make_pdf("天成重工的现状调查"))
    assert desk.post(_url(edition, candidate, "/dismiss"), data={"reason": ""}).status_code == 422
    assert desk.post(_url(edition, candidate, "/dismiss"), data={"reason": "通用词"}).status_code == 302
    assert candidate.status is CandidateStatus.READY


def test_a_dismissal_can_be_taken_back(session: Session, desk: Client, edition: Edition) -> None:
    candidate = _candidate(session, edition, make_pdf("天成重工的现状调查"))
    desk.post(_url(edition, candidate, "/dismiss"), data={"reason": "通用词"})
    desk.post(_url(edition, candidate, "/clear"))
    finding = queries.findings_of(session, candidate.id)[0]
    assert desk.post(_url(edition, candidate, f"/findings/{finding.id}/raise")).status_code == 302
    assert candidate.status is CandidateStatus.SUSPECT
    assert desk.post(_url(edition, candidate, f"/findings/{candidate.id}/raise")).status_code == 404


def test_clearing_by_page(session: Session, desk: Client, edition: Edition) -> None:
    clean = _candidate(session, edition, make_pdf("正文"), members=("欧阳明远",))
    assert desk.post(_url(edition, clean, "/clear")).status_code == 302
    assert clean.status is CandidateStatus.CLEARED
    assert desk.post(_url(edition, clean, "/hold"), data={"reason": "再看一遍"}).status_code == 302
    assert desk.post(_url(edition, tail="clear")).status_code == 302
    assert clean.status is CandidateStatus.CLEARED


def test_an_open_finding_refuses_the_clearance_with_a_sentence(
    session: Session, desk: Client, edition: Edition
) -> None:
    assert desk.post(_url(edition, _candidate(session, edition), "/clear")).status_code == 409


def test_a_new_masked_copy_replaces_the_old_one(session: Session, desk: Client, edition: Edition) -> None:
    candidate = _candidate(session, edition, make_pdf("天成重工的现状调查"))
    upload = {"file": (io.BytesIO(make_pdf("现状调查")), "新稿.pdf"), "reason": "单位补交"}
    assert desk.post(_url(edition, candidate, "/masked"), data=upload).status_code == 302
    assert candidate.status is CandidateStatus.READY


@pytest.mark.parametrize(
    "upload",
    [{"reason": "单位补交"}, {"file": (io.BytesIO(b"MZ"), "a.pdf"), "reason": "单位补交"}],
    ids=["nothing", "a program"],
)
def test_a_wrong_replacement_is_refused_in_its_place(
    session: Session, desk: Client, edition: Edition, upload: dict[str, Any]
) -> None:
    candidate = _candidate(session, edition, make_pdf("天成重工的现状调查"))
    answer = desk.post(_url(edition, candidate, "/masked"), data=upload)
    assert answer.status_code == 422
    assert "单位补交" in answer.text
    assert candidate.status is CandidateStatus.SUSPECT


def test_the_letter_to_the_entrant_does_not_tell_the_code(session: Session, desk: Client, edition: Edition) -> None:
    candidate = _candidate(session, edition, contact_email="contact@example.cn")
    assert desk.post(_url(edition, candidate, "/ask"), data={"reason": "第二页有厂名"}).status_code == 302
    (letter,) = due(session, AT.replace(year=2099))
    assert "第二页有厂名" in letter.body
    assert candidate.code not in letter.subject + letter.body


def test_texts_for_judges_can_be_corrected(session: Session, desk: Client, edition: Edition) -> None:
    candidate = _candidate(session, edition)
    typed = {"title": "降低能耗", "abstract": "", "keywords": "", "version": candidate.version}
    assert desk.get(_url(edition, candidate, "/words")).status_code == 200
    assert desk.post(_url(edition, candidate, "/words"), data=typed).status_code == 302
    assert candidate.title == "降低能耗"
    stale = desk.post(_url(edition, candidate, "/words"), data=typed | {"title": "别的题目"})
    assert (stale.status_code, "别的题目" in stale.text) == (409, True)


def test_outside_the_stage_nothing_can_be_changed(session: Session, desk: Client, edition: Edition) -> None:
    candidate = _candidate(session, edition)
    edition.stage = Stage.JUDGING
    for tail in ("/clear", "/prepare", "/hold", "/dismiss", "/ask"):
        assert desk.post(_url(edition, candidate, tail), data={"reason": "理由"}).status_code == 409, tail
    assert desk.post(_url(edition, candidate, "/remove"), data={"reason": "单位撤回"}).status_code == 302
    assert candidate.status is CandidateStatus.REMOVED


def test_another_edition_s_candidate_is_not_found(session: Session, desk: Client, edition: Edition) -> None:
    other = make_edition(session, stage=Stage.BLINDING)
    candidate = make_candidate(session, other.tracks[0].rounds[0], entry=make_entry(session, other))
    assert desk.get(_url(edition, candidate)).status_code == 404


@pytest.mark.parametrize(("role", "status"), [(Role.SUPERVISOR, 200), (Role.JUDGE, 403), (Role.ENTRANT, 403)])
def test_who_may_see_the_desk(session: Session, client: Client, edition: Edition, role: Role, status: int) -> None:
    client.sign_in(make_user(session, role, scope=edition.id))
    candidate = _candidate(session, edition)
    assert client.get(_url(edition)).status_code == status
    assert client.get(_url(edition, candidate)).status_code == status
    assert client.post(_url(edition, candidate, "/clear")).status_code == 403


def test_the_desk_asks_as_much_for_thirty_as_for_one(
    session: Session, desk: Client, edition: Edition, queries: list[str]
) -> None:
    make_candidate(session, edition.tracks[0].rounds[0])
    desk.get(_url(edition))
    queries.clear()
    desk.get(_url(edition))
    few = len(queries)
    for _ in range(30):
        make_candidate(session, edition.tracks[0].rounds[0])
    queries.clear()
    desk.get(_url(edition))
    assert len(queries) <= few


@pytest.mark.parametrize("query", ["status=x", "round=x", "what=no_file", "q=%25", "sort=nonsense", "page=-3"])
def test_odd_filters_do_no_harm(desk: Client, edition: Edition, query: str) -> None:
    assert desk.get(_url(edition) + "?" + query).status_code == 200


def test_judging_waits_for_cleared_copies(session: Session, edition: Edition) -> None:
    make_entry(session, edition)
    _candidate(session, edition)
    found = [obstacle for obstacle in obstacles(session, edition, Stage.JUDGING) if "blinding" in obstacle.endpoint]
    assert [obstacle.blocking for obstacle in found] == [True, True]
