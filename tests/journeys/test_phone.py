"""On a telephone, 390 px wide: an entrant at the form, a judge on the way, somebody of the public."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from judging.accounts import service as accounts
from judging.accounts.models import Role, RoleGrant, User, UserSession
from judging.ballots.models import Ballot, Mark
from judging.blinding import service as blinding
from judging.editions.models import Stage
from judging.entries.models import Attachment, Entry, EntryStatus, TeamMember
from judging.foundation import clock, db
from judging.foundation.audit import SYSTEM
from judging.publication.models import Certificate, Notice
from tests.factories.assignment import make_assignment, make_panel
from tests.factories.editions import make_edition
from tests.factories.entries import attach_pdf, make_entry
from tests.factories.judges import make_judge
from tests.factories.publication import SOMEBODY, make_certificates, make_decided, make_notice
from tests.factories.rubrics import make_rubric, use_rubric
from tests.factories.units import make_unit
from tests.journeys.conftest import Site, Visitor
from tests.journeys.intake import ABSTRACT, submit, upload
from tests.journeys.papers import report
from tests.journeys.story import PASSWORD, moment

pytestmark = pytest.mark.xdist_group("phone")
Open = Callable[..., Site]
Visit = Callable[..., Visitor]


@contextmanager
def within(app: Flask) -> Iterator[Session]:
    """Act on the site's database."""
    with app.app_context(), app.test_request_context(), db.transaction() as session:
        yield session


def _user(session: Session, username: str, role: Role, scope: UUID) -> User:
    at = clock.now()
    user = accounts.create_user(session, username=username, name=username, password=PASSWORD, by=SYSTEM, at=at)
    session.add(RoleGrant(user_id=user.id, role=role, scope_id=scope, granted_at=at))
    session.flush()
    return user


def intake(app: Flask) -> None:
    """An edition that takes entries, and a unit's contact."""
    clock.pretend(moment(5, 10))
    with within(app) as session:
        edition = make_edition(session, slug="p", name="手机上的一届")
        make_unit(session, contact=_user(session, "entrant", Role.ENTRANT, edition.id))


def judging(app: Flask) -> None:
    """An edition in judging: one candidate with its review copy, one judge."""
    clock.pretend(moment(6, 10))
    with within(app) as session:
        at, edition = clock.now(), make_edition(session, slug="p", name="手机上的一届", stage=Stage.BLINDING)
        round_ = edition.tracks[0].rounds[0]
        entry = make_entry(session, edition, status=EntryStatus.ACCEPTED)
        attach_pdf(session, entry, report("评审稿"))
        for candidate in blinding.admit(session, edition, round_, [entry], by=SOMEBODY, at=at):
            blinding.prepare(session, candidate, at=at)
            blinding.clear(session, edition, candidate, by=SOMEBODY, at=at)
            judge = make_judge(session)
            judge.user_id = _user(session, "judge", Role.JUDGE, edition.id).id
            make_assignment(session, candidate, make_panel(session, round_, judge).seats[0])
        use_rubric(session, round_, make_rubric(session, maxima=(15, 30, 20, 20, 5, 10)))
        edition.stage, edition.frozen_at = Stage.JUDGING, at


def notice(app: Flask) -> None:
    """An edition whose list stands in public, and another with certificates."""
    clock.pretend(moment(7, 5))
    with within(app) as session:
        edition, _entries = make_decided(session, entries=4)
        make_notice(session, edition)
        make_certificates(session)


def test_an_entrant_fills_and_submits_the_form(open_site: Open, visit: Visit) -> None:
    site = open_site(intake)
    entrant = visit(site, phone=True)
    entrant.sign_in("entrant", PASSWORD)
    entrant.go("/e/p/entries/new")
    entrant.page.locator('main [name="track"]').first.check()
    entrant.save()
    entrant.fill(title="降低轴承座加工废品率", topic_type="self_set")
    _saved(entrant)
    entrant.go(entrant.page.url)  # closed and opened again: what was typed is there
    assert entrant.page.input_value('main [name="title"]') == "降低轴承座加工废品率"
    entrant.save()
    for place, name in enumerate(("甘立新", "乔晓光", "纪文博")):
        entrant.page.locator('main [name="member_name"]').nth(place).fill(name)
    entrant.save(group_name="精工质量提升小组", contact_name="甘立新", contact_phone="13800000001")
    entrant.save(abstract=ABSTRACT, target="不高于1%", reached="0.8%", benefit="36.5")
    for kind in ("report", "masked"):
        upload(entrant, kind)
    entrant.follow("main .form-actions a.btn-primary")
    submit(entrant)
    with within(site.app) as session:
        entry = session.scalars(sa.select(Entry)).one()
        names = list(session.scalars(sa.select(TeamMember.name).order_by(TeamMember.position)))
        files = session.scalar(sa.select(sa.func.count(Attachment.id)))
        assert (entry.status.value, entry.title) == ("submitted", "降低轴承座加工废品率")
    assert (names, files) == (["甘立新", "乔晓光", "纪文博"], 2)


