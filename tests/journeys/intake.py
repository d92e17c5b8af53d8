"""Second chapter: entries are written, returned, recommended, checked; the interested keep away."""

from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.accounts.models import User
from judging.entries.models import AttachmentKind, Entry
from judging.entries.rules import DECLARATIONS
from judging.entries.service import drafting, submitting
from judging.foundation import clock
from judging.units.models import Unit
from tests.journeys.conftest import Visitor
from tests.journeys.founding import UNITS
from tests.journeys.papers import report
from tests.journeys.story import EDITION, Story, moment

TITLES = {
    "unit1": ("降低轴承座加工废品率", "缩短模具换型时间"),
    "unit2": ("提高配网故障定位准确率", "研制带电作业绝缘支架"),
    "unit3": ("降低饼干包装破损率", "尚未完成的课题"),
}
GROUPS = {
    title: f"{name}质量提升小组"
    for titles in TITLES.values()
    for title, name in zip(titles, ("启明", "远航"), strict=True)
}
LEAKING = "降低饼干包装破损率"  # its masked copy still names the group
ABSTRACT = "针对加工过程废品率偏高的问题，小组运用排列图和因果图找出要因，逐项实施对策，效果达到目标并纳入作业标准。"
MEMBERS = ("甘立新", "乔晓光", "纪文博")


def tell(story: Story) -> None:
    """From the first draft to the last verdict of the formal check."""
    clock.pretend(moment(4, 10))
    _write_by_hand(story)
    _hand_in_the_others(story)
    clock.pretend(moment(5, 10))
    _return_and_resubmit(story)
    _recommend(story)
    clock.pretend(moment(5, 18))
    _check(story)
    _declare_conflict(story)
    story.open_stage()


def _write_by_hand(story: Story) -> None:
    """The first unit's contact fills the form step by step, uploads PDFs, submits and gets a receipt."""
    entrant = story.who("unit1")
    entrant.go(f"{EDITION}/entries/")
    entrant.follow('main a[href$="/entries/new"]')
    entrant.page.locator('main [name="track"]').first.check()
    entrant.save()
    entrant.save(
        title=TITLES["unit1"][0], topic_type="self_set", keywords="废品率；轴承座；加工", methods="排列图、因果图"
    )
    _name_the_team(entrant)
    entrant.save(group_name="精工质量提升小组", contact_name="联系人1", contact_phone="13800000001")
    figures = {"target": "废品率不高于1%", "reached": "废品率0.8%", "benefit": "36.5"}
    entrant.save(abstract=ABSTRACT, intangible_benefit="形成作业标准1项", **figures)
    for kind in ("report", "masked"):
        upload(entrant, kind)
    entrant.follow("main .form-actions a.btn-primary")
    submit(entrant)


def _name_the_team(entrant: Visitor) -> None:
    for place, name in enumerate(MEMBERS):
        entrant.page.locator('main [name="member_name"]').nth(place).fill(name)


def upload(entrant: Visitor, kind: str) -> None:
    """Upload a small real PDF at its place and wait until it is there."""
    form = entrant.page.locator(f"#file-{kind}")
    content = report("活动报告正文")
    form.locator("input[type=file]").set_input_files(
        {"name": f"{kind}.pdf", "mimeType": "application/pdf", "buffer": content}
    )
    form.locator("[data-current] .upload-name", has_text=f"{kind}.pdf").wait_for()


def submit(entrant: Visitor) -> None:
    """Make the declarations, wait until they are saved, submit."""
    entrant.fill(**dict.fromkeys(DECLARATIONS, True))
    entrant.page.locator('[data-save-state][data-state="saved"]').first.wait_for()
    entrant.act("/submit")
    assert "/receipt" in entrant.page.url


