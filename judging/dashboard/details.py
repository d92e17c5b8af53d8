"""What stands in the details of audit lines, in people's words. What has no word here shows its own name."""

import re
from datetime import datetime

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from judging.accounts.models import Role
from judging.assignment.models import PlanMode
from judging.assignment.strength import label_of
from judging.blinding.models import FindingPlace, FindingWhat
from judging.conflicts.models import ConflictBasis
from judging.editions.models import DayKind, Method, Stage, TopicType, TrackKind, Wording
from judging.entries.models import AttachmentKind, CheckReason, EntryStatus, Verdict
from judging.foundation.labels import LabelEnum
from judging.judges.models import JudgeStatus
from judging.publication.models import NoticeKind
from judging.publication.rules import NoticeField
from judging.results.models import FlagStatus
from judging.results.words import KINDS
from judging.rubrics.models import RubricOrigin
from judging.selection.models import GroupBy, TieRule
from judging.units.models import RecommenderKind
from judging.web.filters import format_datetime

WORDS: dict[str, LazyString] = {
    "abstract": lazy_gettext("Abstract"),
    "active_from": lazy_gettext("Activity began on"),
    "active_until": lazy_gettext("Activity ended on"),
    "address": lazy_gettext("Postal address"),
    "advances": lazy_gettext("Goes on to the next round"),
    "affinity": lazy_gettext("Weights of the fit"),
    "all": lazy_gettext("Of all units"),
    "amount": lazy_gettext("Amount"),
    "answer": lazy_gettext("Answer"),
    "approval_basis": lazy_gettext("Approval basis"),
    "basis": lazy_gettext("Basis"),
    "benefit": lazy_gettext("Economic benefit"),
    "blind": lazy_gettext("Blind: judges see neither unit nor names"),
    "bound": lazy_gettext("Upper bound"),
    "candidates": lazy_gettext("Candidates"),
    "candidate": lazy_gettext("Candidate"),
    "certificate_pattern": lazy_gettext("Pattern of certificate numbers"),
    "certificates": lazy_gettext("Certificates"),
    "chair": lazy_gettext("Chair of the panel"),
    "change_note": lazy_gettext("What has changed"),
    "changed": lazy_gettext("Changed"),
    "clashes": lazy_gettext("Conflicts left"),
    "closes_at": lazy_gettext("Closes"),
    "closes_on": lazy_gettext("Last day"),
    "co_organisers": lazy_gettext("Co-organisers"),
    "code": lazy_gettext("Code"),
    "commitment": lazy_gettext("Published hash of the seed"),
    "consents_to_publication": lazy_gettext("Consent to publication"),
    "contact": lazy_gettext("Contact"),
    "contact_email": lazy_gettext("E-mail"),
    "contact_name": lazy_gettext("Contact"),
    "contact_phone": lazy_gettext("Phone"),
    "count": lazy_gettext("Number of lines"),
    "credit_code": lazy_gettext("Unified social credit code"),
    "criteria": lazy_gettext("Criteria"),
    "day_kind": lazy_gettext("Counted in"),
    "days": lazy_gettext("Length of the window"),
    "decimals": lazy_gettext("Decimals of the score"),
    "digest": lazy_gettext("Digest"),
    "drawn": lazy_gettext("Drawn"),
    "dropped": lazy_gettext("Dropped"),
    "email": lazy_gettext("E-mail"),
    "entries": lazy_gettext("Entries"),
    "entry": lazy_gettext("Entry"),
    "exclusive": lazy_gettext("Not together with another exclusive channel"),
    "fee_statement": lazy_gettext("Fee statement"),
    "fewest": lazy_gettext("Fewest possible conflicts"),
    "fields": lazy_gettext("What the list shows"),
    "file": lazy_gettext("File"),
    "freed": lazy_gettext("Candidates given back"),
    "from": lazy_gettext("From"),
    "grace_minutes": lazy_gettext("Grace after a deadline, in minutes"),
    "granted": lazy_gettext("Places given"),
    "group_by": lazy_gettext("Places are shared out within"),
    "group_name": lazy_gettext("Group name"),
    "group_number": lazy_gettext("Registration number of the group"),
    "group_term": lazy_gettext("Word for the group"),
    "how_to_object": lazy_gettext("How to object"),
    "industry": lazy_gettext("Industry"),
    "intangible_benefit": lazy_gettext("Intangible benefit"),
    "flag": lazy_gettext("Flag"),
    "in": lazy_gettext("Recommended"),
    "is_chair": lazy_gettext("Chair of the panel"),
    "issuer": lazy_gettext("Issued by"),
    "judge": lazy_gettext("Judge"),
    "judge_fee": lazy_gettext("Fee of the judges"),
    "judges": lazy_gettext("Judges"),
    "judges_per_entry": lazy_gettext("Judges per entry"),
    "keywords": lazy_gettext("Keywords"),
    "kind": lazy_gettext("Kind"),
    "least": lazy_gettext("Lowest load"),
    "lowest_tier": lazy_gettext("Eligible down to level"),
    "max_load": lazy_gettext("Most entries for a judge"),
    "maximum": lazy_gettext("Maximum"),
    "member_number": lazy_gettext("Member number"),
    "members": lazy_gettext("Members"),
    "method": lazy_gettext("Method"),
    "methods": lazy_gettext("Methods used"),
    "min_load": lazy_gettext("Fewest entries for a judge"),
    "minimum": lazy_gettext("Minimum"),
    "mode": lazy_gettext("Aim"),
    "most": lazy_gettext("Highest load"),
    "name": lazy_gettext("Name"),
    "named": lazy_gettext("Named"),
    "new": lazy_gettext("New"),
    "notice_day_kind": lazy_gettext("Counted in"),
    "notice_days": lazy_gettext("Days of the public notice"),
    "number": lazy_gettext("Number"),
    "on_site": lazy_gettext("For on-site presentation"),
    "one_judge_per_region": lazy_gettext("At most one judge from the same region on an entry"),
    "one_judge_per_unit": lazy_gettext("At most one judge from the same unit on an entry"),
    "open_flags": lazy_gettext("Flags without an answer"),
    "opens_at": lazy_gettext("Opens"),
    "opens_on": lazy_gettext("First day"),
    "order": lazy_gettext("Order"),
    "organiser": lazy_gettext("Organiser"),
    "origin": lazy_gettext("Origin"),
    "original": lazy_gettext("Declared as own work"),
    "page": lazy_gettext("Page"),
    "pairs": lazy_gettext("Assignments"),
    "out": lazy_gettext("Not recommended"),
    "panel": lazy_gettext("Panel"),
    "parent_group": lazy_gettext("Group of companies"),
    "per_unit_cap": lazy_gettext("At most from one unit"),
    "phone": lazy_gettext("Mobile phone"),
    "place": lazy_gettext("Place"),
    "position": lazy_gettext("Position"),
    "post": lazy_gettext("Post"),
    "preamble": lazy_gettext("Opening"),
    "presenter": lazy_gettext("Presenter"),
    "problem": lazy_gettext("Digest of the problem"),
    "quota": lazy_gettext("Quota"),
    "rank": lazy_gettext("Rank"),
    "reached": lazy_gettext("Value reached"),
    "reasons": lazy_gettext("Reasons"),
    "receipt": lazy_gettext("Receipt"),
    "recommender": lazy_gettext("Recommended by"),
    "region": lazy_gettext("Region"),
    "region_conflict": lazy_gettext("Judges recuse from entries of their own city"),
    "reserve": lazy_gettext("In reserve"),
    "reserves": lazy_gettext("Reserves"),
    "rest": lazy_gettext("Shortest rest"),
    "return_reason": lazy_gettext("Reason of the return"),
    "return_until": lazy_gettext("Until"),
    "role": lazy_gettext("Role"),
    "round": lazy_gettext("Round"),
    "rows": lazy_gettext("Rows"),
    "rubric": lazy_gettext("Rubric"),
    "score": lazy_gettext("Score"),
    "score_floor": lazy_gettext("Least score"),
    "seats": lazy_gettext("Seats"),
    "secret": lazy_gettext("Seed, made known"),
    "seed": lazy_gettext("Seed"),
    "sha256": lazy_gettext("Digest"),
    "shared_places": lazy_gettext("Ties that cannot be broken share a place"),
    "short": lazy_gettext("Places not filled"),
    "slug": lazy_gettext("Short address"),
    "source_note": lazy_gettext("Source and validity"),
    "stage": lazy_gettext("Stage"),
    "standard": lazy_gettext("Standard"),
    "stands": lazy_gettext("Stands"),
    "status": lazy_gettext("State"),
    "status_reason": lazy_gettext("Reason"),
    "signal": lazy_gettext("Strength told by"),
    "step": lazy_gettext("Step"),
    "strength": lazy_gettext("Mean strength"),
    "source": lazy_gettext("Copied from"),
    "strata": lazy_gettext("Drawn by"),
    "talk_minutes": lazy_gettext("Minutes for each talk"),
    "target": lazy_gettext("Target"),
    "term_from": lazy_gettext("Term from"),
    "term_until": lazy_gettext("Term until"),
    "text": lazy_gettext("What to look at"),
    "tie_chain": lazy_gettext("Order in which ties are broken"),
    "tie_rule": lazy_gettext("Equal scores at a line"),
    "tier": lazy_gettext("Level"),
    "tiers": lazy_gettext("Levels"),
    "timezone": lazy_gettext("Time zone"),
    "title": lazy_gettext("Title"),
    "to": lazy_gettext("To"),
    "topic_quotas": lazy_gettext("Places by topic type"),
    "topic_type": lazy_gettext("Topic type"),
    "total": lazy_gettext("Total"),
    "track": lazy_gettext("Track"),
    "track_kind": lazy_gettext("Made for"),
    "trim_from": lazy_gettext("Leave out highest and lowest from this many judges on"),
    "truthful": lazy_gettext("Declared as true"),
    "unclassified": lazy_gettext("Declared as free of secrets"),
    "unit": lazy_gettext("Unit"),
    "unit_name": lazy_gettext("Unit"),
    "until": lazy_gettext("Until"),
    "verdict": lazy_gettext("Verdict"),
    "verdict_note": lazy_gettext("Note"),
    "verdict_reasons": lazy_gettext("Reasons"),
    "version": lazy_gettext("Version"),
    "via_recommending_unit": lazy_gettext("Entries go through a recommending unit"),
    "weight": lazy_gettext("Weight"),
    "what": lazy_gettext("What"),
    "wording": lazy_gettext("What a level is called"),
    "working": lazy_gettext("Working day"),
    "year": lazy_gettext("Year"),
}

