"""Walks through every route of the application as every person, and leaves no footprint."""

import re
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.wrappers import Response

from judging.accounts.models import Role
from judging.accounts.permissions import Permission, roles_with
from judging.foundation import db
from judging.web.access import DECLARED
from tests.architecture.world import World
from tests.conftest import Client

# What a name in an address means, where it is not the object of that very name in the world (world.py).
MEANS: dict[tuple[str, str], str] = {
    ("units.withdraw_invitation", "invitation_id"): "unit_invitation_id",
    ("units.withdraw_recommender_invitation", "invitation_id"): "recommender_invitation_id",
    ("units.remove_recommender_contact", "membership_id"): "recommender_membership_id",
    ("conflicts.decide", "conflict_id"): "request_id",
    ("conflicts.save_decision", "conflict_id"): "request_id",
    ("results.candidate", "candidate_id"): "awarded_candidate_id",
    ("results.compute", "round_id"): "awarded_round_id",
    ("selection.propose", "track_id"): "awarded_track_id",
    ("selection.tiers", "track_id"): "awarded_track_id",
    ("selection.set_tiers", "track_id"): "awarded_track_id",
    ("certificates.check_code", "code"): "check_code",
    ("notices.receipt", "code"): "receipt",
    ("publication.edit", "notice_id"): "draft_notice_id",
    ("publication.save", "notice_id"): "draft_notice_id",
    ("publication.publish", "notice_id"): "draft_notice_id",
    ("publication.discard", "notice_id"): "draft_notice_id",
    **{(f"rubrics.{act}", "rubric_id"): "draft_rubric_id" for act in ("edit", "save", "publish", "discard")},
}
# Parts of addresses that name no object of anybody.
PLAIN: dict[str, Any] = {
    "position": 1,
    "round_number": 1,
    "year": 2022,
    "day": "2022-06-30",
    "step": "content",
    "kind": "report",
    "ruling": "refuse",
    "locale": "en",
}
# Secrets in addresses: nobody owns one in the world, so only what is missing can be asked for.
SECRETS = {"token"}
# Kept for all editions together, so nobody who may see them finds one foreign.
SHARED = {"unit_id", "recommending_unit_id", "rubric_id", "judge_id"}
SEE_SHARED = {"admin", "organizer", "supervisor"}
# Belongs to an account alone, whatever its role.
PERSONAL = {"session_id", "job_id"}
# Chosen from what everybody may choose from.
CHOSEN = {("conflicts.declare_unit", "unit_id"), ("conflicts.save_declaration", "unit_id")}
# Whoever else may enter has nothing of this kind.
OWNERS = {"accounts.invitation_link": {"admin", "organizer"}, "units.own_unit": {"entrant"}}
# For the public what is not published is as foreign as can be.
UNPUBLISHED = {
    (f"notices.{page}", "notice_id"): "draft_notice_id"
    for page in ("public_show", "public_pdf", "objection", "object_now")
}


class UnknownPart(LookupError):
    """An address has a part that nobody has told these tests about."""

    def __init__(self, endpoint: str, part: str) -> None:
        super().__init__(
            f"{endpoint} has the part <{part}> in its address: lay such an object in `Half.objects` of "
            f"tests/architecture/world.py under this name, or say in tests/architecture/walk.py what it means."
        )


@dataclass(frozen=True, slots=True)
class Door:
    """One method of one route, and who has been declared to enter."""

    endpoint: str
    method: str
    parts: tuple[str, ...]
    guard: object

    def __str__(self) -> str:
        return f"{self.method} {self.endpoint}"

    @property
    def objects(self) -> tuple[str, ...]:
        """The parts of the address that name somebody's object."""
        return tuple(part for part in self.parts if part not in PLAIN and part != "edition")

    def opens_for(self, name: str) -> bool:
        """Say whether the person of this name may enter, by the matrix alone."""
        if self.guard == "public":
            return True
        if name == "anonymous":
            return False
        if not isinstance(self.guard, Permission):
            return True
        if name == "stranger":
            return "edition" not in self.parts and Role.ORGANIZER in roles_with(self.guard)
        return Role(name) in roles_with(self.guard)


def doors(app: Flask, *methods: str) -> list[Door]:
    """Return every door of the application, in the order of their names."""
    found = [_door(app, rule, method) for rule in app.url_map.iter_rules() for method in sorted(rule.methods or ())]
    wanted = methods or ("GET", "POST")
    return sorted((door for door in found if door.method in wanted and door.endpoint != "static"), key=str)


def _door(app: Flask, rule: Rule, method: str) -> Door:
    guard = getattr(app.view_functions[rule.endpoint], DECLARED, None)
    return Door(rule.endpoint, method, tuple(sorted(rule.arguments)), guard)


