"""Admitting, preparing, deciding findings, clearing."""

import re
from typing import Any

import pytest
from sqlalchemy.orm import Session

from judging.blinding import barred, identity_queries, queries, rules, service
from judging.blinding.models import Candidate, CandidateStatus, FindingPlace, FindingWhat
from judging.blinding.review_copy import review_copy, review_pdf
from judging.conflicts.models import Conflict, ConflictBasis, ConflictKind
from judging.editions.models import Edition, Round, Stage, TrackKind
from judging.editions.rules import WrongRound, WrongStage
from judging.entries.models import AttachmentKind, Entry, EntryStatus
from judging.foundation.audit import SYSTEM
from judging.foundation.errors import NotFound
from tests.conftest import AT
from tests.factories.blinding import make_candidate
from tests.factories.editions import make_edition
from tests.factories.entries import attach_pdf, make_entry
from tests.factories.judges import make_judge
from tests.factories.pdfs import make_pdf, make_picture_pdf
from tests.factories.units import make_unit

WHO: dict[str, Any] = {"by": SYSTEM, "at": AT}


def _round(edition: Edition, number: int = 1) -> Round:
    found = edition.tracks[0].round(number)
    assert found is not None
    return found


def _blinding(session: Session, **values: Any) -> Edition:
    return make_edition(session, **{"stage": Stage.BLINDING} | values)


def _prepared(session: Session, entry: Entry, edition: Edition) -> Candidate:
    candidate = service.admit(session, edition, _round(edition), [entry], **WHO)[0]
    service.prepare(session, candidate, at=AT)
    return queries.candidate_by_id(session, edition, candidate.id)


def _told(candidate: Candidate) -> set[tuple[FindingPlace, FindingWhat, bool]]:
    return {(finding.place, finding.what, finding.removed) for finding in candidate.findings}


def test_codes_tell_nothing_and_cannot_be_misread(session: Session) -> None:
    edition = _blinding(session)
    entries = [make_entry(session, edition) for _ in range(30)]
    codes = [candidate.code for candidate in service.admit(session, edition, _round(edition), entries, **WHO)]
    assert all(re.fullmatch("[A-HJ-NP-Z][A-HJ-NP-Z2-9]{4}", code) for code in codes)
    assert len(set(codes)) == 30


def test_candidates_do_not_stand_in_the_order_of_entries(session: Session) -> None:
    edition = _blinding(session)
    entries = [make_entry(session, edition) for _ in range(30)]
    made = service.admit(session, edition, _round(edition), entries, **WHO)
    links = identity_queries.entries_of(session, [candidate.id for candidate in made])
    assert [links[candidate.id].code for candidate in made] != [entry.code for entry in entries]


def test_admitting_again_adds_nobody(session: Session) -> None:
    edition = _blinding(session)
    entries = [make_entry(session, edition) for _ in range(3)]
    service.admit(session, edition, _round(edition), entries, **WHO)
    assert service.admit(session, edition, _round(edition), entries, **WHO) == []


def test_a_second_round_gives_new_candidates_new_codes(session: Session) -> None:
    edition = _blinding(session, rounds=2)
    entry = make_entry(session, edition)
    first = service.admit(session, edition, _round(edition), [entry], **WHO)[0]
    edition.stage = Stage.SELECTION
    second = service.admit(session, edition, _round(edition, 2), [entry], **WHO)[0]
    assert (first.id, first.code) != (second.id, second.code)
    assert identity_queries.candidate_of(session, _round(edition, 2).id, entry.id) == second


@pytest.mark.parametrize("stage", [Stage.INTAKE, Stage.JUDGING, Stage.SELECTION])
def test_nobody_is_admitted_outside_blinding(session: Session, stage: Stage) -> None:
    edition = make_edition(session, stage=stage)
    with pytest.raises(WrongStage):
        service.admit(session, edition, _round(edition), [make_entry(session, edition)], **WHO)


def test_nobody_is_admitted_to_a_round_that_does_not_run(session: Session) -> None:
    edition = _blinding(session, rounds=2)
    with pytest.raises(WrongRound):
        service.admit(session, edition, _round(edition, 2), [make_entry(session, edition)], **WHO)


