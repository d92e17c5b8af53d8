"""Upheld objections and the recommendation lists that were decided before them."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from judging.accounts.models import Role
from judging.editions.models import Edition, Stage
from judging.editions.readiness import obstacles
from judging.entries.models import Entry
from judging.foundation.audit import Actor
from judging.publication import service
from judging.publication.models import Notice, Objection
from judging.selection import service as selection
from judging.selection.doubts import in_doubt
from judging.selection.models import Channel, Outcome
from judging.selection.rules import ChannelSpec, ListInDoubt
from tests.conftest import Client
from tests.factories.accounts import make_user
from tests.factories.publication import AFTER, AT, SOMEBODY, make_decided, make_notice, make_objection

SOON, LATER = AT + timedelta(hours=1), AT + timedelta(hours=2)


@dataclass
class Scene:
    """A published notice whose best two entries go up, and an objection to the best of them."""

    edition: Edition
    entries: list[Entry]
    channel: Channel
    notice: Notice
    objection: Objection
    one: Actor
    other: Actor

    def uphold(self, session: Session, *, change_level: bool = True) -> Notice | None:
        """Uphold the objection; with a change, the entry loses its level."""
        return service.uphold(
            session,
            self.edition,
            self.objection,
            ruling="经核实，该成果此前已获奖。",
            by=self.one,
            at=SOON,
            change_level=change_level,
        )

    def decide_anew(self, session: Session) -> None:
        """Open the list, choose and decide it again."""
        when = {"by": SOMEBODY, "at": LATER + timedelta(hours=1)}
        selection.reopen_channel(session, self.channel, reason="异议成立", **when)
        selection.choose_channel(session, self.edition, self.channel, **when)
        selection.decide_channel(session, self.channel, **when)


@pytest.fixture
def scene(session: Session) -> Scene:
    """The scene before any ruling."""
    edition, entries = make_decided(session, entries=4)
    track = edition.tracks[0]
    spec = ChannelSpec(
        code="CAQ",
        name="中国质量协会",
        track_id=track.id,
        quota=2,
        reserves=1,
        per_unit_cap=None,
        lowest_tier=None,
        exclusive=False,
    )
    channel = selection.add_channel(session, edition, spec, by=SOMEBODY, at=AT)
    selection.choose_channel(session, edition, channel, by=SOMEBODY, at=AT)
    selection.decide_channel(session, channel, by=SOMEBODY, at=AT)
    notice = make_notice(session, edition)
    number = next(n for n, row in enumerate(notice.rows, 1) if row["entry"] == str(entries[0].id))
    objection = make_objection(session, edition, notice, number=number)
    people = [make_user(session, Role.ORGANIZER, scope=edition.id).actor for _ in range(2)]
    return Scene(edition, entries, channel, notice, objection, people[0], people[1])


def test_nothing_is_in_doubt_before_a_ruling(session: Session, scene: Scene) -> None:
    assert in_doubt(session, scene.edition) == []
    service.dismiss(session, scene.edition, scene.objection, ruling="经核实不属实。", by=scene.one, at=SOON)
    assert in_doubt(session, scene.edition) == []


@pytest.mark.parametrize("change_level", [True, False])
def test_an_upheld_objection_puts_the_list_in_doubt(session: Session, scene: Scene, change_level: bool) -> None:
    scene.uphold(session, change_level=change_level)
    [found] = in_doubt(session, scene.edition)
    assert (found.channel, found.entry, found.outcome) == (scene.channel, scene.entries[0], Outcome.IN)
    assert (found.doubt.since is None) == change_level


def test_deciding_anew_before_the_second_signature_settles_nothing(session: Session, scene: Scene) -> None:
    scene.uphold(session)
    scene.decide_anew(session)
    assert len(in_doubt(session, scene.edition)) == 1


def test_deciding_anew_takes_the_entry_off_and_settles_it(session: Session, scene: Scene) -> None:
    draft = scene.uphold(session)
    assert draft is not None
    service.sign_change(session, scene.edition, scene.objection, by=scene.other, at=LATER)
    with pytest.raises(ListInDoubt) as refusal:
        service.publish_notice(session, scene.edition, draft, by=scene.one, at=LATER)
    assert scene.channel.name in str(refusal.value)
    assert scene.entries[0].title in str(refusal.value)
    scene.decide_anew(session)
    session.expire(scene.channel)
    outcomes = {row.entry_id: row for row in scene_rows(session, scene)}
    assert outcomes[scene.entries[0].id].outcome is Outcome.OUT
    assert outcomes[scene.entries[0].id].reason["code"] == "removed"
    assert in_doubt(session, scene.edition) == []
    service.publish_notice(session, scene.edition, draft, by=scene.one, at=LATER + timedelta(hours=2))


def scene_rows(session: Session, scene: Scene) -> list:  # type: ignore[type-arg]
    """Return the recommendations as they stand."""
    from judging.selection.queries import recommendations_query

    return list(session.scalars(recommendations_query(scene.channel.id)))


def test_a_list_that_keeps_the_entry_is_decided_anew_all_the_same(session: Session, scene: Scene) -> None:
    scene.uphold(session, change_level=False)
    with pytest.raises(ListInDoubt):
        service.announce(session, scene.edition, scene.notice, by=SOMEBODY, at=AFTER)
    scene.decide_anew(session)
    assert in_doubt(session, scene.edition) == []
    service.announce(session, scene.edition, scene.notice, by=SOMEBODY, at=AFTER)


def test_the_readiness_check_names_list_and_entry(session: Session, scene: Scene) -> None:
    scene.uphold(session, change_level=False)
    found = [one for one in obstacles(session, scene.edition, Stage.CLOSED) if scene.channel.name in one.sentence]
    assert [(one.blocking, scene.entries[0].title in one.sentence) for one in found] == [(True, True)]
    scene.decide_anew(session)
    assert not any(scene.channel.name in one.sentence for one in obstacles(session, scene.edition, Stage.CLOSED))


def test_the_pages_name_the_lists(session: Session, client: Client, scene: Scene) -> None:
    client.sign_in(make_user(session, Role.ORGANIZER, scope=scene.edition.id))
    at = f"/e/{scene.edition.slug}"
    ruling, channel = f"{at}/objections/{scene.objection.id}", f"{at}/selection/channels/{scene.channel.id}"
    assert f'href="{channel}"' in client.get(ruling).text
    assert "notice-warning" not in client.get(channel).text
    scene.uphold(session, change_level=False)
    assert "notice-warning" in client.get(ruling).text
    assert "notice-warning" in client.get(channel).text
    assert "须重新评定" in client.get(f"{at}/selection/channels").text
