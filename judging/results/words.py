"""The engine's codes in the words of people: notes, flags, methods."""

from collections.abc import Mapping
from typing import Any

from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from judging.editions.models import Method
from judging.results.models import Flag
from judging.web.filters import format_points
from scoring.untestable import TEXTS, Reason

NOTES: dict[str, LazyString] = {
    "small_panel_trimmed": _l(
        "%(entries)s entries have fewer than %(from)s scores: without the highest and lowest, hardly anything is left to average."
    ),
    "too_few_to_trim": _l("%(entries)s entries have fewer than %(from)s scores; none of theirs was left out."),
    "no_spread": _l("%(judges)s judges gave the same score throughout; their standard score is 50 everywhere."),
    "few_totals": _l(
        "%(judges)s judges scored fewer than %(from)s entries; what is said of their severity is uncertain."
    ),
    "disconnected": _l(
        "The round falls into %(parts)s parts that share no judge. Places in different parts cannot be compared by calibration."
    ),
    "no_overlap": _l("%(judges)s judges share no entry with another judge and cannot be compared."),
    "no_uncertainty": _l("There are too few scores to say how sure they are; no intervals are given."),
    "full_not_possible": _l("The full calibration is not possible here; severities alone were calibrated instead."),
    "not_converged": _l(
        "The simulation behind the intervals did not settle; they rest on an approximation and may be a little narrow."
    ),
    "scaled": _l(
        "The rubrics of this round have different maxima: all totals have been put on a scale of %(maximum)s."
    ),
    "unscored": _l("%(entries)s entries of the round have no score that counts and do not stand on this sheet."),
    "exchangeable": _l("Unlinked parts of the round are ranked together, because the parts were drawn by lot."),
}

KINDS: dict[str, LazyString] = {
    "score": _l("Unusual score"),
    "deviation": _l("Far from the others"),
    "severity": _l("Severe or lenient judge"),
    "inconsistency": _l("Inconsistent judge"),
    "favouritism": _l("Own unit scored higher"),
    "favouritism_overall": _l("Own units scored higher over all judges"),
    "region": _l("Own region scored higher"),
    "range": _l("Narrow range"),
    "random": _l("Scores do not follow the work"),
    "drift": _l("Drift over the session"),
    "copying": _l("Two judges too much alike"),
    "halo": _l("Criteria run together"),
}

# What was found, when the effect is positive and when it is negative.
SENTENCES: dict[str, tuple[LazyString, LazyString]] = {
    "score": (
        _l("The judge gave %(given)s: %(size)s points more than the other scores make likely."),
        _l("The judge gave %(given)s: %(size)s points less than the other scores make likely."),
    ),
    "deviation": (
        _l("The judge gave %(given)s: %(size)s points more than the middle of the scores."),
        _l("The judge gave %(given)s: %(size)s points less than the middle of the scores."),
    ),
    "severity": (
        _l("On equal work this judge scores %(size)s points lower than the middle judge."),
        _l("On equal work this judge scores %(size)s points higher than the middle judge."),
    ),
    "inconsistency": (
        _l("This judge strays %(size)s points further from what is expected than the middle judge."),
        _l("This judge strays %(size)s points less from what is expected than the middle judge."),
    ),
    "favouritism": (
        _l("Entries of the judge's own unit get %(size)s points more than others."),
        _l("Entries of the judge's own unit get %(size)s points less than others."),
    ),
    "favouritism_overall": (
        _l("Over all judges, entries of a judge's own unit get %(size)s points more than others."),
        _l("Over all judges, entries of a judge's own unit get %(size)s points less than others."),
    ),
    "region": (
        _l("Entries of the judge's own region get %(size)s points more than others."),
        _l("Entries of the judge's own region get %(size)s points less than others."),
    ),
    "range": (
        _l("This judge tells differences between entries at %(percent)s %% of the size that others tell."),
        _l("Where others see differences between entries, this judge's scores run the other way."),
    ),
    "random": (
        _l("This judge's scores hardly rise with the quality that the other judges see."),
        _l("This judge's scores do not rise with the quality that the other judges see."),
    ),
    "drift": (
        _l("On equal work, this judge's scores rise by %(size)s points from the first entry to the last."),
        _l("On equal work, this judge's scores fall by %(size)s points from the first entry to the last."),
    ),
    "copying": (
        _l(
            "The scores of these two judges on their common entries differ by %(size)s points less than independent judging makes likely."
        ),
        _l(
            "What these two judges leave over on their common entries is more alike than independent judging makes likely."
        ),
    ),
    "halo": (
        _l(
            "Within a sheet, this judge's marks differ %(percent)s %% as much as the middle judge's: one impression may have led all."
        ),
        _l("Within a sheet, this judge's marks hardly differ: one impression may have led them all."),
    ),
}

FORMULAS: dict[Method, LazyString] = {
    Method.MEAN: _l("Score = mean of the judges' totals."),
    Method.TRIMMED: _l("Score = mean of the totals without the highest and the lowest (weight 0)."),
    Method.MEDIAN: _l("Score = the middle total (of an even number: the mean of the middle two)."),
    Method.STANDARD: _l(
        "Each total becomes a standard score: 50 + 10 × (total − the judge's mean) ÷ the judge's standard deviation. Score = mean of these."
    ),
    Method.SEVERITY: _l(
        "Each total is corrected by its judge's severity: total + adjustment. Score = mean of the corrected totals."
    ),
    Method.FULL: _l(
        "Each total is corrected by its judge's severity and scale: total + adjustment. Score = sum of weight × "
        "corrected total; the weights of an entry sum to 1, and reliable judges weigh more."
    ),
}


def note_sentence(note: Mapping[str, Any]) -> str:
    """Return a stored note in words; a note of another program version shows its code."""
    code, params = str(note.get("code", "")), dict(note.get("params", {}))
    if code not in NOTES:
        return code
    try:
        return str(NOTES[code]) % params
    except (KeyError, TypeError, ValueError):
        return str(NOTES[code])


def kind_label(kind: str) -> str:
    """Return the name of a kind of flag."""
    return str(KINDS.get(kind, kind))


def flag_sentence(flag: Flag) -> str:
    """Return what was found, with its size in points."""
    effect = flag.effect if flag.effect is not None else flag.statistic
    size = format_points(abs(effect), 1)
    sentences = SENTENCES.get(flag.kind, SENTENCES["favouritism"])
    percent = format_points(100 * abs(effect), 0)
    return str(sentences[effect < 0]) % {"size": size, "percent": percent, "given": flag.detail.get("given", "")}


def untested(summary: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the kinds of flags that the design of a round could not test, each with the engine's reason."""
    told = summary.get("untestable", {})
    return [(kind_label(kind), _reason(told[kind])) for kind in KINDS if kind in told]


def _reason(told: Mapping[str, Any]) -> str:
    reason = Reason(str(told["code"]), dict(told["params"]))
    return reason.in_language(str(get_locale())[:2]) if reason.code in TEXTS else reason.code


def evidence(flag: Flag) -> str:
    """Return statistic, threshold and number tested, exactly as the engine judged them."""
    detail = flag.detail
    return str(
        gettext(
            "Statistic %(statistic)s; q = %(q)s, flagged up to %(threshold)s; %(tested)s tested together.",
            statistic=format_points(flag.statistic, 2),
            q=f"{float(detail.get('q', 0)):.3g}",
            threshold=detail.get("threshold", ""),
            tested=detail.get("tested", ""),
        )
    )
