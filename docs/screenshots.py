"""Take the pictures of the guide and the README from the demo: `make docs`."""

import io
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from waitress import create_server

from judging.demo.command import prepare

IMAGES = Path(__file__).parent / "images"
DESK, PHONE = {"width": 1200, "height": 780}, {"width": 390, "height": 780}
MOST_BYTES = 150_000
ARGUMENTS = ("--no-sandbox", "--disable-background-networking", "--hide-scrollbars", "--font-render-hinting=none")


def first(selector: str) -> Callable[[Page], None]:
    """Return a step that follows the first link found by a selector."""

    def step(page: Page) -> None:
        page.goto(page.locator(selector).first.get_attribute("href") or "")

    return step


def scroll_to(selector: str) -> Callable[[Page], None]:
    """Return a step that brings something to the top of the page."""
    return lambda page: page.locator(selector).first.evaluate("one => one.scrollIntoView()")


def click(selector: str) -> Callable[[Page], None]:
    """Return a step that clicks."""
    return lambda page: page.locator(selector).first.click()


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: whose desk in which edition, which page, what is done there first."""

    name: str
    door: str  # edition/role, or nothing for the public
    path: str
    steps: tuple[Callable[[Page], None], ...] = ()
    phone: bool = False


SHEET = (first("main tbody th a"),)
ORGANIZER, PAST, EXCHANGE = "2022/organizer", "2021/organizer", "/e/2022-exchange/assignment/"
SHOTS = (
    Shot("today", ORGANIZER, "/e/2022/"),
    Shot("sign-in", "", "/account/sign-in"),
    Shot("new-edition", ORGANIZER, "/editions/new"),
    Shot("settings", ORGANIZER, "/e/2022/settings"),
    Shot("tracks", ORGANIZER, "/e/2022/tracks"),
    Shot("round", ORGANIZER, "/e/2022/tracks", (first('main a[href*="/rounds/"]'),)),
    Shot("rubrics", ORGANIZER, "/e/2022/rubrics/"),
    Shot("calendar", ORGANIZER, "/e/2022/calendar"),
    Shot("levels", ORGANIZER, "/e/2022/selection/", (first('main a[href*="/levels/"]'),)),
    Shot("stage", ORGANIZER, "/e/2022/stage"),
    Shot("invite", ORGANIZER, "/e/2022/people/invite"),
    Shot("units", ORGANIZER, "/e/2022/units/"),
    Shot("judges", ORGANIZER, "/e/2022/judges/"),
    Shot("entry-form", "2022/entrant", "/e/2022/entries/"),
    Shot("recommend", "2022/recommender", "/e/2022/recommend/"),
    Shot("check-list", ORGANIZER, "/e/2022/check/"),
    Shot("check", ORGANIZER, "/e/2022/check/", (first("main tbody th a"),)),
    Shot("blinding", ORGANIZER, "/e/2022/blinding/"),
    Shot("conflicts", ORGANIZER, "/e/2022/conflicts/"),
    Shot("plan", ORGANIZER, "/e/2022/assignment/", (first('main a[href$="/plan"]'), first("main tbody th a"))),
    Shot("invitations", ORGANIZER, EXCHANGE, (first('main a[href$="/invitations"]'),)),
    Shot("compare", ORGANIZER, EXCHANGE, (first('main a[href$="/plan"]'), first('main a[href*="/plan/compare"]'))),
    Shot("halls", ORGANIZER, EXCHANGE, (first("main .link-tabs li:nth-child(2) a"), first('main a[href$="/halls"]'))),
    Shot("progress", ORGANIZER, "/e/2022/ballots/progress"),
    Shot("sheet", "2022/judge", "/e/2022/ballots/", (first("main .page-actions a.btn-primary"),)),
    Shot(
        "sheet-phone",
        "2022/judge",
        "/e/2022/ballots/",
        (first("main .page-actions a.btn-primary"), click("#tab-marks"), scroll_to("[data-criterion]")),
        True,
    ),
    Shot("results", PAST, "/e/2021/results/", SHEET),
    Shot("severity", PAST, "/e/2021/results/", (*SHEET, first('main a[href$="/judges"]'))),
    Shot("sensitivity", PAST, "/e/2021/results/", (*SHEET, first('main a[href$="/sensitivity"]'))),
    Shot("awards", PAST, "/e/2021/selection/", (first('main a[href*="/lists/"]'),)),
    Shot("publication", PAST, "/e/2021/publication"),
    Shot("notice", "", "/notices/", (first("main .notice-list a"),)),
    Shot("certificates", PAST, "/e/2021/certificates/"),
    Shot("trail", "2022/supervisor", "/e/2022/trail"),
)


def main() -> None:
    """Play the demo afresh, open it in Chromium, take every picture."""
    path = shutil.which("chromium") or shutil.which("chromium-headless-shell")
    if path is None:
        sys.exit("Debian's chromium is missing: make browser")
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        stage = prepare(Path(folder) / "demo", seed=2022, base_url="http://127.0.0.1:8000", afresh=True)
        server = create_server(stage.app, host="127.0.0.1", port=0, threads=8, ident=None)
        threading.Thread(target=server.run, daemon=True).start()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
            for shot in SHOTS:
                take(browser, f"http://127.0.0.1:{server.effective_port}", shot)
            browser.close()
        server.close()


def take(browser: Browser, url: str, shot: Shot) -> None:
    """Go where the picture is and keep it small."""
    size = PHONE if shot.phone else DESK
    context = browser.new_context(
        base_url=url,
        viewport=size,
        has_touch=shot.phone,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
    )
    page, wrong = context.new_page(), list[str]()
    page.on("response", lambda answer: wrong.append(answer.url) if answer.status >= 400 else None)
    if shot.door:
        page.goto(f"/demo/enter/{shot.door}")
    page.goto(shot.path)
    for step in shot.steps:
        step(page)
    page.wait_for_load_state("networkidle")
    if page.locator("main").count() != 1 or wrong:
        sys.exit(f"{shot.name}: {page.url} failed: {wrong}")
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(96, dither=Image.Dither.NONE)
    target = IMAGES / f"{shot.name}.png"
    picture.save(target, optimize=True)
    if target.stat().st_size > MOST_BYTES:
        sys.exit(f"{target} is larger than {MOST_BYTES} bytes")
    print(target.name, target.stat().st_size)
    context.close()


if __name__ == "__main__":
    main()