MOMENT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d")
LISTS = ("fields", "judges", "reasons")  # two of these are two, not before and after
# Choices are kept by their codes; these lists say what a code under this name means, the first that knows it.
CHOICES: dict[str, tuple[type[LabelEnum], ...]] = {
    "answer": (FlagStatus,),
    "basis": (ConflictBasis,),
    "day_kind": (DayKind,),
    "fields": (NoticeField,),
    "group_by": (GroupBy,),
    "kind": (AttachmentKind, TrackKind, RecommenderKind, NoticeKind),
    "method": (Method,),
    "mode": (PlanMode,),
    "notice_day_kind": (DayKind,),
    "origin": (RubricOrigin,),
    "place": (FindingPlace,),
    "reasons": (CheckReason,),
    "role": (Role,),
    "stage": (Stage,),
    "status": (EntryStatus, JudgeStatus),
    "tie_rule": (TieRule,),
    "topic_type": (TopicType,),
    "track": (TrackKind,),
    "track_kind": (TrackKind,),
    "verdict": (Verdict,),
    "verdict_reasons": (CheckReason,),
    "what": (FindingWhat,),
    "wording": (Wording,),
}


def in_words(detail: dict[str, object]) -> str:
    """Return the details of a line as one sentence: before → after, or plain facts."""
    return str(gettext("; ")).join(
        f"{WORDS.get(name, name)}{gettext(': ')}{_change(name, value)}" for name, value in detail.items()
    )


