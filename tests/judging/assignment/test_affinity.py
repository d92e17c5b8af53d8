"""Affinity as the database tells it, and the page on which its weights are set."""

from datetime import datetime

import numpy as np
import pytest
from sqlalchemy.orm import Session

from judging.accounts.models import Role
from judging.assignment import queries
from judging.assignment.affinity import affinity_matrix, told, weights_of
from judging.assignment.engine.affinity import PRESET, Part, Term
from judging.assignment.models import Preference, Wish
from judging.blinding.models import Candidate
from judging.editions.models import Edition, Round, Stage
from judging.foundation.audit import AuditLine
from judging.judges.models import Expertise, ExpertiseKind, Judge
from tests.conftest import Client
from tests.factories.accounts import make_user
from tests.factories.assignment import make_assignment, make_invitation, make_panel
from tests.factories.blinding import make_candidate
from tests.factories.editions import make_edition
from tests.factories.entries import make_entry
from tests.factories.judges import make_judge
from tests.factories.units import make_unit


@pytest.fixture
def edition(session: Session) -> Edition:
    """An edition at the blinding stage."""
    return make_edition(session, stage=Stage.BLINDING)


def round_of(edition: Edition) -> Round:
    return edition.tracks[0].rounds[0]


def expert(session: Session, *topics: str, **values: object) -> Judge:
    judge = make_judge(session, industries=("C",), **values)
    judge.expertise += [Expertise(kind=ExpertiseKind.TOPIC, code=topic) for topic in topics]
    session.flush()
    return judge


def fit(session: Session, edition: Edition, *candidates: Candidate) -> tuple[list[list[float]], list[str]]:
    """Return the fits of the seated judges, and the reasons of the first candidate's pairs."""
    round_ = round_of(edition)
    seats = queries.seats_of(session, round_.id)
    made = affinity_matrix(session, edition, round_, candidates, seats)
    return np.round(made.score.astype(float), 2).tolist(), [told(made.explain(0, j)) for j in range(len(seats))]


def test_industry_track_and_speciality_add_up_and_are_told(session: Session, edition: Edition) -> None:
    candidate = make_candidate(session, round_of(edition), title="提高管道焊接合格率", industry="C")
    make_panel(session, round_of(edition), expert(session, "焊接"), make_judge(session, fields=()))
    with_words = PRESET[Term.INDUSTRY] + PRESET[Term.SPECIALITY] + PRESET[Term.TRACK]
    scores, reasons = fit(session, edition, candidate, make_candidate(session, round_of(edition), title="缩短候诊"))
    assert scores[0][0] > with_words > scores[1][0]
    assert scores[0][1] == 0
    assert reasons[0].startswith("同行业 0.4 + 专业（焊接） 0.3 + 关键词（焊接） 0.")
    assert reasons[1] == "无共同点"


def test_nothing_of_who_made_an_entry_enters(session: Session, edition: Edition) -> None:
    unit = make_unit(session, name="长江焊接设备有限公司", industry="Q")
    entry = make_entry(session, edition, unit=unit, title="长江焊接设备有限公司降低差错率")
    candidate = make_candidate(session, round_of(edition), entry=entry, title="■■降低差错率", industry="Q")
    make_panel(session, round_of(edition), expert(session, "长江焊接设备", fields=()))
    assert fit(session, edition, candidate)[0] == [[0.0]]


def test_what_a_judge_wrote_and_wished_counts(session: Session, edition: Edition) -> None:
    round_ = round_of(edition)
    one = make_candidate(session, round_, title="变压器巡检", industry="D")
    two = make_candidate(session, round_, title="混凝土裂缝", industry="E")
    panel = make_panel(session, round_, make_judge(session, fields=()))
    invitation = make_invitation(session, panel.seats[0], wish_words="变压器")
    wishes = [("industry:E", None, Wish.RATHER_NOT), ("", two.id, Wish.WISH), ("industry:D", None, Wish.RATHER_NOT)]
    session.add_all(
        Preference(invitation_id=invitation.id, topic=topic, candidate_id=candidate, wish=wish)
        for topic, candidate, wish in wishes
    )
    session.flush()
    ((first,), (second,)), reasons = fit(session, edition, one, two)
    assert second == 0.3  # a title counts before its topic
    assert first < 0
    assert reasons[0].endswith("− 本人意愿 0.3")


