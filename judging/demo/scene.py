"""The stage of the play: editions, rubrics, units, judges and their accounts, made by the services the pages use."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from judging.accounts import service as accounts
from judging.accounts.models import Role, User
from judging.demo.corpus import Corpus
from judging.demo.corpus_facts import JudgeFacts, RecommenderFacts, UnitFacts
from judging.editions import service as editions
from judging.editions.models import Edition, Method, Round, Stage, Track, TrackKind, Wording
from judging.foundation.audit import SYSTEM, Actor
from judging.judges import service as judges
from judging.judges.models import ExpertiseKind, Judge, JudgeStatus
from judging.rubrics import queries as rubric_queries
from judging.rubrics import service as rubrics
from judging.selection.service import channels, tiers
from judging.units import service as units
from judging.units.models import RecommenderKind, RecommendingUnit, Unit

CHINA = ZoneInfo("Asia/Shanghai")
PASSWORD = None  # demo accounts have no password: the only way in is the demo's own doors
TRACKS = (
    (TrackKind.QC, "QC", "质量提升小组成果"),
    (TrackKind.STORY, "GS", "QC故事"),
    (TrackKind.PAPER, "LW", "质量管理论文"),
)
RUBRICS = {
    TrackKind.QC: (("", "qc-problem-solving"), ("innovative", "qc-innovative")),
    TrackKind.STORY: (("", "story"),),
    TrackKind.PAPER: (("", "paper"),),
}


def moment(year: int, month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    """Return a moment on China's clocks."""
    return datetime(year, month, day, hour, minute, tzinfo=CHINA).astimezone(UTC)


@dataclass(slots=True)
class Scene:
    """Who is on stage."""

    corpus: Corpus
    organizer: User
    second: User
    supervisor: User
    recommenders: dict[str, RecommendingUnit] = field(default_factory=dict)
    recommender_users: dict[UUID, User] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    contacts: dict[UUID, User] = field(default_factory=dict)
    judges: list[Judge] = field(default_factory=list)
    judge_users: dict[UUID, User] = field(default_factory=dict)


def set_scene(session: Session, corpus: Corpus, at: datetime) -> Scene:
    """Make the people, units and judges that both editions share."""
    rubrics.install_library(session, SYSTEM, at)
    scene = Scene(
        corpus,
        organizer=_user(session, "mishuchu", "秘书处·苏禾", at),
        second=_user(session, "mishuzhang", "秘书长·邵原", at),
        supervisor=_user(session, "jiandu", "监督员·庄重", at),
    )
    for facts in corpus.recommenders:
        _recommender(session, scene, facts, at)
    for number, unit_facts in enumerate(corpus.units, start=1):
        _unit(session, scene, number, unit_facts, at)
    for judge_facts in corpus.judges:
        _judge(session, scene, judge_facts, at)
    return scene


def _user(session: Session, username: str, name: str, at: datetime, phone: str = "", email: str = "") -> User:
    return accounts.create_user(
        session, username=username, name=name, password=PASSWORD, phone=phone, email=email, by=SYSTEM, at=at
    )


def _recommender(session: Session, scene: Scene, facts: RecommenderFacts, at: datetime) -> None:
    by = scene.organizer.actor
    values = {
        "name": facts.name,
        "kind": RecommenderKind.CITY if facts.regions else RecommenderKind.INDUSTRY,
        "region": facts.region,
        "contact_name": facts.contact.name,
        "contact_phone": facts.contact.phone,
        "contact_email": facts.contact.email,
    }
    made = units.register_recommending_unit(session, values, by=by, at=at)
    user = _user(session, f"tuijian{len(scene.recommenders) + 1:02d}", facts.contact.name, at, facts.contact.phone)
    units.bind_recommender(session, user, made.id, at)
    scene.recommenders[facts.name] = made
    scene.recommender_users[made.id] = user


def _unit(session: Session, scene: Scene, number: int, facts: UnitFacts, at: datetime) -> None:
    recommender = scene.recommenders[facts.recommender.name] if facts.recommender else None
    values = {
        "name": facts.name,
        "credit_code": facts.uscc,
        "region": facts.region,
        "industry": facts.industry,
        "contact_name": facts.contact.name,
        "contact_phone": facts.contact.phone,
        "contact_email": facts.contact.email,
        "member_number": facts.member_number,
        "recommending_unit_id": recommender.id if recommender else None,
    }
    made = units.register_unit(session, values, by=scene.organizer.actor, at=at)
    user = _user(session, f"danwei{number:03d}", facts.contact.name, at, facts.contact.phone)
    units.bind_contact(session, user, made.id, at)
    scene.units[facts.name] = made
    scene.contacts[made.id] = user


