"""Where something of everything lies: every desk in both languages and on both widths, and a list that comes in as Excel."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, ViewportSize

from judging.editions.models import Stage
from judging.entries.models import Entry
from judging.foundation import clock, db
from tests.architecture.world import AT, make_world
from tests.factories.accounts import sign_in_as
from tests.factories.workbooks import make_credit_code, make_workbook
from tests.journeys.conftest import IDS, Site, Visitor

pytestmark = [pytest.mark.xdist_group("desks"), pytest.mark.timeout(400)]  # dozens of pages each
DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
ROLES = ("organizer", "supervisor", "judge", "recommender", "entrant")
LINKS = "links => links.map(link => link.getAttribute('href'))"


@dataclass
class Desks:
    """The site, one browser for everybody in turn, and what each needs to be let in."""

    site: Site
    visitor: Visitor
    keys: dict[str, str]
    objects: dict[str, Any]

    def sit_down(self, role: str) -> Visitor:
        """Let somebody else take the browser; the public has no account."""
        context = self.visitor.context
        context.clear_cookies()
        if role in self.keys:
            context.add_cookies([{"name": "judging", "value": self.keys[role], "url": self.site.url}])
        return self.visitor


@pytest.fixture(scope="module")
def _desks(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    keys: dict[str, str] = {}
    objects: dict[str, Any] = {}

    def prepare(app: Flask) -> None:
        clock.pretend(AT)
        with app.app_context(), app.test_request_context(), db.transaction() as session:
            world = make_world(session)
            world.foreign.edition.stage = Stage.INTAKE
            objects.update(world.ours.objects)
            app.extensions["test_session"] = session
            for role, user in world.accounts.items():
                if user is not None:
                    client = app.test_client()
                    sign_in_as(client, user)
                    cookie = client.get_cookie("judging")
                    keys[role] = cookie.value if cookie else ""
            del app.extensions["test_session"]

    site = Site(tmp_path_factory.mktemp("desks"), prepare).start()
    visitor = Visitor(browser, site)
    yield Desks(site, visitor, keys, objects)
    visitor.context.close()
    site.stop()
    clock.pretend(datetime.now(UTC))


@pytest.fixture
def desks(_desks: Desks) -> Iterator[Desks]:
    """The desks; nobody may see anything wrong there."""
    _desks.visitor.wrong.clear()
    yield _desks
    assert _desks.visitor.wrong == []


@contextmanager
def on_a(size: ViewportSize, visitor: Visitor) -> Iterator[None]:
    """Look at pages through a window of another size."""
    visitor.page.set_viewport_size(size)
    yield
    visitor.page.set_viewport_size(DESK)


def rooms(visitor: Visitor, *, deeper: bool) -> list[str]:
    """Open on both widths all that the navigation leads to, and perhaps the first row of each list."""
    found: dict[str, str] = {}
    for address in visitor.page.eval_on_selector_all(".desk-side a", LINKS):
        look_twice(visitor, address)
        rows = visitor.page.eval_on_selector_all("main tbody tr:first-child th a", LINKS) if deeper else []
        for one in [address, *rows[:1]]:
            if found.setdefault(IDS.sub("*", one), one) == one != address:
                look_twice(visitor, one)
    return list(found.values())


def look_twice(visitor: Visitor, address: str) -> None:
    """Open a page, look at it on a desk and on a phone's width."""
    visitor.go(address)
    with on_a(PHONE, visitor):
        visitor.look()


@pytest.mark.parametrize("role", ROLES)
def test_a_desk_is_in_order_in_both_languages_and_on_both_widths(desks: Desks, role: str) -> None:
    visitor = desks.sit_down(role)
    visitor.go("/language/en?next=/home")
    assert visitor.page.get_attribute("html", "lang") == "en"
    pages = rooms(visitor, deeper=role not in ("organizer", "supervisor"))  # whose lists the story goes through
    assert len(pages) > 1
    visitor.go("/language/zh_Hans_CN?next=/home")
    assert visitor.page.get_attribute("html", "lang") == "zh-CN"
    with on_a(PHONE, visitor):
        for address in pages:
            visitor.go(address)


def test_the_public_pages_are_in_order_in_both_languages_and_on_both_widths(desks: Desks) -> None:
    visitor, own = desks.sit_down("public"), desks.objects
    notice = f"/notices/{own['notice_id']}"
    pages = ["/", "/notices/", notice, f"{notice}/object", f"/check?q={own['number']}", "/account/sign-in"]
    for language in ("en", "zh_Hans_CN"):
        visitor.page.goto(f"/language/{language}")
        for address in pages:
            look_twice(visitor, address)


def test_a_list_is_imported_after_its_errors_are_mended(desks: Desks) -> None:
    organizer = desks.sit_down("admin")
    organizer.page.goto("/language/zh_Hans_CN")
    organizer.go("/e/foreign/check/import")
    wrong = [row(1), row(2, credit_code="91420100Y0000099XX"), row(3, title="")]
    hand_in(organizer, wrong)
    errors = organizer.page.locator("main table").first
    assert errors.locator("tbody tr td:first-child").all_inner_texts() == ["4", "5"]
    assert "末位校验码" in errors.inner_text()
    assert organizer.page.locator("main .page-actions [data-confirm]").count() == 0  # nothing can be imported
    organizer.follow('main .page-actions a[href*="/import"]')
    hand_in(organizer, [row(number) for number in (1, 2, 3)])
    organizer.page.click("main .page-actions [data-confirm]")
    organizer.press('dialog[open] button[type="submit"]')
    with desks.site.app.app_context():
        titles = db.session().scalars(sa.select(Entry.title).where(Entry.title.endswith("道工序换线时间"))).all()
    assert sorted(titles) == [f"缩短第{number}道工序换线时间" for number in (1, 2, 3)]


def hand_in(organizer: Visitor, rows: list[dict[str, Any]]) -> None:
    """Upload a workbook with these rows, and look at what would be done."""
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    content = make_workbook(rows, title="成果汇总表")
    organizer.page.set_input_files(
        'main input[type="file"]', {"name": "汇总表.xlsx", "mimeType": sheet, "buffer": content}
    )
    organizer.press("main .form-actions button.btn-primary")


def row(number: int, **values: Any) -> dict[str, Any]:
    """Return a row as a secretariat fills it in."""
    preset = {
        "number": number,
        "name": f"示例精密制造{number}有限公司",
        "credit_code": make_credit_code(number),
        "region": "武汉市",
        "industry": "制造业",
        "title": f"缩短第{number}道工序换线时间",
        "topic_type": "问题解决型（自定目标）",
        "group_name": f"晨光{number}小组",
        "members": "张三（组长）、李四、王五",
        "contact_name": "张三",
        "contact_phone": "13800000000",
        "abstract": "通过现状调查和要因确认，停机率由4.6%降至2.8%。",
    }
    return preset | values