def _hand_in_the_others(story: Story) -> None:
    """Five more entries come in the same way, through the services the pages use."""
    with story.behind() as (session, edition):
        at, track = clock.now(), edition.tracks[0]
        units = [session.scalars(sa.select(Unit).where(Unit.name == name)).one() for name in UNITS]
        for unit, (username, titles) in zip(units, TITLES.items(), strict=True):
            user = next(person for person in _users(session) if person.username == username)
            for title in titles[1:] if username == "unit1" else titles:
                by = user.actor
                entry = drafting.start_entry(session, edition, track, unit, by=by, created_by_id=user.id, at=at)
                drafting.save_fields(session, entry, _fields(title, GROUPS[title]), by=by, at=at)
                drafting.set_members(session, entry, [(name, "") for name in MEMBERS], by=by, at=at)
                for kind in (AttachmentKind.REPORT, AttachmentKind.MASKED):
                    leak = f"（{GROUPS[title]}）" if title == LEAKING and kind is AttachmentKind.MASKED else ""
                    content = report(title + leak)
                    drafting.attach(session, entry, kind, f"{kind.value}.pdf", content, by=by, at=at)
                submitting.submit(session, entry, by=by, at=at)


def _users(session: Session) -> list[User]:
    return list(session.scalars(sa.select(User)))


def _fields(title: str, group: str) -> dict[str, object]:
    texts = {"title": title, "topic_type": "self_set", "keywords": "质量；改进", "abstract": ABSTRACT}
    figures = {"target": "达到95%", "reached": "达到97%", "benefit": Decimal(12)}
    people = {"group_name": group, "contact_name": "联系人", "contact_phone": "13800000009"}
    return texts | figures | people | dict.fromkeys(DECLARATIONS, True)


def _return_and_resubmit(story: Story) -> None:
    """The recommending unit sends one entry back; its contact corrects and submits it again."""
    recommender, entrant = story.who("recommender"), story.who("unit1")
    recommender.go(f"{EDITION}/recommend/")
    recommender.follow(f'main a:has-text("{TITLES["unit1"][0]}")')
    open_tab(recommender, "check")
    recommender.act("/return", reason="目标值缺少依据，请补充。", until="2022-05-15")
    entrant.go(f"{EDITION}/entries/")
    assert "请补充" in entrant.words()
    entrant.follow(f'main a:text-is("{TITLES["unit1"][0]}")')
    entrant.page.goto(entrant.page.url.rsplit("/", 1)[0] + "/content")
    entrant.save(target="废品率由3%降至1%以下（行业先进水平）")
    entrant.go(entrant.page.url.rsplit("/", 1)[0] + "/review")
    submit(entrant)


def open_tab(visitor: Visitor, key: str) -> None:
    """Open a part of a page when it is folded away."""
    tab = visitor.page.locator(f'[role="tab"][data-tab="{key}"], [role="tab"][aria-controls$="{key}"]').first
    if tab.count() and tab.is_visible():
        tab.click()


def _recommend(story: Story) -> None:
    recommender = story.who("recommender")
    recommender.go(f"{EDITION}/recommend/")
    recommender.press('main .panel form:has(input[name="add"]) button:has-text("全部")')
    recommender.page.locator('main [data-item] [data-move="1"]').first.click()
    recommender.press("main form[data-sortable] .form-actions button")
    recommender.act("/seal", opinion="经审核，材料齐全、内容属实，同意推荐。")
    assert "已" in recommender.words()


def _check(story: Story) -> None:
    """Two verdicts with their reasons, one by one; the other four in one go."""
    organizer = story.organizer
    _give(story, TITLES["unit3"][1], verdict="reject", reasons=["unfinished"], note="活动尚未完成。")
    _give(story, TITLES["unit3"][0], verdict="admit", note="协会直属会员单位，直接申报。")
    organizer.go(f"{EDITION}/check/?status=submitted")
    for box in organizer.page.locator('main tbody input[type="checkbox"]').all():
        box.check()
    organizer.press('main button[form="bulk"]')
    organizer.press('main button[name="confirmed"][value="yes"]')
    with story.behind() as (session, _edition):
        states = sorted(session.scalars(sa.select(Entry.status)))
    assert [state.value for state in states] == ["accepted"] * 5 + ["rejected"]


def _give(story: Story, title: str, **verdict: str | list[str]) -> None:
    organizer = story.organizer
    organizer.go(f"{EDITION}/check/")
    organizer.follow(f'main a:text-is("{title}")')
    open_tab(organizer, "check")
    organizer.act("/verdict", **verdict)


def _declare_conflict(story: Story) -> None:
    judge = story.who("judge4")
    judge.go(f"{EDITION}/conflicts/declare?q=江汉示例机械")
    judge.follow('main a[href*="/conflicts/declare/"]')
    judge.save(basis="coached", reason="两年内曾为该单位小组授课辅导。")
    assert "已" in judge.words()