def test_only_accepted_entries_of_the_track_are_admitted(session: Session) -> None:
    edition = make_edition(session, TrackKind.QC, TrackKind.PAPER, stage=Stage.BLINDING)
    for entry in (
        make_entry(session, edition, status=EntryStatus.REJECTED),
        make_entry(session, edition, kind=TrackKind.PAPER),
    ):
        with pytest.raises(rules.NotAdmissible):
            service.admit(session, edition, _round(edition), [entry], **WHO)


def test_a_clean_masked_copy_waits_only_to_be_cleared(session: Session) -> None:
    edition = _blinding(session)
    entry = make_entry(session, edition)
    attach_pdf(session, entry, make_pdf("现状调查与原因分析"))
    candidate = _prepared(session, entry, edition)
    assert (candidate.status, candidate.findings, len(candidate.files)) == (CandidateStatus.READY, [], 1)


def test_names_in_the_text_make_a_candidate_suspect(session: Session) -> None:
    edition = _blinding(session)
    unit = make_unit(session, name="武汉天成重工股份有限公司")
    entry = make_entry(session, edition, unit=unit, group_name="星火QC小组", members=("欧阳明远", "李思齐"))
    attach_pdf(session, entry, make_pdf("封面", "天成重工 星火小组\n欧阳\n明远 组长 13912345678"))
    candidate = _prepared(session, entry, edition)
    assert candidate.status is CandidateStatus.SUSPECT
    assert {(finding.what, finding.page) for finding in candidate.findings} == {
        (what, 2) for what in (FindingWhat.UNIT, FindingWhat.GROUP, FindingWhat.MEMBER, FindingWhat.CONTACT)
    }


def test_metadata_is_taken_out_and_only_told(session: Session) -> None:
    edition = _blinding(session)
    entry = make_entry(session, edition, members=("欧阳明远",))
    attach_pdf(session, entry, make_pdf("正文", author="欧阳明远"))
    candidate = _prepared(session, entry, edition)
    assert candidate.status is CandidateStatus.READY
    assert _told(candidate) == {(FindingPlace.METADATA, FindingWhat.MEMBER, True)}


def test_title_abstract_and_keywords_are_blocked_out(session: Session) -> None:
    edition = _blinding(session)
    unit = make_unit(session, name="武汉天成重工股份有限公司")
    texts = {"title": "降低天成重工能耗", "abstract": "欧阳明远等人", "keywords": "天成重工；能耗"}
    candidate = _prepared(session, make_entry(session, edition, unit=unit, members=("欧阳明远",), **texts), edition)
    assert (candidate.title, candidate.abstract, candidate.keywords) == ("降低▇▇能耗", "▇▇等人", "▇▇；能耗")


@pytest.mark.parametrize(
    ("content", "media_type", "what"),
    [
        (None, "", FindingWhat.NO_FILE),
        (b"PK", "application/msword", FindingWhat.NOT_PDF),
        (b"%PDF-1.7", "application/pdf", FindingWhat.UNREADABLE),
        (make_picture_pdf(), "application/pdf", FindingWhat.NO_TEXT),
    ],
)
def test_what_cannot_be_read_is_for_a_person(
    session: Session, content: bytes | None, media_type: str, what: FindingWhat
) -> None:
    edition = _blinding(session)
    entry = make_entry(session, edition)
    if content is not None:
        attach_pdf(session, entry, content, media_type=media_type)
    candidate = _prepared(session, entry, edition)
    assert (candidate.status, [finding.what for finding in candidate.findings]) == (CandidateStatus.SUSPECT, [what])


def test_a_dismissed_finding_stays_dismissed_when_prepared_again(session: Session) -> None:
    edition = _blinding(session)
    entry = make_entry(session, edition, members=("高原",))
    attach_pdf(session, entry, make_pdf("高原地区施工"))
    candidate = _prepared(session, entry, edition)
    service.dismiss(session, edition, candidate, candidate.findings[0], reason="地理名词", **WHO)
    assert candidate.status is CandidateStatus.READY
    service.prepare(session, candidate, at=AT)
    assert candidate.status is CandidateStatus.READY


