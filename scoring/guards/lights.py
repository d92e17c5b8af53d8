"""A traffic light for every method, with one plain sentence why."""

from dataclasses import dataclass, field
from enum import StrEnum

from scoring.agreement import reliability_of_mean
from scoring.evaluation import Method, Variances
from scoring.guards.facts import NOT_RANDOM, Facts, facts_of
from scoring.table import ScoreTable

FEW_TO_TRIM = 5
FEW_FOR_STANDARD, FEW_FOR_FULL, MANY_FOR_FULL = 10, 8, 15
ENOUGH_LINKS = 0.15
WEAK_CONTRAST, FAIR_CONTRAST, TIGHT_CONTRAST = 1.5, 1.0, 0.5
LOSS_SEEN, LOSS_GREAT = 0.02, 0.08


class Colour(StrEnum):
    """Green: its assumptions hold. Amber: it works, with a loss that is named. Red: it must not decide."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Light:
    """One method on this design.

    Attributes
    ----------
    method : Method
        ``mean``, ``trimmed``, ``standard``, ``severity`` or ``full``: levels 0 to 4.
    colour : Colour
    code : str
        Stable name of the reason.
    text : str
        One plain sentence.
    params : dict
        The figures in it.
    """

    method: Method
    colour: Colour
    code: str
    text: str
    params: dict[str, float] = field(default_factory=dict)


def traffic_lights(table: ScoreTable, facts: Facts | None = None) -> tuple[Light, ...]:
    """Say of every level whether this design bears it.

    Parameters
    ----------
    table : ScoreTable
    facts : Facts, optional
        Of the same table, if they are there already.

    Returns
    -------
    tuple of Light
        For ``mean``, ``trimmed``, ``standard``, ``severity``, ``full``.
    """
    seen = facts or facts_of(table)
    plain = _plain(seen)
    return (
        Light(Method.MEAN, *plain),
        Light(Method.TRIMMED, *_trimmed(seen, plain)),
        Light(Method.STANDARD, *_standard(seen)),
        Light(Method.SEVERITY, *_severity(seen)),
        Light(Method.FULL, *_full(seen)),
    )


Verdict = tuple[Colour, str, str, dict[str, float]]


def _plain(facts: Facts) -> Verdict:
    if facts.complete:
        text = "Every entry was scored by the same judges, so that a severe judge harms none of them."
        return Colour.GREEN, "complete", text, {}
    if not _alike(facts) or facts.parts > 1:
        text = (
            "Judges and entries were not mixed by lot: the mean takes a severe group of judges for weak work, and nobody can tell"
            " from the means."
        )
        return Colour.RED, "not_mixed", text, {}
    loss = _loss(facts)
    if loss is None:
        text = "It cannot be seen how far judges differ; with different judges, entries meet different severity."
        return Colour.AMBER, "unknown_severity", text, {}
    told = {"loss": 100 * loss, "judge_sd": facts.judge_sd or 0.0}
    if loss <= LOSS_SEEN:
        return Colour.GREEN, "equal_judges", "Judges differ so little that it hardly matters whom an entry met.", told
    text = (
        f"Judges differ by {told['judge_sd']:.1f} points (standard deviation): which judges an entry met costs the mean"
        f" {told['loss']:.0f} percentage points of its reliability."
    )
    return Colour.RED if loss > LOSS_GREAT else Colour.AMBER, "severity_counts", text, told


def _trimmed(facts: Facts, plain: Verdict) -> Verdict:
    fewest = facts.per_entry[0]
    if fewest < FEW_TO_TRIM:
        text = f"Some entries have only {fewest} scores: without the highest and the lowest, too little is left."
        return Colour.RED if fewest < 3 else Colour.AMBER, "few_to_trim", text, {"fewest": float(fewest)}
    return plain


def _standard(facts: Facts) -> Verdict:
    if facts.complete and facts.typical_load >= FEW_FOR_STANDARD:
        text = "Every judge scored the same entries, so that standard scores compare like with like."
        return Colour.GREEN, "complete", text, {}
    if not _alike(facts):
        text = (
            "Entries were not dealt to judges by lot: a standard score takes good work for a lenient judge."
            if not facts.panels
            else "Judges sit in fixed panels: a standard score takes a strong panel of entries for lenient judges."
        )
        return Colour.RED, "not_random", text, {}
    if facts.load < FEW_FOR_STANDARD:
        text = f"Some judges have only {facts.load} entries, too few for a mean and a spread of their own."
        return Colour.RED if facts.load < 5 else Colour.AMBER, "few_totals", text, {"fewest": float(facts.load)}
    if facts.panels:
        text = (
            "Judges sit in fixed panels. Their entries look equally good, as far as the links show; had one panel got the"
            " better work, its judges would be taken for lenient."
        )
        return Colour.AMBER, "panels_alike", text, {}
    return Colour.GREEN, "random", "Entries were dealt by lot and every judge has enough of them.", {}


def _severity(facts: Facts) -> Verdict:
    if (broken := _unlinked(facts)) is not None:
        return broken
    if facts.per_entry[1] < 2:
        return Colour.RED, "no_overlap", "No entry has two scores: judges cannot be compared.", {}
    if (weak := _weak(facts)) is not None:
        return weak
    if not _alike(facts) and facts.tracks < 2 and facts.panels:
        return _told_apart(facts)
    return (
        Colour.GREEN,
        "linked",
        "All judges are linked by entries in common, so that severity can be told from quality.",
        {},
    )


def _full(facts: Facts) -> Verdict:
    if (broken := _unlinked(facts)) is not None:
        return broken
    if facts.typical_load < FEW_FOR_FULL:
        text = f"Judges have about {facts.typical_load} entries, too few to know the scale and the noise of each."
        return Colour.RED, "few_totals", text, {"typical": float(facts.typical_load)}
    if (weak := _weak(facts)) is not None:
        return weak
    if not _alike(facts) and facts.tracks < 2:
        return _undeclared()
    if facts.typical_load < MANY_FOR_FULL:
        text = (
            f"Judges have about {facts.typical_load} entries: it works, and takes little from each judge's own scale."
        )
        return Colour.AMBER, "small_loads", text, {"typical": float(facts.typical_load)}
    return (
        Colour.GREEN,
        "enough",
        "Judges are linked and have enough entries to know their severity, scale and noise.",
        {},
    )


def _alike(facts: Facts) -> bool:
    """Whether judges got work of equal quality: by lot, or in panels linked well enough to see it."""
    if facts.random:
        return True
    unequal = any(p is not None and p < NOT_RANDOM for p in (facts.quality_p, facts.track_p))
    return not unequal and facts.quality_p is not None and facts.weakest is not None and facts.weakest <= TIGHT_CONTRAST


def _unlinked(facts: Facts) -> Verdict | None:
    if facts.parts < 2:
        return None
    text = f"The design falls into {facts.parts} parts that share no judge: they need lists of their own."
    return Colour.RED, "unlinked", text, {"parts": float(facts.parts)}


def _weak(facts: Facts) -> Verdict | None:
    if facts.tracks > 1 and facts.linking_seats < ENOUGH_LINKS:
        text = (
            f"Only {100 * facts.linking_seats:.0f} % of the scores link the tracks (15 % are needed): whether a track is strong or"
            " its judges are lenient is hard to tell."
        )
        return Colour.AMBER, "few_linking_seats", text, {"share": 100 * facts.linking_seats}
    if facts.weakest is not None and facts.weakest > WEAK_CONTRAST:
        text = (
            f"Some judges are linked so thinly that their difference is known to {facts.weakest:.1f} times the noise of one"
            " score only."
        )
        return Colour.AMBER, "thin_links", text, {"times": facts.weakest}
    return None


def _told_apart(facts: Facts) -> Verdict:
    """Least squares need no lot, only links: entries that judges share tell severity from quality, whoever got what."""
    if facts.weakest is None or facts.weakest > FAIR_CONTRAST:
        return _undeclared()
    text = (
        "Judges and entries were not mixed by lot, but the entries that judges share tell severity from quality: the difference"
        f" of any two judges is known to {facts.weakest:.1f} times the noise of one score."
    )
    return Colour.GREEN, "linked_unmixed", text, {"times": facts.weakest}


def _undeclared() -> Verdict:
    text = (
        "Judges or entries were not mixed by lot and no tracks are declared: a strong group of entries may be taken for"
        " lenient judges. Declare the tracks, or rank the groups by themselves."
    )
    return Colour.AMBER, "undeclared_tracks", text, {}


def _loss(facts: Facts) -> float | None:
    """Reliability that the plain mean loses to differences of severity."""
    if facts.entry_sd is None or facts.judge_sd is None or facts.noise_sd is None or facts.entry_sd <= 0:
        return None
    found = Variances(facts.entry_sd, facts.judge_sd, facts.noise_sd, 0.0, 0.0)
    size = facts.per_entry[0]
    return reliability_of_mean(found, size, calibrated=True) - reliability_of_mean(found, size, calibrated=False)