def test_earlier_editions_count_and_earlier_rounds_of_this_one_do_not(session: Session, edition: Edition) -> None:
    candidate = make_candidate(session, round_of(edition), title="变压器巡检", industry="D")
    other = make_candidate(session, round_of(edition), title="混凝土裂缝", industry="E")
    scores = []
    for former in (make_edition(session, slug="last-year"), make_edition(session, slug="again", rounds=2)):
        judge = make_judge(session, fields=())
        seat = make_panel(session, former.tracks[0].rounds[0], judge).seats[0]
        make_assignment(session, make_candidate(session, former.tracks[0].rounds[0], title="变压器检修"), seat)
        here = former if former.slug == "again" else edition
        panel = make_panel(session, here.tracks[0].rounds[-1], judge)
        made = affinity_matrix(
            session,
            here,
            here.tracks[0].rounds[-1],
            [candidate, other],
            [s for s in queries.seats_of(session, panel.round_id) if s.judge_id == judge.id],
        )
        scores.append(float(made.score[0, 0]))
    assert scores[0] > 0 == scores[1]


def test_a_sum_is_told_with_its_signs(session: Session) -> None:
    assert told([Part(Term.WISH, -0.3), Part(Term.TRACK, 0.1)]) == "本人意愿 −0.3 + 同赛道 0.1"


@pytest.fixture
def home(session: Session, edition: Edition) -> str:
    """Where the weights stand, with a candidate and a judge to look at."""
    make_candidate(session, round_of(edition), title="提高管道焊接合格率", industry="C")
    make_candidate(session, round_of(edition), title="缩短候诊时间", industry="Q")
    make_panel(session, round_of(edition), expert(session, "焊接"))
    return f"/e/{edition.slug}/assignment/{round_of(edition).id}/fit"


@pytest.fixture
def organizer(client: Client, session: Session, edition: Edition) -> Client:
    """A browser of the secretariat."""
    return client.sign_in(make_user(session, Role.ORGANIZER, scope=edition.id))


SENT = {"industry": "0.8", "speciality": "０.3", "words": "0.2", "track": "0.1", "past": "0.1", "wish": "0"}


def test_a_preview_changes_nothing_and_shows_reasons_before_and_after(
    organizer: Client, edition: Edition, home: str
) -> None:
    assert organizer.get(home).status_code == 200
    page = organizer.post(home, data=SENT | {"version": "1", "act": "preview"})
    assert (page.status_code, "同行业 0.8" in page.text, "同行业 0.4" in page.text) == (200, True, True)
    assert weights_of(round_of(edition)) == PRESET


def test_weights_are_saved_with_a_line_and_counted(
    organizer: Client, session: Session, edition: Edition, home: str
) -> None:
    version = round_of(edition).version
    assert organizer.post(home, data=SENT | {"version": str(version), "act": "save"}).status_code == 302
    session.expire_all()
    assert weights_of(round_of(edition))[Term.INDUSTRY] == 0.8
    assert any("affinity" in line.detail for line in session.query(AuditLine))
    assert 'value="0.8"' in organizer.get(home).text
    assert 'value="0.8"' not in organizer.get(home + "?preset=1").text.split("</form>")[0]


@pytest.mark.parametrize("wrong", ["", "-1", "1.5", "0.333", "viel", "nan", "1e400"])
def test_a_weight_that_is_none_is_told_at_its_field(organizer: Client, home: str, wrong: str) -> None:
    page = organizer.post(home, data=SENT | {"industry": wrong, "version": "1", "act": "save"})
    assert (page.status_code, f'value="{wrong}"' in page.text) == (422, True)


def test_who_saves_second_is_told_so(organizer: Client, home: str) -> None:
    assert organizer.post(home, data=SENT | {"version": "99", "act": "save"}).status_code == 409


def test_weights_stand_when_judging_has_opened(
    organizer: Client, session: Session, edition: Edition, home: str, at: datetime
) -> None:
    edition.frozen_at = at
    session.flush()
    version = round_of(edition).version
    assert organizer.post(home, data=SENT | {"version": str(version), "act": "save"}).status_code == 409
    assert organizer.get(home).status_code == 200


def test_a_round_without_candidates_says_what_is_missing(organizer: Client, session: Session, edition: Edition) -> None:
    assert organizer.get(f"/e/{edition.slug}/assignment/{round_of(edition).id}/fit").status_code == 200