class Walker:
    """A person with a browser in the world; whatever a visit changes is taken back at once."""

    def __init__(self, app: Flask, session: Session, world: World, name: str, *, takes_back: bool = True) -> None:
        self.app, self.session, self.world, self.name = app, session, world, name
        self.slug, self._takes_back = world.slug, takes_back
        browser = app.test_client()
        assert isinstance(browser, Client)
        self.browser = browser
        with app.app_context():
            self.engine = db.extension.engine
        user = world.accounts[name]
        if user is not None:
            browser.sign_in(user)
        self._keep_cookie()
        self.wrote: list[str] = []  # what the last visit sent to the database to change it

    def _keep_cookie(self) -> None:
        cookie = self.browser.get_cookie("judging")
        self._cookie = cookie.value if cookie else None

    def speak(self, locale: str) -> None:
        """Choose a language, as the link at the top of each page does."""
        self.browser.get(f"/language/{locale}")
        self._keep_cookie()

    def own(self, door: Door) -> dict[str, Any]:
        """Return the parts of the address that lead to this person's own object (an organizer's: the edition's)."""
        return {part: self._own(door, part) for part in door.parts}

    def _own(self, door: Door, part: str) -> Any:
        if part == "edition":
            return self.slug
        if part in PLAIN:
            return PLAIN[part]
        if part in SECRETS:
            return "x" * 43
        half = self.world.foreign if self.name == "stranger" else self.world.ours
        if part in PERSONAL:
            return half.personal.get(self.name if self.name != "stranger" else "organizer", {}).get(part, missing())
        key = MEANS.get((door.endpoint, part), part)
        if key not in half.objects:
            raise UnknownPart(door.endpoint, part)
        return half.objects[key]

    def foreign(self, door: Door, part: str) -> list[Any]:
        """Return what this person must not reach in this place: another edition's, another unit's, another judge's."""
        if part in SECRETS or (door.endpoint, part) in CHOSEN or (part in SHARED and self.name in SEE_SHARED):
            return []
        if self.name == "admin" and "edition" not in door.parts:
            return []  # an administrator's own are those of every edition
        if door.guard == "public":
            hidden = UNPUBLISHED.get((door.endpoint, part))
            return [self.world.ours.objects[hidden]] if hidden else []
        key = MEANS.get((door.endpoint, part), part)
        beyond = self.world.ours if self.name == "stranger" else self.world.foreign
        far = [] if part in PERSONAL or self.name == "stranger" else [beyond.objects[key]]
        return far + [mine for name, mine in self.world.others.get(self.name, {}).items() if name.endswith(part)]

    def owns_something(self, door: Door) -> bool:
        """Say whether there is something behind the door for this person."""
        return SECRETS.isdisjoint(door.parts) and self.name in OWNERS.get(door.endpoint, {self.name})

    def address(self, door: Door, values: Mapping[str, Any]) -> str:
        """Return the address of a door."""
        return self.app.url_map.bind("localhost").build(door.endpoint, dict(values))

    def visit(self, door: Door, values: Mapping[str, Any], query: str = "", **options: Any) -> Response:
        """Go there, note what was written, and take it back."""
        self.wrote = []
        sa.event.listen(self.engine, "before_cursor_execute", self._note)
        try:
            with self._taken_back():
                self._renew_cookie()
                address = self.address(door, values) + query
                answer: Response = self.browser.open(address, method=door.method, **options)
                _body = answer.data  # streams are read while what they stream from is there
                return answer
        except Exception as error:  # what a visitor would see as a failure of the server
            return Response(status=_failure(error))
        finally:
            sa.event.remove(self.engine, "before_cursor_execute", self._note)

    def send(self, address: str, data: Mapping[str, str], page: str) -> Response:
        """Send a form from a page, and take back what it did."""
        try:
            with self._taken_back():
                self._renew_cookie()
                headers = {"Referer": f"http://localhost{page}"}
                answer: Response = self.browser.post(address, data=dict(data), headers=headers)
                _body = answer.data
                return answer
        except Exception as error:
            return Response(status=_failure(error))

    @contextmanager
    def _taken_back(self) -> Iterator[None]:
        self.session.commit()
        if not self._takes_back:
            yield
            return
        connection = self.session.get_bind()
        assert isinstance(connection, sa.Connection)
        before = connection.begin_nested()
        try:
            yield
        finally:
            self.session.rollback()
            before.rollback()
            self.session.expire_all()

    def _renew_cookie(self) -> None:
        self.browser.delete_cookie("judging")
        if self._cookie:
            self.browser.set_cookie("judging", self._cookie)

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if re.match(r"\s*(INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER)\b", statement, re.IGNORECASE):
            self.wrote.append(" ".join(statement.split())[:120])

    def rooms(self, *methods: str) -> Iterator[Door]:
        """Return the doors that open for this person."""
        return (door for door in doors(self.app, *methods) if door.opens_for(self.name))


def _failure(error: Exception) -> str:
    trace = traceback.extract_tb(error.__traceback__)
    ours = next((f"{frame.filename}:{frame.lineno}" for frame in trace[::-1] if "/judging/" in frame.filename), "")
    return " ".join(f"500 {type(error).__name__}: {error} at {ours[-60:]}".split())[:300]


def missing() -> UUID:
    """Return the id of nothing."""
    return uuid4()


def essence(response: Response, *values: object) -> tuple[int, list[str], str]:
    """Return what an answer tells: status, names of headers, body; without nonces, tokens and the asked-for ids."""
    policy = response.headers.get("Content-Security-Policy", "")
    nonce = re.search(r"'nonce-([^']+)'", policy)
    body = response.get_data(as_text=True)
    for value in (*(str(one) for one in values), *([nonce[1]] if nonce else [])):
        body = body.replace(value, "…")
    body = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00", "…", body)  # the server's time
    body = re.sub(r"""(csrf[-_]token"[^>]*?(?:content|value)=")[^"]+""", r"\1…", body)
    location = response.headers.get("Location", "")
    for value in values:
        location = location.replace(str(value), "…")
    return response.status_code, sorted(name for name, _ in response.headers), f"{location}\n{body}"


def table(wrong: list[tuple[object, ...]]) -> str:
    """Return findings as lines to read."""
    return "\n" + "\n".join(" | ".join(str(part) for part in line) for line in wrong)