def _saved(visitor: Visitor) -> None:
    visitor.page.locator('[data-save-state][data-state="saved"]').first.wait_for()


def test_a_judge_loses_no_mark_when_the_line_breaks(open_site: Open, visit: Visit) -> None:
    site = open_site(judging)
    judge = visit(site, phone=True)
    judge.sign_in("judge", PASSWORD)
    judge.go("/e/p/ballots/")
    judge.follow("main .page-actions a.btn-primary")
    judge.page.locator("[data-pdf-src] canvas").first.wait_for()
    judge.page.locator("#tab-marks").tap()
    judge.look()
    rows = judge.page.locator("[data-criterion]")
    for place in range(3):
        rows.nth(place).locator("[data-mark]").nth(5).tap()
    _saved(judge)
    judge.set_offline(True)
    for place in range(3, 6):
        rows.nth(place).locator("[data-mark]").nth(4).tap()
    judge.page.locator('[data-save-state][data-state="offline"]').first.wait_for()
    assert judge.page.locator("[data-submit]").is_disabled()
    judge.look()
    judge.set_offline(False)
    _saved(judge)
    judge.press("[data-submit]")
    with within(site.app) as session:
        states = list(session.scalars(sa.select(Ballot.status)))
        assert [state.value for state in states] == ["submitted"]
        assert session.scalar(sa.select(sa.func.count(Mark.id))) == 6


def test_words_sent_after_the_session_has_ended_are_put_back(open_site: Open, visit: Visit) -> None:
    site = open_site(judging)
    judge = visit(site, phone=True)
    judge.sign_in("judge", PASSWORD)
    judge.go("/e/p/ballots/")
    judge.follow("main .page-actions a.btn-primary")
    judge.page.locator("[data-pdf-src] canvas").first.wait_for()  # else the file is asked for without a session
    address = judge.page.url
    form = 'form[method="post"][action$="/recuse"]'
    sheet = judge.page.locator(form).evaluate("form => form.closest('dialog').id")
    judge.page.locator(f'[data-confirm="{sheet}"]').first.click()
    judge.page.locator('dialog[open] [name="reason"]').fill("与该小组成员是师徒关系")
    with within(site.app) as session:
        session.execute(sa.update(UserSession).values(revoked_at=clock.now()))
    judge.page.locator('dialog[open] button[type="submit"]').click()
    judge.page.locator("[data-lost]").wait_for()
    judge.look()
    judge.page.fill("[name=identity]", "judge")
    judge.page.fill("[name=password]", PASSWORD)
    judge.press("main button[type=submit]")
    assert judge.page.url == address
    assert judge.page.locator('dialog[open] [name="reason"]').input_value() == "与该小组成员是师徒关系"
    judge.look()
    judge.press('dialog[open] button[type="submit"]')
    with within(site.app) as session:
        assert session.scalars(sa.select(Ballot)).one().status.value == "recused"


def test_the_public_reads_the_notice_and_checks_a_certificate(open_site: Open, visit: Visit) -> None:
    site = open_site(notice)
    public = visit(site, phone=True)
    public.go("/")
    public.go("/notices/")
    with within(site.app) as session:
        first = session.scalars(sa.select(Notice.id).order_by(Notice.published_at)).first()
        number = session.scalars(sa.select(Certificate.number)).first()
    public.go(f"/notices/{first}")
    public.follow('main a[href$="/object"]')
    public.press(
        "main .form-actions button[type=submit]", refused=True
    )  # nothing typed: each field says what is missing
    public.go(f"/check?q={number}")
    assert public.page.locator(".verdict-yes").count() == 1
