"""First chapter: an empty database becomes an edition with people in it."""

from tests.journeys.story import EDITION, SLUG, Story

CALENDAR = {
    "opens_intake_1": "2022-04-01T09:00",
    "closes_intake_1": "2022-05-20T17:00",
    "closes_judging_1": "2022-06-15T17:00",
    "closes_judging_2": "2022-07-08T17:00",
}
JUDGES = {"judge1": "方正清", "judge2": "程思远", "judge3": "沈怀德", "judge4": "陆明义"}
UNITS = {"江汉示例机械有限公司": "C", "荆楚示例电力有限公司": "D", "云梦示例食品有限公司": "C"}


def tell(story: Story) -> None:
    """Create the edition, set it up, invite everybody, open intake."""
    _create(story)
    _set_up(story)
    _invite_office(story)
    _register_units(story)
    _gather_judges(story)
    story.open_stage()
    assert "申报" in story.organizer.words()


def _create(story: Story) -> None:
    organizer = story.organizer
    organizer.go("/editions/new")
    organizer.press(
        'main .form-actions button[type="submit"]', refused=True
    )  # nothing typed: the page says what is missing
    name = "示例省质量提升小组第四十一次代表大会"
    organizer.save(name=name, year="2022", slug=SLUG, organiser="示例省质量协会")
    assert name in organizer.page.content()


def _set_up(story: Story) -> None:
    organizer = story.organizer
    organizer.go(f"{EDITION}/settings")
    contact = "秘书处 电话 027-00000000"
    organizer.save(co_organisers="示例省总工会", contact=contact, approval_basis="示例〔2022〕1号", grace_minutes="10")
    organizer.go(f"{EDITION}/tracks/new")
    organizer.save(kind="qc", name="质量提升小组成果", code="QC", via_recommending_unit=True)
    organizer.go(f"{EDITION}/tracks")
    organizer.follow('main a[href*="/rounds/"]')
    organizer.save(
        kind="documents", blind=True, judges_per_entry="3", min_load="1", max_load="6", method="mean", seed="41"
    )
    organizer.go(f"{EDITION}/tracks")
    organizer.act("/rounds")
    organizer.go(f"{EDITION}/tracks")
    organizer.page.goto(organizer.page.locator('main a[href*="/rounds/"]').nth(1).get_attribute("href") or "")
    organizer.save(kind="on_site", blind=False, talk_minutes="15", judges_per_entry="3", method="mean")
    organizer.go(f"{EDITION}/rubrics/")
    organizer.save()
    organizer.go(f"{EDITION}/calendar")
    organizer.save(**CALENDAR)
    _set_levels(story)


def _set_levels(story: Story) -> None:
    organizer = story.organizer
    organizer.go(f"{EDITION}/selection/")
    links = [link.get_attribute("href") or "" for link in organizer.page.locator('main a[href*="/levels/"]').all()]
    shortlist, awards = links[:2]
    organizer.go(shortlist)
    organizer.save(
        **{"tiers-0-name": "入围", "tiers-0-basis": "count", "tiers-0-amount": "3", "tiers-0-advances": True}
    )
    organizer.go(awards)
    first = {"tiers-0-name": "一等奖", "tiers-0-basis": "count", "tiers-0-amount": "1"}
    organizer.save(**first | {"tiers-1-name": "二等奖", "tiers-1-basis": "count", "tiers-1-amount": "2"})


def _invite_office(story: Story) -> None:
    organizer = story.organizer
    for role, username, name in (("organizer", "second", "秘书长"), ("supervisor", "watch", "监督员")):
        organizer.go(f"{EDITION}/people/invite")
        organizer.save(role=role, name=name)
        story.invite(username, name)


def _register_units(story: Story) -> None:
    organizer = story.organizer
    organizer.go(f"{EDITION}/units/recommending/new")
    organizer.save(name="示例市质量协会", kind="city", region="420100")
    _invite_from_page(story, "recommender", "示例市质协联系人")
    for number, (name, industry) in enumerate(UNITS.items(), start=1):
        organizer.go(f"{EDITION}/units/new")
        member = {"member_number": "M003"} if number == 3 else {"recommending_unit_id": "示例市质量协会"}
        organizer.save(name=name, region="420100", industry=industry, **member)
        _invite_from_page(story, f"unit{number}", f"联系人{number}")


def _invite_from_page(story: Story, username: str, name: str) -> None:
    story.organizer.act("/invite", name=name)
    story.invite(username, name)


def _gather_judges(story: Story) -> None:
    """All four judges register themselves; the secretariat looks at each and approves."""
    organizer = story.organizer
    for number, (username, name) in enumerate(JUDGES.items(), start=1):
        organizer.go(f"{EDITION}/judges/invite")
        organizer.save(name=name)
        judge = story.invite(username, name)
        judge.go(f"{EDITION}/judges/profile")
        about = {"name": name, "unit_name": f"示例质量研究院{number}所", "region": "420500", "title": "高级工程师"}
        judge.save(tracks=["qc"], industries=["C", "D"], consent=True, **about)
        organizer.go(f"{EDITION}/judges/")
        organizer.follow(f'main a:text-is("{name}")')
        organizer.act("/status", within="#to-active", reason="资格审核通过")
        assert "在库" in organizer.page.locator(".page-status").inner_text()
