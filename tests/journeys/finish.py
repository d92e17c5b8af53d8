"""The last chapters: shortlist, awards, notice, objection, announcement, certificates, the end."""

from judging.foundation import clock
from tests.journeys.conftest import Visitor
from tests.journeys.papers import report
from tests.journeys.story import EDITION, Story, moment


def tell_shortlist(story: Story) -> None:
    """The best three of the blind round go on to the hall."""
    clock.pretend(moment(6, 20))
    organizer = story.organizer
    story.go_on()
    _propose(organizer)
    organizer.act("/decide")
    organizer.go(f"{EDITION}/selection/")
    organizer.act("/next-round", reason="入围成果进入现场发布。")
    organizer.go(f"{EDITION}/stage")
    assert "2" in organizer.words()


def tell(story: Story) -> None:
    """From the award list to the closed edition."""
    clock.pretend(moment(7, 11))
    story.go_on()
    _award(story)
    clock.pretend(moment(7, 12))
    story.open_stage()
    notice = _publish_notice(story)
    receipt = _object(story, notice)
    _uphold(story)
    _publish_again(story, receipt)
    clock.pretend(moment(8, 8))
    _announce(story)
    _certify(story)
    _watch(story)
    story.open_stage()


def _propose(organizer: Visitor) -> None:
    organizer.go(f"{EDITION}/selection/")
    organizer.act("/propose")
    if "/lists/" not in organizer.page.url:
        organizer.follow('main a[href*="/lists/"]')


def _award(story: Story) -> None:
    """One entry is moved up by two people with a reason; the list is decided."""
    organizer, second = story.organizer, story.who("second")
    _propose(organizer)
    award_list = organizer.page.url
    organizer.follow('main a[href$="/what-if"]')
    organizer.page.goto(award_list)
    organizer.page.locator('main a[href$="/move"]').nth(1).click()
    organizer.page.locator('main [name="tier"]').select_option(label="一等奖")
    organizer.save(reason="与第一名得分差在误差范围内，经评审委员会复议同意。")
    second.go(f"{award_list}/moves")
    second.act("/sign")
    second.go(award_list)
    second.act("/decide")
    _recommend_upwards(second)


def _recommend_upwards(organizer: Visitor, *, again: bool = False) -> None:
    """The best go on to a higher competition: its list is chosen within its quota, and decided."""
    organizer.go(f"{EDITION}/selection/channels")
    organizer.follow("main tbody th a")
    if again:
        organizer.act("/reopen", reason="异议成立后等级有变，重新遴选。")
    organizer.act("/choose")
    assert "已推荐" in organizer.page.locator("main tbody").inner_text()
    organizer.act("/decide")
    assert "已评定" in organizer.page.locator(".page-status").inner_text()


def _publish_notice(story: Story) -> str:
    """The list is drafted, the holidays are entered, the notice goes out; return its public address."""
    organizer = story.organizer
    organizer.go(f"{EDITION}/holidays?year=2022")
    organizer.act("/seed")
    organizer.go(f"{EDITION}/publication")
    organizer.act("/notices")
    organizer.save(days="5", day_kind="working")
    organizer.act("/publish")
    address = organizer.page.locator('main a[href*="/notices/"]:not([href*="/e/"]):not([href$=".pdf"])').first
    return address.get_attribute("href") or ""


def _object(story: Story, notice: str) -> str:
    """Somebody of the public reads the notice and objects with evidence; return the receipt code."""
    public = story.people["public"] = story.visit(story.site)
    public.go("/notices/")
    public.go(notice)
    assert "公示" in public.page.content()
    public.follow('main a[href$="/object"]')
    public.page.locator('input[type="file"]').set_input_files(
        {"name": "evidence.pdf", "mimeType": "application/pdf", "buffer": report("证明材料")}
    )
    grounds = "该成果主要完成人与实际不符，见所附证明。"
    public.save(name="钱学明", contact="13900000000", number="1", grounds=grounds)
    return public.page.locator("[data-copy-text]").first.inner_text()


def _uphold(story: Story) -> None:
    """The objection is looked into and upheld by one organizer, the change signed by the other."""
    organizer, second = story.organizer, story.who("second")
    organizer.go(f"{EDITION}/objections/")
    organizer.follow("main tbody a")
    objection = organizer.page.url
    organizer.act("/accept")
    organizer.act("/uphold", reason="经核实，异议成立，降为二等奖。", tier="二等奖")
    second.go(objection)
    second.act("/sign")
    _recommend_upwards(second, again=True)


def _publish_again(story: Story, receipt: str) -> None:
    """A new version replaces the notice; the objector reads the ruling by the receipt code."""
    organizer, public = story.organizer, story.people["public"]
    organizer.go(f"{EDITION}/publication")
    organizer.follow("main .page-actions a.btn-primary")
    organizer.act("/publish")
    public.go(f"/notices/receipts/{receipt}")
    assert "异议成立" in public.words()
    public.go("/notices/")
    public.follow("main .notice-list a")
    assert "更正说明" in public.words()


def _announce(story: Story) -> None:
    organizer = story.organizer
    organizer.go(f"{EDITION}/publication")
    organizer.act("/announcement")
    organizer.save()
    organizer.act("/publish")


def _certify(story: Story) -> None:
    """Certificates are issued, downloaded by the unit, and checked by anybody."""
    organizer, entrant, public = story.organizer, story.who("unit1"), story.people["public"]
    organizer.go(f"{EDITION}/certificates/")
    organizer.act("/issue")
    organizer.page.wait_for_url(f"**{EDITION}/certificates/**")
    organizer.look()
    number = organizer.page.locator("main tbody th a").first.inner_text()
    organizer.follow("main tbody th a")
    organizer.page.locator("[data-pdf-src] canvas").first.wait_for()
    code = organizer.page.locator("[data-copy-text]").first.inner_text()
    entrant.go(f"{EDITION}/certificates/mine")
    public.go("/check")
    public.page.fill('main [name="q"]', number)
    public.follow('main form button[type="submit"]')
    assert public.page.locator(".verdict-yes").count() == 1
    public.go(f"/check/{code}")
    assert public.page.locator(".verdict-yes").count() == 1
    public.go("/check?q=QC-9999")
    assert public.page.locator(".verdict-no").count() == 1


def _watch(story: Story) -> None:
    """The supervisor reads all of it, the audit trail too, and finds nothing to press."""
    watch = story.who("watch")
    for page in ("stage", "check/", "conflicts/", "blinding/", "assignment/", "results/", "selection/", "publication"):
        watch.go(f"{EDITION}/{page}")
        assert watch.page.locator('main form[method="post"]').count() == 0, page
    watch.go(f"{EDITION}/trail")
    assert "签" in watch.words()
    answer = watch.page.request.post(f"{EDITION}/stage", form={"stage": "closed"})
    assert answer.status in (400, 403, 404)