def _change(name: str, value: object) -> str:
    if isinstance(value, list) and len(value) == 2 and name not in LISTS:
        return f"{_short(name, value[0])} → {_short(name, value[1])}"
    return _short(name, value)


def _short(name: str, value: object) -> str:
    if isinstance(value, str) and name in CHOICES:
        value = value.split("、")
    parts = [_plain(name, part) for part in (value if isinstance(value, list) else [value])] or ["–"]
    text = "、".join(parts)
    return text if len(text) <= 60 else text[:60] + "…"


def _plain(name: str, value: object) -> str:
    """Return one value: a choice by its label, yes or no, a dash for nothing, facts within facts by their own names."""
    if isinstance(value, bool):
        return str(gettext("Yes") if value else gettext("No"))
    if value in (None, "", {}):
        return "–"
    if isinstance(value, str) and MOMENT.match(value):
        return format_datetime(datetime.fromisoformat(value))
    if isinstance(value, dict):
        return str(gettext(", ")).join(f"{WORDS.get(key, key)} {_plain(key, one)}" for key, one in value.items())
    if name == "flag":
        return str(KINDS.get(str(value), value))
    if name == "signal":
        return label_of(str(value))
    for choices in CHOICES.get(name, ()):
        if value in choices._value2member_map_:
            return str(choices(str(value)).label)
    return str(value)
