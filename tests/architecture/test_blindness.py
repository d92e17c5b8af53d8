"""What judges get of a candidate holds no mark of who made it: the value, the file, its words, its name, the code."""

from dataclasses import asdict
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.blinding import service
from judging.blinding.identity import Identity
from judging.blinding.models import Candidate
from judging.blinding.review_copy import ReviewCopy, review_copy, review_pdf
from judging.blinding.texts import page_texts
from judging.editions.models import Edition, Stage
from judging.entries.models import Entry
from judging.foundation.audit import SYSTEM
from tests.architecture import marks
from tests.conftest import AT
from tests.factories.editions import make_edition
from tests.factories.entries import attach_pdf, make_entry
from tests.factories.pdfs import everything_in, make_telling_pdf
from tests.factories.units import make_recommending_unit, make_unit

WHO: dict[str, Any] = {"by": SYSTEM, "at": AT}


@pytest.fixture
def edition(session: Session) -> Edition:
    return make_edition(session, stage=Stage.BLINDING)


@pytest.fixture
def entry(session: Session, edition: Edition) -> Entry:
    """An entry that says in every field who made it, in the texts that judges read as well."""
    recommending = make_recommending_unit(session, **marks.RECOMMENDING_UNIT)
    unit = make_unit(session, **marks.UNIT, recommending_unit_id=recommending.id)
    told = f"{marks.UNIT['name']}、{marks.ENTRY['group_name']}、{'、'.join(marks.MEMBERS)}、{marks.ENTRY['presenter']}"
    reach = f"电话 {marks.ENTRY['contact_phone']}，{marks.ENTRY['contact_email']}，{marks.UNIT['address']}"
    texts = {"title": f"降低{marks.SHORT_FORMS[0]}能耗", "abstract": f"{told}。{reach}", "keywords": marks.MEMBERS[0]}
    entry = make_entry(
        session, edition, unit=unit, recommending_unit_id=recommending.id, members=marks.MEMBERS, **marks.ENTRY, **texts
    )
    attach_pdf(session, entry, make_telling_pdf("现状调查", marks.IN_THE_PDF), file_name=marks.FILES[1])
    return entry


@pytest.fixture
def candidate(session: Session, edition: Edition, entry: Entry) -> Candidate:
    made = service.admit(session, edition, edition.tracks[0].rounds[0], [entry], **WHO)[0]
    service.prepare(session, made, at=AT)
    service.clear(session, edition, made, **WHO)
    return made


def _entry_ids(session: Session, candidate: Candidate) -> list[object]:
    identity = session.scalars(sa.select(Identity).where(Identity.candidate_id == candidate.id)).one()
    entry = session.get_one(Entry, identity.entry_id)
    return [identity.id, entry.id, entry.unit_id, entry.recommending_unit_id]


def test_the_review_copy_tells_nobody(session: Session, candidate: Candidate) -> None:
    told = str(asdict(review_copy(session, candidate.id)))
    ids = _entry_ids(session, candidate)
    assert [mark for mark in marks.entry_marks(*ids) if mark in told] == []


def test_the_review_copy_of_a_blind_round_holds_nothing_else(session: Session, candidate: Candidate) -> None:
    copy = review_copy(session, candidate.id)
    expected = ReviewCopy(
        code=candidate.code,
        title="降低▇▇能耗",
        abstract=copy.abstract,
        keywords="▇▇",
        topic_label=copy.topic_label,
        files=copy.files,
    )
    assert copy == expected
    assert [file.name for file in copy.files] == [f"{candidate.code}-1.pdf"]


def test_the_file_holds_no_mark_even_when_unpacked(session: Session, candidate: Candidate, entry: Entry) -> None:
    everything = everything_in(review_pdf(session, candidate.id, 1))
    sought = [*marks.entry_marks(*_entry_ids(session, candidate)), *marks.IN_THE_PDF]
    found = [m for m in sought if any(m.encode(form) in everything for form in ("utf-8", "utf-16-be", "gb18030"))]
    assert found == []


def test_the_words_of_the_file_are_those_of_its_pages(session: Session, candidate: Candidate) -> None:
    assert [page.text for page in page_texts(review_pdf(session, candidate.id, 1))] == ["现状调查"]


def test_the_marks_are_there_to_be_found(session: Session, entry: Entry) -> None:
    """Without this the other tests could pass on empty pages."""
    original = everything_in(make_telling_pdf("现状调查", marks.IN_THE_PDF))
    assert all(m.encode() in original or m.encode("utf-16-be") in original for m in marks.IN_THE_PDF)
    assert marks.SHORT_FORMS[0] in entry.title


def test_order_and_ids_of_candidates_tell_nothing_of_entries(session: Session, edition: Edition) -> None:
    entries = [make_entry(session, edition) for _ in range(40)]
    service.admit(session, edition, edition.tracks[0].rounds[0], entries, **WHO)
    stored = "rowid" if session.get_bind().dialect.name == "sqlite" else "ctid"
    orders = [
        sa.select(Identity.entry_id).join(Candidate, Candidate.id == Identity.candidate_id).order_by(by)
        for by in (Candidate.code, Candidate.id, sa.literal_column(f"candidate.{stored}"))
    ]
    ranks = {entry.id: rank for rank, entry in enumerate(entries)}
    for order in orders:
        followed = [ranks[entry_id] for entry_id in session.scalars(order)]
        assert followed not in (sorted(followed), sorted(followed, reverse=True))