def test_an_open_finding_stops_the_clearance(session: Session) -> None:
    edition = _blinding(session)
    candidate = _prepared(session, make_entry(session, edition), edition)
    with pytest.raises(rules.OpenFindings):
        service.clear(session, edition, candidate, **WHO)


def test_clearing_all_leaves_the_suspect_ones(session: Session) -> None:
    edition = _blinding(session)
    clean, missing = make_entry(session, edition), make_entry(session, edition)
    attach_pdf(session, clean, make_pdf("正文"))
    states = {entry.id: _prepared(session, entry, edition) for entry in (clean, missing)}
    assert service.clear_ready(session, edition, [_round(edition)], **WHO) == 1
    assert states[clean.id].status is CandidateStatus.CLEARED
    assert states[missing.id].status is CandidateStatus.SUSPECT
    assert queries.candidates_of(session, _round(edition).id) == [states[clean.id]]


def test_a_clearance_can_be_taken_back(session: Session) -> None:
    edition = _blinding(session)
    candidate = make_candidate(session, _round(edition), entry=make_entry(session, edition))
    service.hold(session, edition, candidate, reason="再看一遍", **WHO)
    assert candidate.status is CandidateStatus.READY


def test_texts_written_by_hand_survive_preparing(session: Session) -> None:
    edition = _blinding(session)
    candidate = _prepared(session, make_entry(session, edition), edition)
    service.reword(session, edition, candidate, title="降低能耗", abstract="", keywords="", **WHO)
    service.prepare(session, candidate, at=AT)
    assert candidate.title == "降低能耗"


def test_a_removed_candidate_is_gone_for_judges(session: Session) -> None:
    edition = _blinding(session)
    candidate = make_candidate(session, _round(edition), entry=make_entry(session, edition))
    service.remove(session, edition, candidate, reason="单位撤回", **WHO)
    assert queries.candidates_of(session, _round(edition).id) == []
    with pytest.raises(NotFound):
        review_copy(session, candidate.id)
    with pytest.raises(rules.AlreadyRemoved):
        service.prepare(session, candidate, at=AT)


def test_what_is_not_cleared_does_not_exist_for_judges(session: Session) -> None:
    edition = _blinding(session)
    candidate = _prepared(session, make_entry(session, edition), edition)
    with pytest.raises(NotFound):
        review_copy(session, candidate.id)
    with pytest.raises(NotFound):
        review_pdf(session, candidate.id, 1)


def test_an_open_round_shows_unit_and_group_and_the_report(session: Session) -> None:
    edition = _blinding(session)
    _round(edition).blind = False
    entry = make_entry(session, edition, group_name="星火小组", presenter="欧阳明远")
    attach_pdf(session, entry, make_pdf("正文"), kind=AttachmentKind.REPORT)
    candidate = _prepared(session, entry, edition)
    service.clear(session, edition, candidate, **WHO)
    copy = review_copy(session, candidate.id)
    assert (copy.unit_name, copy.group_name, copy.presenter) == (entry.unit.name, "星火小组", "欧阳明远")
    assert [file.name for file in copy.files] == [f"{candidate.code}-1.pdf"]


def test_barred_pairs_are_told_in_candidates(session: Session) -> None:
    edition = _blinding(session)
    mine, other, judge = make_entry(session, edition), make_entry(session, edition), make_judge(session)
    kept = {"edition_id": edition.id, "judge_id": judge.id, "created_at": AT}
    session.add(Conflict(**kept, unit_id=mine.unit_id, kind=ConflictKind.DECLARED, basis=ConflictBasis.KIN))
    made = service.admit(session, edition, _round(edition), [mine, other], **WHO)
    links = identity_queries.entries_of(session, [candidate.id for candidate in made])
    candidate_id = next(key for key, entry in links.items() if entry.id == mine.id)
    assert barred.barred_pairs(session, edition.id, _round(edition).id) == {(judge.id, candidate_id)}
