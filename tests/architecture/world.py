"""One small world: everything the program knows, twice over (ours and foreign), and one person per role.

Whoever adds a route with a new kind of object adds that object here: `OBJECTS` says which name in an address means what.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from judging.accounts.models import Invitation, Role, RoleGrant, User, UserSession
from judging.accounts.sessions import hashed
from judging.assignment import running
from judging.assignment.models import RunningPlace, Sitting
from judging.assignment.service import plan_round
from judging.assignment.service.ground import Terms
from judging.ballots import service as ballots
from judging.blinding import identity_queries
from judging.blinding import service as blinding
from judging.blinding.models import Candidate, CandidateStatus, Finding, FindingPlace, FindingWhat
from judging.conflicts.models import Conflict, ConflictBasis, ConflictKind, ConflictStatus
from judging.editions.models import Edition, Round, Stage, TrackKind
from judging.entries.models import Attachment, AttachmentKind, Batch, Entry, EntryStatus
from judging.foundation import outbox
from judging.foundation.audit import SYSTEM
from judging.foundation.jobs import Job, JobState
from judging.foundation.storage import storage
from judging.judges.models import Judge, RecusalUnit
from judging.publication.models import Certificate, Notice, NoticeStatus, Objection
from judging.publication.service import notices
from judging.publication.service.certificates import content_of
from judging.results.models import Flag, ResultSheet
from judging.rubrics.models import Rubric, RubricStatus
from judging.selection.models import Channel, Decision, Move, MoveStatus, Outcome, Recommendation
from judging.selection.queries import granted
from judging.units.models import Membership, RecommendingUnit, Unit
from tests.architecture import marks
from tests.factories.accounts import make_user
from tests.factories.assignment import make_assignment, make_invitation, make_judge_draw, make_panel
from tests.factories.blinding import make_candidate
from tests.factories.editions import make_edition
from tests.factories.entries import attach_pdf, make_entry
from tests.factories.judges import make_judge
from tests.factories.pdfs import make_pdf, make_telling_pdf
from tests.factories.rubrics import make_rubric, use_rubric
from tests.factories.selection import make_decided, make_selection
from tests.factories.units import make_recommending_unit, make_unit

AT = datetime(2022, 6, 10, 9, 0, tzinfo=UTC)
WHO: dict[str, Any] = {"by": SYSTEM, "at": AT}
LATER = datetime(2099, 1, 1, tzinfo=UTC)  # invitations of the world stay open whatever the clock of the tests says


@dataclass
class Half:
    """One edition with everything in it, and the people of one unit, one recommending unit and one judge."""

    edition: Edition
    unit: Unit
    recommending_unit: RecommendingUnit
    judge: Judge
    entry: Entry
    accounts: dict[str, User] = field(default_factory=dict)
    objects: dict[str, Any] = field(default_factory=dict)
    personal: dict[str, dict[str, Any]] = field(default_factory=dict)  # by role: what belongs to the account alone


@dataclass
class World:
    """Our half, a foreign half, and within our edition the things of other people."""

    ours: Half
    foreign: Half
    others: dict[str, dict[str, Any]] = field(default_factory=dict)  # by role: what belongs to somebody else

    @cached_property
    def slug(self) -> str:
        """The address of our edition."""
        return self.edition.slug

    @property
    def edition(self) -> Edition:
        """Our edition."""
        return self.ours.edition

    @property
    def accounts(self) -> dict[str, User | None]:
        """Who walks through the world, by name."""
        ours = {name: self.ours.accounts[name] for name in ROLES}
        return ours | {"stranger": self.foreign.accounts["organizer"], "anonymous": None}


ROLES = ("admin", "organizer", "supervisor", "judge", "recommender", "entrant")
WALKERS = (*ROLES, "stranger", "anonymous")


def make_world(session: Session) -> World:
    """Return the world; ours carries the marks of marks.py in every field that tells who somebody is."""
    ours = _half(session, "ours", marked=True)
    foreign = _half(session, "foreign", marked=False)
    world = World(ours, foreign)
    _add_others(session, world)
    session.commit()
    return world


def _half(session: Session, slug: str, *, marked: bool) -> Half:
    edition = make_edition(session, TrackKind.QC, TrackKind.STORY, slug=slug, stage=Stage.BLINDING, rounds=2)
    edition.contact = "秘书处 027-12345678"
    accounts = _people(session, edition, marked)
    recommending_unit = make_recommending_unit(
        session, contact=accounts["recommender"], **(marks.RECOMMENDING_UNIT if marked else {})
    )
    unit_values: dict[str, Any] = {"recommending_unit_id": recommending_unit.id} | (marks.UNIT if marked else {})
    unit = make_unit(session, contact=accounts["entrant"], **unit_values)
    judge = make_judge(session, user_id=accounts["judge"].id, **(marks.JUDGE if marked else {}))
    entry = _entry(session, edition, unit, recommending_unit, accounts["entrant"], marked)
    half = Half(edition, unit, recommending_unit, judge, entry, accounts)
    _lay_accounts(session, half)
    _lay_intake(session, half)
    _lay_judging(session, half)
    _lay_results(session, half)
    _lay_publication(session, half)
    edition.stage, edition.round_number, edition.frozen_at = Stage.JUDGING, 1, AT
    session.flush()
    return half


def _people(session: Session, edition: Edition, marked: bool) -> dict[str, User]:
    named = {"entrant": marks.ENTRANT, "judge": marks.JUDGE_ACCOUNT} if marked else {}
    people = {
        role.value: make_user(session, role, scope=edition.id, **named.get(role.value, {}))
        for role in Role
        if role is not Role.ADMIN
    }
    return people | {"admin": make_user(session, Role.ADMIN)}


def _entry(
    session: Session, edition: Edition, unit: Unit, recommending_unit: RecommendingUnit, by: User, marked: bool
) -> Entry:
    values: dict[str, Any] = {"members": marks.MEMBERS, **marks.ENTRY} if marked else {}
    told = f"{unit.name}的{values.get('group_name', '小组')}在现场改进，联系{values.get('contact_name', '我们')}。"
    links = {"recommending_unit_id": recommending_unit.id, "recommending_unit": recommending_unit}
    entry = make_entry(session, edition, unit=unit, abstract=told, created_by_id=by.id, **links, **values)
    hidden = marks.IN_THE_PDF if marked else [f"mark{number}" for number in range(14)]
    text = marks.REPORT_TEXT if marked else "报告正文"
    names = marks.FILES if marked else ("报告.pdf", "脱敏稿.pdf")
    report = attach_pdf(
        session, entry, make_pdf(text, author=unit.name), kind=AttachmentKind.REPORT, file_name=names[0]
    )
    masked = attach_pdf(session, entry, make_telling_pdf("现状调查与原因分析", hidden), file_name=names[1])
    report.uploaded_by_id = masked.uploaded_by_id = by.id
    session.flush()
    session.expire(entry, ["attachments"])
    return entry


def _lay_accounts(session: Session, half: Half) -> None:
    entrant, scope = half.accounts["entrant"], half.edition.id
    grant = session.scalars(sa.select(RoleGrant).where(RoleGrant.user_id == entrant.id)).one()
    for name, account in half.accounts.items():
        half.personal[name] = _personal(session, account)
    outbox.lay(
        session, to=half.unit.contact_email or "a@b.example", subject="受理通知", body="…", at=AT, scope_id=scope
    )
    session.flush()
    half.objects |= {
        "edition_id": half.edition.id,
        "user_id": entrant.id,
        "grant_id": grant.id,
        "invitation_id": _invitation(session, half, Role.SUPERVISOR, None),
        "unit_invitation_id": _invitation(session, half, Role.ENTRANT, half.unit.id),
        "recommender_invitation_id": _invitation(session, half, Role.RECOMMENDER, half.recommending_unit.id),
        "judge_invitation_id": _invitation(session, half, Role.JUDGE, half.judge.id),
        "message_id": session.scalars(sa.select(outbox.Message.id).where(outbox.Message.scope_id == scope)).first(),
    }


def _personal(session: Session, account: User) -> dict[str, Any]:
    """Lay what belongs to an account alone: another signed-in browser, and a job it asked for."""
    browser = UserSession(token_hash=hashed(uuid4().hex), user_id=account.id, created_at=AT)
    asked = Job(kind="blinding.prepare", payload={}, by_id=account.id, created_at=AT, state=JobState.DONE, message="3")
    session.add_all([browser, asked])
    session.flush()
    return {"session_id": browser.id, "job_id": asked.id}


def _invitation(session: Session, half: Half, role: Role, subject_id: UUID | None) -> UUID:
    made = Invitation(
        token_hash=hashed(uuid4().hex),
        role=role,
        scope_id=half.edition.id,
        subject_id=subject_id,
        created_at=AT,
        created_by_id=half.accounts["organizer"].id,
        expires_at=LATER,
    )
    session.add(made)
    session.flush()
    return made.id


def _lay_intake(session: Session, half: Half) -> None:
    entry, edition = half.entry, half.edition
    batch = Batch(edition_id=edition.id, recommending_unit_id=half.recommending_unit.id, sealed_at=AT)
    session.add(batch)
    session.flush()
    entry.batch_id, entry.recommended_at, entry.recommended_rank = batch.id, AT, 1
    member = sa.select(Membership.id)
    track = edition.tracks[0]
    half.objects |= {
        "unit_id": half.unit.id,
        "recommending_unit_id": half.recommending_unit.id,
        "membership_id": session.scalar(member.where(Membership.unit_id == half.unit.id)),
        "recommender_membership_id": session.scalar(
            member.where(Membership.recommending_unit_id == half.recommending_unit.id)
        ),
        "track_id": track.id,
        "round_id": track.rounds[0].id,
        "entry_id": entry.id,
        "attachment_id": session.scalars(sa.select(Attachment.id).where(Attachment.entry_id == entry.id)).first(),
        "batch_id": batch.id,
    }


def _lay_judging(session: Session, half: Half) -> None:
    """Put the entry into its round by the acts themselves, before two judges, one of whom has begun."""
    edition, track = half.edition, half.edition.tracks[0]
    round_ = track.rounds[0]
    round_.judges_per_entry = 2
    rubric = make_rubric(session, source_note="示例")
    draft = make_rubric(session, status=RubricStatus.DRAFT, published_at=None)
    use_rubric(session, round_, rubric)
    candidate = admitted(session, edition, round_, half.entry)
    second = make_judge(session, account=True, scope=edition.id)
    panel = make_panel(session, round_, half.judge, second, chair=half.judge)
    mine, other = panel.seats
    assignment = make_assignment(session, candidate, mine, order=1)
    beside = make_assignment(session, candidate, other, order=1)
    edition.stage = Stage.JUDGING
    marked = {criterion.id: "30" for criterion in rubric.criteria}
    by = half.accounts["judge"].actor
    told = {"strengths": "思路清楚", "suggestions": "补充数据"}
    ballot = ballots.save_sheet(
        session, edition, assignment, marks=marked, comments=told, sequence=1, by=by, at=AT, submit=True
    )
    ballots.save_sheet(session, edition, beside, marks=marked, sequence=1, by=SYSTEM, at=AT)
    session.add_all(_conflicts(half))
    plan = plan_round(session, edition, round_, seed=7, **WHO)
    run = running.begin(session, edition, round_, Terms(seed=7), four=False, by=SYSTEM, result_url="/")
    recusal = RecusalUnit(judge_id=half.judge.id, unit_id=make_unit(session).id, reason="原单位")
    theirs = RecusalUnit(judge_id=second.id, unit_id=half.unit.id, reason="原单位")
    sitting = Sitting(round_id=round_.id, panel_id=panel.id, hall="一号厅", starts_at=AT)
    sitting.places = [RunningPlace(candidate_id=candidate.id, position=1)]
    drawn = make_judge_draw(session, panel, make_judge(session, fields=(track.kind.value,)))
    session.add_all([recusal, theirs, sitting])
    session.flush()
    asked = make_invitation(session, mine)
    half.objects["second_seat_invitation_id"] = make_invitation(session, other).id
    half.objects |= {
        "rubric_id": rubric.id,
        "draft_rubric_id": draft.id,
        "judge_id": half.judge.id,
        "candidate_id": candidate.id,
        "panel_id": panel.id,
        "seat_id": mine.id,
        "seat_invitation_id": asked.id,
        "assignment_id": assignment.id,
        "second_assignment_id": beside.id,
        "ballot_id": ballot.id,
        "plan_id": plan.id,
        "run_id": run.id,
        "sitting_id": sitting.id,
        "draw_id": drawn.id,
        "recusal_id": recusal.id,
        "second_recusal_id": theirs.id,
        "conflict_id": _conflict_id(session, half, ConflictKind.DECLARED),
        "request_id": _conflict_id(session, half, ConflictKind.REQUESTED),
        "finding_id": session.scalar(sa.select(Finding.id).where(Finding.candidate_id == candidate.id)),
    }


def admitted(session: Session, edition: Edition, round_: Round, entry: Entry) -> Candidate:
    """Let an entry become a cleared candidate by the acts of blinding; what is found is looked at and dismissed."""
    edition.stage = Stage.BLINDING
    session.flush()
    candidate = blinding.admit(session, edition, round_, [entry], **WHO)[0]
    blinding.prepare(session, candidate, at=AT)
    found = Finding(candidate_id=candidate.id, position=99, place=FindingPlace.TEXT, what=FindingWhat.UNIT, page=1)
    session.add(found)
    session.flush()
    for finding in session.scalars(sa.select(Finding).where(Finding.candidate_id == candidate.id)):
        if not finding.removed:
            blinding.dismiss(session, edition, candidate, finding, reason="已核对", **WHO)
    candidate.status = CandidateStatus.READY
    blinding.clear(session, edition, candidate, **WHO)
    return candidate


def _conflicts(half: Half) -> list[Conflict]:
    same: dict[str, Any] = {"edition_id": half.edition.id, "created_at": AT}
    declared = Conflict(
        **same,
        judge_id=half.judge.id,
        unit_id=half.unit.id,
        kind=ConflictKind.DECLARED,
        basis=ConflictBasis.COACHED,
        reason="曾作辅导",
        status=ConflictStatus.WAIVED,
        created_by_id=half.accounts["judge"].id,
    )
    requested = Conflict(
        **same,
        judge_id=None,
        named="某专家",
        entry_id=half.entry.id,
        kind=ConflictKind.REQUESTED,
        basis=ConflictBasis.OTHER,
        reason="有利害关系",
        status=ConflictStatus.PENDING,
        created_by_id=half.accounts["entrant"].id,
    )
    return [declared, requested]


def _conflict_id(session: Session, half: Half, kind: ConflictKind) -> UUID | None:
    same = sa.and_(Conflict.edition_id == half.edition.id, Conflict.kind == kind)
    return session.scalar(sa.select(Conflict.id).where(same))


def _lay_results(session: Session, half: Half) -> None:
    """Judge, compute and award the second track by the acts themselves; the first track is in the middle of judging."""
    edition = half.edition
    edition, track = make_selection(session, [90, 80, 70, 60], edition=edition, kind=TrackKind.STORY)
    award_list = make_decided(session, edition, track)
    best = sa.select(Decision).where(Decision.award_list_id == award_list.id).order_by(Decision.rank).limit(1)
    decision, sheet = session.scalars(best).one(), session.get_one(ResultSheet, award_list.sheet_id)
    entry = session.get_one(Entry, decision.entry_id)
    entry.unit_id, entry.created_by_id = half.unit.id, half.accounts["entrant"].id
    candidate = identity_queries.candidate_of(session, sheet.round_id, entry.id)
    assert candidate is not None
    flag = Flag(sheet_id=sheet.id, kind="far_from_panel", candidate_id=candidate.id, statistic=Decimal("4.2"))
    flag.judge_id = half.judge.id
    move = Move(
        decision_id=decision.id,
        from_tier_id=decision.tier_id,
        to_tier_id=None,
        reason="复核后调整",
        status=MoveStatus.PROPOSED,
        proposed_at=AT,
        proposed_by_id=half.accounts["admin"].id,
    )
    channel = Channel(edition_id=edition.id, position=1, code="CAQ", name="中国质协", track_id=track.id, quota=2)
    session.add_all([flag, move, channel])
    session.flush()
    session.add(
        Recommendation(channel_id=channel.id, entry_id=entry.id, outcome=Outcome.IN, position=1, reason={"code": "in"})
    )
    session.flush()
    half.objects |= {
        "awarded_track_id": track.id,
        "awarded_round_id": sheet.round_id,
        "awarded_candidate_id": candidate.id,
        "awarded_entry_id": entry.id,
        "sheet_id": sheet.id,
        "flag_id": flag.id,
        "list_id": award_list.id,
        "decision_id": decision.id,
        "move_id": move.id,
        "channel_id": channel.id,
    }


def _lay_publication(session: Session, half: Half) -> None:
    edition, entry_id = half.edition, half.objects["awarded_entry_id"]
    edition.stage = Stage.NOTICE
    published = notices.draft_notice(session, edition, **WHO)
    published.rows = notices.rows_now(session, edition, published.fields)
    published.opens_on, published.closes_on = date(2022, 6, 1), date(2099, 6, 8)
    published.status, published.published_at = NoticeStatus.PUBLISHED, AT
    published.pdf_key = storage().put(make_pdf("公示")).key
    draft = notices.new_version(session, edition, published, change_note="更正单位名称", **WHO)
    objection = _objection(edition, published, entry_id)
    certificate = _certificate(session, edition, entry_id)
    session.add_all([objection, certificate])
    session.flush()
    half.objects |= {
        "notice_id": published.id,
        "draft_notice_id": draft.id,
        "objection_id": objection.id,
        "receipt": objection.receipt,
        "certificate_id": certificate.id,
        "check_code": certificate.check_code,
        "number": certificate.number,
    }


def _objection(edition: Edition, notice: Notice, entry_id: UUID) -> Objection:
    return Objection(
        edition_id=edition.id,
        notice_id=notice.id,
        entry_id=entry_id,
        receipt=f"R{edition.slug.upper()}",
        name="反映人",
        contact="13612345678",
        grounds="数据不实",
        evidence_key=storage().put(make_pdf("证据")).key,
        evidence_name="证据.pdf",
        evidence_type="application/pdf",
        received_at=AT,
    )


def _certificate(session: Session, edition: Edition, entry_id: UUID) -> Certificate:
    row = next(row for row in granted(session, edition) if row.entry.id == entry_id)
    return Certificate(
        edition_id=edition.id,
        entry_id=entry_id,
        number=f"证〔2022〕{edition.slug}-0001",
        check_code=f"CHECK{edition.slug.upper()}",
        content=content_of(edition, row, AT),
        storage_key=storage().put(make_pdf("证书")).key,
        issued_at=AT,
    )


def _add_others(session: Session, world: World) -> None:
    """Within our edition: an entry of another unit and recommending unit, a sheet of another judge, another's job."""
    ours, objects = world.ours, world.ours.objects
    recommending_unit = make_recommending_unit(session)
    unit = make_unit(session, recommending_unit_id=recommending_unit.id)
    entry = make_entry(
        session,
        ours.edition,
        unit=unit,
        recommending_unit_id=recommending_unit.id,
        status=EntryStatus.SUBMITTED,
    )
    file = attach_pdf(session, entry, make_pdf("另一份报告"), kind=AttachmentKind.REPORT, file_name="报告.pdf")
    round_ = ours.edition.tracks[0].rounds[0]
    candidate = make_candidate(session, round_, entry=entry)
    third = make_judge(session, account=True, scope=ours.edition.id)
    lone = make_panel(session, round_, third)
    assignment = make_assignment(session, candidate, lone.seats[0])
    ballot = ballots.save_sheet(
        session,
        ours.edition,
        assignment,
        marks={criterion.id: "20" for criterion in session.get_one(Rubric, objects["rubric_id"]).criteria},
        sequence=1,
        by=SYSTEM,
        at=AT,
        submit=True,
    )
    session.flush()
    theirs = {"entry_id": entry.id, "attachment_id": file.id, "unit_id": unit.id}
    world.others = {
        "entrant": theirs,
        "recommender": theirs | {"recommending_unit_id": recommending_unit.id},
        "judge": {
            "assignment_id": objects["second_assignment_id"],
            "lone_assignment_id": assignment.id,
            "ballot_id": ballot.id,
            "judge_id": third.id,
            "recusal_id": objects["second_recusal_id"],
            "seat_invitation_id": objects["second_seat_invitation_id"],
        },
    }
    for role in ROLES:
        world.others.setdefault(role, {}).update(world.foreign.personal[role])
