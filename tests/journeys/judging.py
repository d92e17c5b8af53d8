"""Third and fourth chapter: a blind round on paper, then an open one in a hall."""

from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from judging.accounts.models import User
from judging.assignment.models import Assignment
from judging.ballots import service as ballots
from judging.ballots.models import Ballot
from judging.blinding.models import Candidate
from judging.editions.models import Edition
from judging.foundation import clock
from judging.judges.models import Judge
from judging.rubrics import queries as rubrics
from tests.journeys.conftest import Visitor
from tests.journeys.founding import JUDGES
from tests.journeys.intake import TITLES
from tests.journeys.papers import report
from tests.journeys.story import EDITION, Story, moment

CHAIR = "judge4"


def tell_blind_round(story: Story) -> None:
    """Codes and review copies, a plan, marks by keyboard, a recusal and a replacement, a sheet given back, scores."""
    clock.pretend(moment(5, 24))
    _blind(story, suspects=1)
    _assign(story)
    clock.pretend(moment(6, 1))
    story.open_stage()
    _mark_by_keyboard(story)
    _replace(_recuse(story))
    _mark_the_rest(story, 1)
    _give_back(story)
    clock.pretend(moment(6, 16))
    story.open_stage()
    _compute(story)
    _look_from_all_sides(story.organizer)
    _confirm(story)


def tell_open_round(story: Story) -> None:
    """The shortlist comes back with names, in a hall, in a drawn order."""
    clock.pretend(moment(6, 24))
    _blind(story, suspects=0)
    _seat_the_hall(story)
    clock.pretend(moment(7, 6))
    story.go_on()
    judge = story.who("judge1")
    judge.go(f"{EDITION}/ballots/")
    judge.follow("main .page-actions a.btn-primary")
    assert "有限公司" in judge.words()  # an open round names the unit
    mark(judge)
    _mark_the_rest(story, 2)
    clock.pretend(moment(7, 9))
    story.go_on()
    _compute(story)
    _confirm(story)


def _blind(story: Story, suspects: int) -> None:
    """The worker makes the review copies while the organizer watches the progress page; leaks are mended."""
    organizer = story.organizer
    organizer.go(f"{EDITION}/blinding/")
    organizer.act("/blinding/prepare")
    organizer.page.wait_for_url(f"**{EDITION}/blinding/")
    organizer.look()
    if suspects:
        organizer.go(f"{EDITION}/blinding/?status=suspect")
        assert organizer.page.locator("main tbody th a").count() == suspects
        organizer.follow("main tbody th a")
        organizer.page.locator("[data-pdf-src] canvas").first.wait_for()
        file = {"name": "masked.pdf", "mimeType": "application/pdf", "buffer": report("脱敏后的报告")}
        organizer.page.set_input_files('main form[action$="/masked"] input[type="file"]', file)
        organizer.act("/masked", reason="评审稿中出现小组名称，已重新脱敏。")
        organizer.go(f"{EDITION}/blinding/")
    organizer.act("/blinding/clear")
    assert organizer.page.locator('main form[action$="/blinding/clear"]').count() == 0  # nothing is left to clear


def _assign(story: Story) -> None:
    """A panel of all judges; a plan is shown before it is applied; the declared conflict holds."""
    organizer = story.organizer
    _make_panel(story, "材料评审组")
    _make_chair(organizer, JUDGES[CHAIR])
    organizer.go(f"{EDITION}/conflicts/")
    organizer.act("/detect")
    _plan(story)
    for title in TITLES["unit1"]:
        row = organizer.page.locator(f'main tbody tr:has-text("{title}")').inner_text()
        assert JUDGES["judge1"] in row
        assert JUDGES["judge4"] not in row


def _make_panel(story: Story, name: str) -> None:
    organizer = story.organizer
    organizer.go(f"{EDITION}/assignment/")
    organizer.follow('main a[href$="/panels"]')
    organizer.act("/panels", name=name)
    organizer.page.check("main [data-check-all]")
    organizer.press('main form#seats button[type="submit"]')


def _make_chair(organizer: Visitor, name: str) -> None:
    organizer.page.locator(f'main tr:has-text("{name}") button[data-confirm*="seats"]').click()
    organizer.page.locator('dialog[open] [name="chair"]').check()
    organizer.press('dialog[open] button[type="submit"]')


def _plan(story: Story) -> None:
    organizer = story.organizer
    organizer.go(f"{EDITION}/assignment/")
    organizer.follow('main a[href$="/plan"]')
    organizer.save()
    if "/compare" in organizer.page.url:  # a round on site has one plan, which is shown at once
        organizer.follow("main .page-actions a.btn-primary")
    organizer.act("/apply", reason="")


def _mark_by_keyboard(story: Story) -> None:
    """One judge opens a sheet, reads the copy, marks and submits, and never touches the mouse."""
    judge = story.who("judge1")
    judge.go(f"{EDITION}/ballots/")
    judge.tab_to("main .page-actions a.btn-primary")
    judge.enter()
    judge.page.locator("[data-pdf-src] canvas").first.wait_for()
    assert "有限公司" not in judge.page.content()
    judge.tab_to("[data-mark-input]")
    inputs = judge.page.locator("[data-mark-input]")
    for place in range(inputs.count()):
        judge.page.keyboard.type(_good(inputs.nth(place).get_attribute("data-high")))
        judge.page.keyboard.press("Enter")
    judge.page.keyboard.type("思路清晰，数据充分。")
    judge.page.locator("[data-submit]:enabled").wait_for()
    judge.tab_to("[data-submit]")
    sheet = judge.page.url
    judge.enter()
    assert judge.page.url != sheet  # on to the next one


