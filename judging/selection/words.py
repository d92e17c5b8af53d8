"""The stored reasons in sentences: why an entry has its level, why it goes up through a channel or not."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from judging.entries.models import TopicType
from judging.web.filters import format_points

TOPICS = {str(topic.value): topic.label for topic in TopicType}

DECISION: dict[str, LazyString] = {
    "above_line": _l("%(points)s points above the line of “%(tier)s”"),
    "on_line": _l("On the line of “%(tier)s”: the last score that came in"),
    "tie_expanded": _l("Equal to the last score of “%(tier)s”; equal scores all come in"),
    "tie_contracted": _l("Equal scores on both sides of the line of “%(tier)s”; none of them comes in"),
    "below_line": _l("%(points)s points below the line of “%(tier)s”; all places are taken"),
    "full": _l("Equal to the last score of “%(tier)s”, behind it by the listed criteria; all places are taken"),
    "no_place": _l("There is no place to give"),
    "below_floor": _l("%(points)s points below the least score of “%(tier)s”"),
    "below_floor_given": _l("%(points)s points below the least score of “%(tier)s”; reaches “%(given)s”"),
    "below_gate": _l("%(points)s points below the least score of this round"),
    "not_on_sheet": _l("No longer on the result sheet"),
    "moved": _l("Moved from “%(from)s” to “%(to)s”: %(reason)s"),
}

RECOMMENDATION: dict[str, LazyString] = {
    "above_line": _l("%(points)s points above the last place"),
    "on_line": _l("The last place"),
    "kept_place": _l("On a place kept for its group"),
    "reserve_line": _l("Reserve %(number)s: %(points)s points below the last place"),
    "reserve_equal": _l("Reserve %(number)s: equal to the last place, later in the standings"),
    "reserve_unit": _l("Reserve %(number)s: its unit already has %(cap)s"),
    "reserve_topic": _l("Reserve %(number)s: the topic type “%(group)s” already has %(cap)s"),
    "below_line": _l("%(points)s points below the last place"),
    "below_equal": _l("Equal to the last place, later in the standings"),
    "cap_unit": _l("Its unit already has %(cap)s"),
    "cap_topic": _l("The topic type “%(group)s” already has %(cap)s"),
    "outweighed": _l("Within the line, but other entries fit all quotas better together"),
    "not_in_final_round": _l("Did not take part in the last round"),
    "below_tier": _l("Its award level is not eligible for this channel"),
    "below_score": _l("%(points)s points below the least score of this channel"),
    "removed": _l("Taken off the list after an objection"),
    "elsewhere": _l("Already recommended through “%(channel)s”"),
}


def decision_reason(reason: Mapping[str, Any]) -> str:
    """Return why an entry has its level."""
    code, params = str(reason.get("code", "")), _shown(reason)
    if code == "below_floor" and params.get("given"):
        code = "below_floor_given"
    if code == "moved":
        nothing = str(_l("no award"))
        params |= {"from": params.get("from") or nothing, "to": params.get("to") or nothing}
    return _sentence(DECISION, code, params)


def recommendation_reason(reason: Mapping[str, Any]) -> str:
    """Return why an entry goes up through a channel, waits in reserve, or does not."""
    return _sentence(RECOMMENDATION, _code(reason), _shown(reason))


def _code(reason: Mapping[str, Any]) -> str:
    code, params = str(reason.get("code", "")), reason.get("params", {})
    level = "equal" if str(params.get("points", "")).strip("0.") == "" else "line"
    group = "unit" if params.get("limit") == "unit" else "topic"
    if code == "reserve":
        return f"reserve_{group}" if params.get("because") == "cap_full" else f"reserve_{level}"
    if code == "cap_full":
        return f"cap_{group}"
    if level == "equal":
        return {"above_line": "on_line", "below_line": "below_equal"}.get(code, code)
    return code


def _shown(reason: Mapping[str, Any]) -> dict[str, Any]:
    params = dict(reason.get("params", {}))
    if "points" in params:
        params["points"] = format_points(params["points"])
    if params.get("group") in TOPICS:
        params["group"] = str(TOPICS[params["group"]])
    return params


def _sentence(sentences: Mapping[str, LazyString], code: str, params: Mapping[str, Any]) -> str:
    if code not in sentences:
        return code
    try:
        return str(sentences[code]) % params
    except (KeyError, TypeError, ValueError):
        return code


def topic_label(topic_type: str) -> str:
    """Return the words for a topic type; none for tracks without."""
    return str(TOPICS.get(topic_type, topic_type))