def _judge(session: Session, scene: Scene, facts: JudgeFacts, at: datetime) -> None:
    person = facts.person
    values = {
        "name": person.name,
        "unit_name": facts.unit_name,
        "post": facts.post,
        "title": facts.title,
        "region": facts.region,
        "phone": person.phone,
        "email": person.email,
        "term_from": datetime(2020, 1, 1, tzinfo=CHINA).date(),
        "term_until": datetime(2022, 12, 31, tzinfo=CHINA).date(),
        "recommender": "省质量协会",
    }
    skills = {
        ExpertiseKind.TRACK: facts.tracks,
        ExpertiseKind.INDUSTRY: facts.specialities,
        ExpertiseKind.TOPIC: facts.topics,
    }
    by = scene.organizer.actor
    user = _user(session, facts.username, person.name, at, person.phone)
    made = judges.register_judge(session, values, skills=skills, by=by, at=at)
    judges.bind_account(session, made, user, at=at)
    judges.consent(session, made, at=at)
    judges.set_status(session, made, JudgeStatus.ACTIVE, reason="资格审核通过", by=by, at=at)
    scene.judges.append(made)
    scene.judge_users[made.id] = user


@dataclass(frozen=True, slots=True)
class Times:
    """When the stages of an edition open, and the last two close."""

    created: datetime
    intake: datetime
    intake_ends: datetime
    blinding: datetime
    judging: datetime
    judging_ends: datetime
    results: datetime
    selection: datetime
    notice: datetime


def make_edition(session: Session, scene: Scene, year: int, name: str, times: Times) -> Edition:
    """Make the first edition with its tracks, rounds, rubrics, tiers, channels and calendar."""
    by, at = scene.organizer.actor, times.created
    edition = editions.create_edition(
        session,
        name=name,
        slug=str(year),
        year=year,
        by=by,
        at=at,
        organiser="湖北省质量协会",
        co_organisers=["湖北省总工会", "湖北省妇女联合会", "湖北省科学技术协会"],
        approval_basis="演示数据：请在正式届次中填写批准文件或工作依据。",
        wording=Wording.LEVEL,
        contact="湖北省质量协会秘书处（演示）　027-0000 0000",
        region_conflict=False,
    )
    for kind, code, track_name in TRACKS:
        track = editions.add_track(
            session,
            edition,
            kind=kind,
            code=code,
            name=track_name,
            via_recommending_unit=kind is TrackKind.QC,
            by=by,
            at=at,
        )
        _rules(session, edition, track, by, at)
    tiers.set_default_tiers(session, edition, by=by, at=at)
    channels.add_usual_channels(session, edition, by=by, at=at)
    cast(session, scene, edition, at)
    plan_calendar(session, edition, times, by)
    return edition


def _rules(session: Session, edition: Edition, track: Track, by: Actor, at: datetime) -> None:
    round_ = track.rounds[0]
    editions.update_round(
        session,
        edition,
        track,
        round_,
        by=by,
        at=at,
        judges_per_entry=5 if track.kind is TrackKind.QC else 3,
        method=Method.SEVERITY,
        min_load=0,
        max_load=60,
        seed=edition.year,
    )
    use_rubrics(session, edition, track, round_, by, at)


def use_rubrics(session: Session, edition: Edition, track: Track, round_: Round, by: Actor, at: datetime) -> None:
    """Let a round use the library's rubrics of its track."""
    for topic_type, code in RUBRICS[track.kind]:
        rubric = rubric_queries.by_code(session, code)
        assert rubric is not None, code
        rubrics.use_rubric(session, round_, topic_type, rubric, edition=edition, by=by, at=at)


def cast(session: Session, scene: Scene, edition: Edition, at: datetime) -> None:
    """Give everybody their role in an edition."""
    by = scene.organizer.actor
    roles: list[tuple[Iterable[User], Role]] = [
        ((scene.second,), Role.ORGANIZER),
        ((scene.supervisor,), Role.SUPERVISOR),
        (scene.recommender_users.values(), Role.RECOMMENDER),
        (scene.contacts.values(), Role.ENTRANT),
        (scene.judge_users.values(), Role.JUDGE),
    ]
    for users, role in roles:
        for user in users:
            accounts.grant(session, user, role, edition.id, by=by, at=at)


def plan_calendar(session: Session, edition: Edition, times: Times, by: Actor) -> None:
    """Plan the stages."""
    week = timedelta(days=7)
    plan = (
        (Stage.INTAKE, times.intake, times.intake_ends),
        (Stage.BLINDING, times.blinding, times.judging),
        (Stage.JUDGING, times.judging, times.judging_ends),
        (Stage.RESULTS, times.results, times.selection),
        (Stage.SELECTION, times.selection, times.notice),
        (Stage.NOTICE, times.notice, times.notice + 2 * week),
    )
    for stage, opens_at, closes_at in plan:
        editions.set_dates(
            session, edition, stage, opens_at=opens_at, closes_at=closes_at, by=by, at=times.created, reason="年度计划"
        )
