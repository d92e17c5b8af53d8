"""The library, drafts, versions, and the choice of a round."""

from datetime import datetime
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from judging.editions import rules as editions
from judging.editions.models import Stage, TrackKind
from judging.editions.service import copy_edition
from judging.foundation.audit import SYSTEM
from judging.rubrics import queries, rules, service
from judging.rubrics.library import LIBRARY
from judging.rubrics.models import RubricStatus
from judging.rubrics.readiness import rubrics_are_chosen
from judging.rubrics.service import CriterionLine
from tests.factories.editions import make_edition
from tests.factories.rubrics import make_rubric, use_rubric

TOTALS = {
    "qc-problem-solving": 100,
    "qc-innovative": 100,
    "qc-site": 100,
    "trade-problem-solving": 120,
    "trade-innovative": 120,
    "trade-presentation": 28,
    "story": 100,
    "paper": 100,
    "team": 100,
    "benchmark": 100,
}


def test_the_library_has_the_totals_of_its_sources() -> None:
    assert {template.code: template.total for template in LIBRARY} == TOTALS


def test_the_library_is_installed_once(session: Session, at: datetime) -> None:
    added = service.install_library(session, SYSTEM, at)
    assert {rubric.code: rubric.maximum for rubric in added} == TOTALS
    assert all(not rules.gaps(rubric) for rubric in added)
    assert service.install_library(session, SYSTEM, at) == []


def test_a_published_rubric_is_not_edited(session: Session, at: datetime) -> None:
    rubric = make_rubric(session)
    with pytest.raises(rules.PublishedStands):
        service.set_criteria(session, rubric, [CriterionLine("选题", Decimal(10))], by=SYSTEM, at=at)
    with pytest.raises(rules.PublishedStands):
        service.update_rubric(session, rubric, name="改名", by=SYSTEM, at=at)


def test_a_new_version_supersedes_the_old_one_when_published(session: Session, at: datetime) -> None:
    old = make_rubric(session, maxima=(60, 40))
    draft = service.new_version(session, old, by=SYSTEM, at=at)
    assert (draft.number, draft.status, draft.maximum) == (2, RubricStatus.DRAFT, 100)
    service.publish_rubric(session, draft, by=SYSTEM, at=at)
    assert (old.status, draft.status) == (RubricStatus.SUPERSEDED, RubricStatus.PUBLISHED)


def test_there_is_one_draft_at_a_time(session: Session, at: datetime) -> None:
    old = make_rubric(session)
    service.new_version(session, old, by=SYSTEM, at=at)
    with pytest.raises(rules.DraftExists):
        service.new_version(session, old, by=SYSTEM, at=at)


def test_criteria_keep_their_codes_when_they_move(session: Session, at: datetime) -> None:
    draft = service.new_version(session, make_rubric(session, maxima=(60, 40)), by=SYSTEM, at=at)
    lines = [
        CriterionLine("效果", Decimal(40), code="c2"),
        CriterionLine("新项", Decimal(10)),
        CriterionLine("选题", Decimal(50), code="c1"),
    ]
    service.set_criteria(session, draft, lines, by=SYSTEM, at=at)
    session.expire_all()
    assert [(c.code, c.name, c.maximum) for c in draft.criteria] == [
        ("c2", "效果", 40),
        ("c3", "新项", 10),
        ("c1", "选题", 50),
    ]


@pytest.mark.parametrize(
    "line",
    [
        CriterionLine("选题", Decimal(10), minimum=Decimal(10)),
        CriterionLine("选题", Decimal(10), step=Decimal(3)),
        CriterionLine("选题", Decimal(10), step=Decimal(0)),
        CriterionLine("选题", Decimal(10), weight=Decimal(0)),
    ],
)
def test_a_rubric_that_cannot_be_marked_is_not_published(session: Session, at: datetime, line: CriterionLine) -> None:
    draft = service.draft_rubric(
        session, code="own", name="自定", track_kind=TrackKind.QC, lines=[line], by=SYSTEM, at=at
    )
    with pytest.raises(rules.NotComplete, match="选题"):
        service.publish_rubric(session, draft, by=SYSTEM, at=at)


def test_a_round_marks_each_topic_type_by_its_rubric(session: Session) -> None:
    round_ = make_edition(session).tracks[0].rounds[0]
    general, innovative = make_rubric(session), make_rubric(session)
    use_rubric(session, round_, general)
    use_rubric(session, round_, innovative, "innovative")
    assert queries.rubric_for(session, round_.id, "self_set") == general
    assert queries.rubric_for(session, round_.id, "innovative") == innovative
    assert queries.rubrics_of_round(session, round_.id) == {"": general, "innovative": innovative}


def test_a_round_without_rubric_says_so(session: Session) -> None:
    round_ = make_edition(session).tracks[0].rounds[0]
    with pytest.raises(rules.NoRubric):
        queries.rubric_for(session, round_.id, "self_set")


def test_the_choice_is_frozen_when_judging_opens(session: Session, at: datetime) -> None:
    edition = make_edition(session, stage=Stage.JUDGING, frozen_at=at)
    with pytest.raises(editions.Frozen):
        service.use_rubric(
            session, edition.tracks[0].rounds[0], "", make_rubric(session), edition=edition, by=SYSTEM, at=at
        )


def test_only_published_rubrics_of_the_track_are_chosen(session: Session, at: datetime) -> None:
    edition = make_edition(session)
    round_ = edition.tracks[0].rounds[0]
    draft, paper = make_rubric(session, status=RubricStatus.DRAFT), make_rubric(session, track_kind=TrackKind.PAPER)
    with pytest.raises(rules.NotPublished):
        service.use_rubric(session, round_, "", draft, edition=edition, by=SYSTEM, at=at)
    with pytest.raises(rules.WrongKind):
        service.use_rubric(session, round_, "", paper, edition=edition, by=SYSTEM, at=at)


def test_judging_waits_for_a_rubric_of_every_topic_type(session: Session, at: datetime) -> None:
    edition = make_edition(session, TrackKind.QC)
    round_ = edition.tracks[0].rounds[0]
    service.use_rubric(session, round_, "innovative", make_rubric(session), edition=edition, by=SYSTEM, at=at)
    assert len(rubrics_are_chosen(session, edition)) == 1
    service.use_rubric(session, round_, "", make_rubric(session), edition=edition, by=SYSTEM, at=at)
    assert rubrics_are_chosen(session, edition) == []


def test_a_copied_edition_uses_the_versions_published_now(session: Session, at: datetime) -> None:
    source, old = make_edition(session), make_rubric(session)
    use_rubric(session, source.tracks[0].rounds[0], old)
    draft = service.new_version(session, old, by=SYSTEM, at=at)
    service.publish_rubric(session, draft, by=SYSTEM, at=at)
    made = copy_edition(session, source, name="下一届", slug="next", year=2023, by=SYSTEM, at=at)
    assert queries.rubric_for(session, made.tracks[0].rounds[0].id, "") == draft
