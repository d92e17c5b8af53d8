"""Which methods the design of a round bears: the engine's traffic lights in the words of people."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from judging.editions.models import Method
from judging.web.filters import format_points
from scoring.guards.lights import Light

COLOURS: dict[str, tuple[LazyString, str]] = {
    "green": (_l("fits"), "success"),
    "amber": (_l("with care"), "warning"),
    "red": (_l("does not fit"), "danger"),
}
SENTENCES: dict[str, LazyString] = {
    "complete": _l("All entries were scored by the same judges, so a severe judge harms none of them."),
    "not_mixed": _l("Judges and entries were not mixed by lot: a severe group of judges looks like weak work."),
    "unknown_severity": _l("It cannot be seen how far the judges differ; different entries met different judges."),
    "panels_alike": _l(
        "Judges sit in fixed panels. Their entries look equally good; had one panel got better work, it would pass for lenient."
    ),
    "equal_judges": _l("The judges differ so little that it hardly matters whom an entry met."),
    "severity_counts": _l(
        "The judges' severities differ by %(judge_sd)s points (standard deviation): it matters whom an entry met."
    ),
    "few_to_trim": _l("Some entries have only %(fewest)s scores; without the highest and lowest too little is left."),
    "not_random": _l("Entries were not dealt to the judges by lot: good work would be taken for a lenient judge."),
    "few_totals": _l("Some judges scored too few entries to know their own mean and spread."),
    "random": _l("Entries were dealt by lot and every judge has enough of them."),
    "no_overlap": _l("No entry has two scores, so judges cannot be compared."),
    "linked": _l("All judges are linked by entries they share, so severity can be told from quality."),
    "small_loads": _l(
        "Most judges scored about %(typical)s entries: it works, but corrects little of each judge's scale."
    ),
    "enough": _l("The judges are linked and scored enough entries to know severity, scale and reliability of each."),
    "unlinked": _l("The round falls into %(parts)s parts that share no judge; each needs a list of its own."),
    "few_linking_seats": _l("Only %(share)s %% of the scores link the tracks; 15 %% are needed."),
    "thin_links": _l("Some judges are linked so thinly that the difference between them is hardly known."),
    "linked_unmixed": _l(
        "Judges and entries were not mixed by lot, but shared entries tell severity from quality:"
        " any two judges to %(times)s times a score's noise."
    ),
    "undeclared_tracks": _l(
        "Judges and entries were not mixed by lot and no tracks are declared: strong work may be taken for lenient judges."
    ),
}


def stored(lights: Iterable[Light]) -> list[dict[str, Any]]:
    """Return the lights as a sheet keeps them."""
    return [
        {
            "method": str(light.method),
            "colour": str(light.colour),
            "code": light.code,
            "params": {name: round(float(value), 4) for name, value in light.params.items()},
        }
        for light in lights
    ]


def shown(kept: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return for every method its label, the colour in a word and a tone, and the sentence why."""
    return [_shown(light) for light in kept]


def _shown(light: Mapping[str, Any]) -> dict[str, Any]:
    word, tone = COLOURS[light["colour"]]
    sentence = SENTENCES.get(light["code"])
    figures = {
        name: format_points(value, 0 if float(value).is_integer() else 1) for name, value in light["params"].items()
    }
    why = str(light["code"]) if sentence is None else str(sentence) % figures
    return {"method": Method(light["method"]).label, "word": word, "tone": tone, "why": why}
