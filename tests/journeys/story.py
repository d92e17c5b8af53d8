"""The people of the journey, their browsers, and the clock they live by."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from judging.accounts import service as accounts
from judging.accounts.models import Role, User
from judging.editions.models import Edition
from judging.editions.rules import next_step
from judging.editions.service import stages
from judging.foundation import clock, db
from judging.foundation.audit import SYSTEM
from judging.rubrics import service as rubrics
from tests.journeys.conftest import Site, Visitor

PASSWORD = "journey-2022"
SLUG = "2022"
EDITION = f"/e/{SLUG}"


def moment(month: int, day: int, hour: int = 9) -> datetime:
    """Return a moment of 2022 on China's clocks."""
    return datetime(2022, month, day, hour, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)


def init(app: Flask) -> None:
    """Do what `judging init` does after the migrations: the rubric library and one account that may begin."""
    clock.pretend(moment(3, 1))
    with app.app_context(), app.test_request_context(), db.transaction() as session:
        at = clock.now()
        first = accounts.create_user(session, username="admin", name="秘书处", password=PASSWORD, by=SYSTEM, at=at)
        accounts.grant(session, first, Role.ADMIN, None, by=SYSTEM, at=at)
        rubrics.install_library(session, by=SYSTEM, at=at)


@dataclass
class Story:
    """One edition as it is told: where it is served, and who sits at which browser."""

    site: Site
    visit: Callable[..., Visitor]
    people: dict[str, Visitor] = field(default_factory=dict)

    def who(self, username: str, *, phone: bool = False) -> Visitor:
        """Return a person's browser, signed in through the page the first time."""
        if username not in self.people:
            self.people[username] = self.visit(self.site, phone=phone)
            self.people[username].sign_in(username, PASSWORD)
        return self.people[username]

    @property
    def organizer(self) -> Visitor:
        """Return the browser of the secretariat."""
        return self.who("admin")

    def accept(self, username: str, name: str, link: str) -> Visitor:
        """Let an invited person open the link and make an account."""
        guest = self.people[username] = self.visit(self.site)
        guest.go(link)
        guest.save(username=username, name=name, password=PASSWORD, again=PASSWORD)
        return guest

    def invite(self, username: str, name: str) -> Visitor:
        """Let the guest use the link that the organizer's page shows."""
        link = self.organizer.page.locator("[data-copy-text]").first.inner_text()
        return self.accept(username, name, urlsplit(link).path)

    def open_stage(self, reason: str = "按工作日程推进") -> None:
        """Let the organizer open the next stage."""
        self.organizer.go(f"{EDITION}/stage")
        self.organizer.act("/stage", reason=reason)

    def go_on(self) -> None:
        """Open the next stage by the service, for what the page has shown before."""
        with self.behind() as (session, edition):
            stage = next_step(edition)
            assert stage is not None
            stages.move_stage(session, edition, stage, by=SYSTEM, at=clock.now(), reason="按工作日程推进")

    def join(self, session: Session, edition: Edition, username: str, name: str, role: Role, subject_id: UUID) -> User:
        """Let somebody be invited and accept as the pages do it, for who comes after the first of their kind."""
        at, by = clock.now(), SYSTEM
        user = accounts.create_user(session, username=username, name=name, password=PASSWORD, by=by, at=at)
        invited = accounts.invite(session, role=role, scope_id=edition.id, subject_id=subject_id, by=by, at=at)
        accounts.accept(session, invited.invitation, user, at=at)
        return user

    @contextmanager
    def behind(self) -> Iterator[tuple[Session, Edition]]:
        """Act through the services, for what the pages have shown once already."""
        with self.site.app.app_context(), self.site.app.test_request_context(), db.transaction() as session:
            yield session, session.scalars(sa.select(Edition)).one()