def mark(judge: Visitor) -> None:
    """Fill the sheet that is open, and submit it."""
    for field in judge.page.locator("[data-mark-input]").all():
        field.fill(_good(field.get_attribute("data-high")))
    _hand_in(judge)


def _good(high: str | None) -> str:
    return f"{int(Decimal(high or '10') * 85 / 100)}"


def _hand_in(judge: Visitor) -> None:
    judge.page.locator("[data-submit]:enabled").wait_for()
    judge.press("[data-submit]")


def _recuse(story: Story) -> Visitor:
    """A judge recognises a work and steps back from it; the organizer is told."""
    judge = story.who("judge2")
    judge.go(f"{EDITION}/ballots/")
    titles = [*TITLES["unit2"], TITLES["unit3"][0]]  # for these all four judges may stand in
    row = ", ".join(f'main tbody tr:has-text("{title}") a' for title in titles)
    judge.follow(row)
    judge.act("/recuse", reason="曾为该小组授课，申请回避。")
    story.organizer.go(f"{EDITION}/ballots/progress")
    assert "申请回避" in story.organizer.words()
    return story.organizer


def _replace(organizer: Visitor) -> None:
    """Whoever is free takes the place of the recused, with a reason; the candidate has all its judges again."""
    assert "须另派评委" in organizer.words()
    organizer.follow('main li a[href*="/assignment/"]')
    free = organizer.page.locator('main [name="seat"]:not(dialog *) option:not([value=""])').first
    organizer.save(seat=free.get_attribute("value") or "", reason="原评委回避，补派一位。")
    organizer.go(f"{EDITION}/ballots/progress")
    assert "已补派" in organizer.words()


def _mark_the_rest(story: Story, number: int) -> None:
    """The other sheets are filled through the service the page uses."""
    with story.behind() as (session, edition):
        round_ = edition.tracks[0].rounds[number - 1]
        by_type = rubrics.rubrics_of_round(session, round_.id)
        for place, given in enumerate(_unmarked(session, edition, number)):
            rubric = by_type.get("self_set") or by_type[""]
            share = Decimal(70 + place * 7 % 25) / 100
            marks = {c.id: Decimal(int(c.maximum * share)) for c in rubric.criteria}
            judge = session.get_one(Judge, given.seat.judge_id)
            by = session.get_one(User, judge.user_id).actor
            at = clock.now()
            ballots.save_sheet(session, edition, given, marks=marks, comments={}, sequence=1, by=by, at=at, submit=True)


def _unmarked(session: Session, edition: Edition, number: int) -> list[Assignment]:
    round_ = edition.tracks[0].rounds[number - 1]
    begun = sa.select(Ballot.assignment_id)
    query = sa.select(Assignment).join(Candidate, Candidate.id == Assignment.candidate_id)
    query = query.where(Candidate.round_id == round_.id, Assignment.id.not_in(begun))
    return list(session.scalars(query.order_by(Candidate.code, Assignment.id).options(selectinload(Assignment.seat))))


def _give_back(story: Story) -> None:
    """The chair gives a sheet back with a reason; its judge submits it once more."""
    chair = story.who(CHAIR)
    chair.go(f"{EDITION}/ballots/panel")
    row = chair.page.locator(f'main tbody tr:has-text("{JUDGES["judge1"]}")').first
    row.locator("[data-confirm]").click()
    chair.page.fill('dialog[open] [name="reason"]', "“特点”一项请再核对。")
    chair.press('dialog[open] button[type="submit"]')
    judge = story.who("judge1")
    judge.go(f"{EDITION}/ballots/")
    judge.follow("main .page-actions a.btn-primary")
    mark(judge)


def _compute(story: Story) -> None:
    story.organizer.go(f"{EDITION}/results/")
    story.organizer.act("/compute")  # leads to the sheet


def _look_from_all_sides(organizer: Visitor) -> None:
    for part in ("judges", "flags", "method", "verify"):
        organizer.follow(f'main a[href$="/{part}"]')
    organizer.follow("main .link-tabs a")


def _confirm(story: Story) -> None:
    story.organizer.act("/confirm", reason="评分表与成绩单已复核。")
    assert "已确认" in story.organizer.words()


def _seat_the_hall(story: Story) -> None:
    """One hall, its judges, its candidates, its order drawn by lot."""
    organizer = story.organizer
    _make_panel(story, "第一发布厅评审组")
    halls = organizer.page.url.replace("/panels", "/halls")
    organizer.go(halls)
    organizer.act("/halls", hall="第一发布厅", panel="第一发布厅评审组", starts_at="2022-07-06T09:00")
    organizer.act("/apportion")
    organizer.act("/draw")
    organizer.follow('main a[href*="order"]')
    _plan(story)
