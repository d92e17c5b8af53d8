"""First chapter: an empty database becomes an edition with people in it."""

import sqlalchemy as sa

from judging.accounts.models import Role
from judging.foundation import clock
from judging.foundation.audit import SYSTEM
from judging.judges import service as judges
from judging.judges.models import ExpertiseKind, JudgeStatus
from judging.units import service as units
from judging.units.models import RecommendingUnit
from tests.journeys.story import EDITION, SLUG, Story

CALENDAR = {
    "opens_intake_1": "2022-04-01T09:00",
    "closes_intake_1": "2022-05-20T17:00",
    "closes_judging_1": "2022-06-15T17:00",
    "closes_judging_2": "2022-07-08T17:00",
}
JUDGES = {"judge1": "方正清", "judge2": "程思远", "judge3": "沈怀德", "judge4": "陆明义"}
RECOMMENDER = "示例市质量协会"
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
    contact = "秘书处 电话 027-00000000"
    organizer.save(co_organisers="示例省总工会", contact=contact, approval_basis="示例〔2022〕1号", grace_minutes="10")
    organizer.go(f"{EDITION}/tracks/new")
    organizer.save(kind="qc", name="质量提升小组成果", code="QC", via_recommending_unit=True)
    organizer.follow('main a[href*="/rounds/"]')
    organizer.save(
        kind="documents", blind=True, judges_per_entry="3", min_load="1", max_load="6", method="mean", seed="41"
    )
    organizer.go(f"{EDITION}/tracks")
    organizer.act("/rounds")  # leads to the new round
    organizer.save(kind="on_site", blind=False, talk_minutes="15", judges_per_entry="3", method="mean")
    organizer.go(f"{EDITION}/rubrics/")
    organizer.save()
    organizer.go(f"{EDITION}/calendar")
    organizer.save(**CALENDAR)
    _set_levels(story)
    organizer.go(f"{EDITION}/selection/channels")
    organizer.follow('main a[href*="preset="]')
    organizer.save(quota="1", reserves="1", per_unit_cap="1")


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
    """A recommending unit and the first unit come in by the pages, the others by the services behind them."""
    organizer = story.organizer
    organizer.go(f"{EDITION}/units/recommending/new")
    organizer.save(name=RECOMMENDER, kind="city", region="420100")
    _invite_from_page(story, "recommender", "示例市质协联系人")
    name = next(iter(UNITS))
    organizer.go(f"{EDITION}/units/new")
    organizer.save(name=name, region="420100", industry=UNITS[name], recommending_unit_id=RECOMMENDER)
    _invite_from_page(story, "unit1", "联系人1")
    with story.behind() as (session, edition):
        recommender = session.scalars(sa.select(RecommendingUnit)).one()
        told = {"region": "420100", "industry": "D", "recommending_unit_id": recommender.id}
        member = {"region": "420100", "industry": "C", "member_number": "M003"}
        for number, (name, values) in enumerate(zip(list(UNITS)[1:], (told, member), strict=True), start=2):
            unit = units.register_unit(session, {"name": name} | values, by=SYSTEM, at=clock.now())
            story.join(session, edition, f"unit{number}", f"联系人{number}", Role.ENTRANT, unit.id)


def _invite_from_page(story: Story, username: str, name: str) -> None:
    story.organizer.act("/invite", name=name)
    story.invite(username, name)


def _gather_judges(story: Story) -> None:
    """A judge registers by invitation and is approved; the other three are in the bank already."""
    organizer, (username, name) = story.organizer, next(iter(JUDGES.items()))
    organizer.go(f"{EDITION}/judges/invite")
    organizer.save(name=name)
    judge = story.invite(username, name)
    judge.go(f"{EDITION}/judges/profile")
    about = {"name": name, "unit_name": "示例质量研究院1所", "region": "420500", "title": "高级工程师"}
    judge.save(tracks=["qc"], industries=["C", "D"], consent=True, **about)
    organizer.go(f"{EDITION}/judges/")
    organizer.follow(f'main a:text-is("{name}")')
    organizer.act("/status", within="#to-active", reason="资格审核通过")
    assert "在库" in organizer.page.locator(".page-status").inner_text()
    with story.behind() as (session, edition):
        at, skills = clock.now(), {ExpertiseKind.TRACK: ["qc"], ExpertiseKind.INDUSTRY: ["C", "D"]}
        for number, (username, name) in enumerate(list(JUDGES.items())[1:], start=2):
            about = {"name": name, "unit_name": f"示例质量研究院{number}所", "region": "420500"}
            judge_ = judges.register_judge(session, about, skills=skills, status=JudgeStatus.ACTIVE, by=SYSTEM, at=at)
            story.join(session, edition, username, name, Role.JUDGE, judge_.id)
