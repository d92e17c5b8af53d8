"""A plan that does not exist, in sentences that say what to do."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from judging.assignment.affinity import told
from judging.assignment.engine.affinity import Part, Term
from judging.assignment.problem import Cause, Repair, RepairKind

SHOWN = 10


def few(codes: Sequence[str]) -> str:
    """Return some codes of many, with their number when not all are shown."""
    named = "、".join(codes[:SHOWN])
    return named if len(codes) <= SHOWN else _("%(codes)s and %(more)s more", codes=named, more=len(codes) - SHOWN)


def diagnosis_sentence(diagnosis: dict[str, Any] | None) -> str:
    """Say which candidates and judges clash, with the numbers that show it."""
    if diagnosis is None:
        return ""
    numbers = {key: diagnosis[key] for key in ("wanted", "room")}
    candidates, judges = few(diagnosis["candidates"]), few(diagnosis["judges"])
    if diagnosis["cause"] == Cause.FEW_JUDGES:
        return str(
            _(
                "Too few judges may judge %(codes)s: %(wanted)s are wanted in all, %(room)s are possible.",
                codes=candidates,
                **numbers,
            )
        )
    if diagnosis["cause"] == Cause.ROOM:
        return str(
            _(
                "The candidates %(codes)s want %(wanted)s places; the only judges for them (%(judges)s) have room for %(room)s.",
                codes=candidates,
                judges=judges,
                **numbers,
            )
        )
    if diagnosis["cause"] == Cause.MINIMUM:
        return str(
            _(
                "The judges %(judges)s should carry at least %(wanted)s candidates together, but there are only %(room)s for them.",
                judges=judges,
                **numbers,
            )
        )
    if diagnosis["cause"] in (Cause.NEED, Cause.FAMILY):
        rules = "、".join(rule_words(rule) for rule in diagnosis.get("rules", []))
        return str(
            _(
                "Under the rule “%(rules)s” the candidates %(codes)s want %(wanted)s places; the judges for them have room for %(room)s.",
                rules=rules,
                codes=candidates,
                **numbers,
            )
        )
    if diagnosis["cause"] == Cause.STOPPED:
        return str(
            _(
                "The computation was stopped before the plans for the draw were found. "
                "Please let it run to its end, or choose another aim."
            )
        )
    if diagnosis["cause"] == Cause.UNKNOWN:
        return str(
            _(
                "No plan was found that keeps all panel rules together; whether there is one is not known. "
                "Places that the nearest leaves empty: %(count)s. Please relax one of the rules.",
                count=diagnosis["wanted"] - diagnosis["room"],
            )
        )
    if diagnosis["cause"] == Cause.CAP:
        return str(
            _(
                "With so low a highest chance there are too few judges for a draw. Please allow a higher chance of a pair."
            )
        )
    return str(_("The panel rules leave no plan when they are all kept together. Please relax one of them."))


def rule_words(rule: str) -> str:
    """Return what a panel rule is called."""
    return str(
        {
            "unit": _("one judge per unit"),
            "region": _("one judge per region"),
            "senior": _("a senior judge for each candidate"),
        }.get(rule, rule)
    )


def way_sentences(lines: Sequence[Repair], terms: Mapping[str, Any]) -> list[str]:
    """Say what a way out changes: its lines, or what its terms ask for."""
    return lines_sentences(lines) if lines else bend_sentences(terms)


def lines_sentences(lines: Sequence[Repair]) -> list[str]:
    """Say what a way out changes."""
    groups: dict[tuple[RepairKind, int, str], list[str]] = {}
    for line in lines:
        groups.setdefault((line.kind, line.by, line.rule), []).append(line.code)
    return [_repair(kind, by, rule, codes) for (kind, by, rule), codes in groups.items()]


def _repair(kind: RepairKind, by: int, rule: str, codes: list[str]) -> str:
    named = few(codes)
    if kind is RepairKind.MORE:
        return str(_("Raise the highest load by %(by)s for the judges %(codes)s.", by=by, codes=named))
    if kind is RepairKind.LOWER:
        return str(_("Lower the lowest load by %(by)s for the judges %(codes)s.", by=by, codes=named))
    if kind is RepairKind.WAIVE:
        return str(_("Waive the rule “%(rule)s” for the candidates %(codes)s.", rule=rule_words(rule), codes=named))
    if kind is RepairKind.FURTHER:
        return str(_("Give %(by)s judge more to the candidates %(codes)s.", by=by, codes=named))
    return str(
        _("Be content with %(by)s judge fewer for the candidates %(codes)s, or seat more judges.", by=by, codes=named)
    )


MARK_NOISE = 4  # points by which one sheet of 100 points errs by chance, for the example in a sentence
THIN = 0.53  # error of a severity, in errors of a sheet, above which seasons played end to end lost winners


def share(part: float, whole: float) -> str:
    """Return, unbroken, a share in hundredths; never 100 % for what is less, nor 0 % for what is more."""
    if whole <= 0:
        return "100\u00a0%"
    value = 100 * part / whole
    if abs(value - round(value)) < 1e-9:
        return f"{round(value)}\u00a0%"
    for digits in (1, 2, 3):
        text = f"{value:.{digits}f}"
        if float(text) not in (0.0, 100.0) or abs(value - float(text)) < 1e-6:
            return f"{text}\u00a0%"
    return f"{text}\u00a0%"


def number(value: float) -> str:
    """Return a figure as people read it: two decimals, no needless zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def trade_sentences(plan: Mapping[str, Any], best: Mapping[str, Any], mode: str, cap: float = 0.5) -> list[str]:
    """Say what a plan buys and what it costs, against the plan of the best total."""
    mine, theirs = plan["figures"], best["figures"]
    if mine is None or theirs is None:
        return []
    lost = best["total"] - plan["total"]
    price = (
        _("It costs nothing in total fit.")
        if lost <= 1e-6
        else _("It costs %(share)s of the total fit.", share=share(lost, best["total"]))
    )
    if mode == "fair":
        if mine["floor"] <= theirs["floor"] + 1e-9:
            return [_("The best plan already serves the worst served candidate as well as possible."), price]
        return [
            _(
                "The worst served candidate gets %(after)s instead of %(before)s; no plan can give it more.",
                after=number(mine["floor"]),
                before=number(theirs["floor"]),
            ),
            price,
        ]
    if mode == "calibration":
        return [_calibration(mine, theirs), price]
    if mode == "linked":
        return [_("Groups of judges have more candidates in common."), _error_sentence(mine), price]
    if mode == "random":
        return [
            _(
                "No pair of judge and candidate is likelier than %(cap)s: nobody can arrange who judges whom.",
                cap=share(cap, 1),
            ),
            _("Anybody can draw it again from the published seed."),
            price,
        ]
    return [_("No plan under these rules fits better in total."), _error_sentence(mine)]


def _calibration(mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> str:
    if not mine["error"]:
        return str(_("Even so candidates do not link all judges: there are too few judges per candidate."))
    if not theirs["error"]:
        return str(
            _(
                "Candidates link all judges, so that severity can be compared; a judge's severity is known to about ±%(after)s points.",
                after=number(MARK_NOISE * mine["error"]),
            )
        )
    return str(
        _(
            "A judge's severity is known to about ±%(after)s points instead of ±%(before)s "
            "(one sheet erring by %(noise)s points); %(links)s pairs of judges are linked instead of %(fewer)s.",
            after=number(MARK_NOISE * mine["error"]),
            before=number(MARK_NOISE * theirs["error"]),
            noise=MARK_NOISE,
            links=mine["links"],
            fewer=theirs["links"],
        )
    )


def is_thin(figures: Mapping[str, Any] | None) -> bool:
    """Say whether judges are linked too thinly, or not all linked, to compare their severities."""
    return bool(figures) and not 0 < (figures or {}).get("error", 0.0) <= THIN


def _error_sentence(figures: Mapping[str, Any]) -> str:
    if not figures["error"]:
        return str(_("Candidates do not link all judges: severity can be compared only within groups."))
    told = str(
        _(
            "A judge's severity is known to about ±%(error)s points (one sheet erring by %(noise)s points).",
            error=number(MARK_NOISE * figures["error"]),
            noise=MARK_NOISE,
        )
    )
    if figures["error"] <= THIN:
        return told
    warning = _(
        "The links between judges are thin: calibrated scores would suffer. Take the plan for calibration, or more judges."
    )
    return f"{told} {warning}"


def error_sentences(error: float) -> list[str]:
    """Say how exactly severities would be known."""
    return [_error_sentence({"error": error})]


def plan_sentences(summary: Mapping[str, Any]) -> list[str]:
    """Say in sentences what a plan is like."""
    figures = summary.get("figures")
    if not figures or summary["on_site"]:
        return []
    low, _fifth, median, _high = figures["sums"]
    told = [
        _(
            "The worst served candidate has a fit of %(low)s, half of all have %(median)s or more.",
            low=number(low),
            median=number(median),
        ),
        _error_sentence(figures),
    ]
    if summary.get("expected") is not None:
        told.append(
            _(
                "Such a draw has on average %(share)s of the best total; this one has %(own)s.",
                share=share(summary["expected"], summary["bound"]),
                own=share(summary["total"], summary["bound"]),
            )
        )
    if summary.get("mixed"):
        told.append(
            _(
                "Panel rules cross here, so the draw mixes %(count)s whole plans by lot: each keeps every rule, and so "
                "does every draw. It reaches %(share)s of the highest average fit that these chances allow.",
                count=summary["mixed"],
                share=share(summary["expected"], summary["limit"]),
            )
        )
    return told


def told_parts(parts: Sequence[Sequence[Any]]) -> str:
    """Return the summands of a pair's fit, as they were kept, in words."""
    return told([Part(Term(term), value, tuple(texts)) for term, value, texts in parts])


def bend_sentences(ask: Mapping[str, Any]) -> list[str]:
    """Say what applying a plan changes beside assignments."""
    found = []
    if ask.get("wanted") is not None:
        found.append(_("Every candidate gets %(count)s judges from now on.", count=ask["wanted"]))
    by_count: dict[int, list[str]] = {}
    for code, count in sorted(ask.get("entries", {}).items()):
        by_count.setdefault(count, []).append(code)
    found += [
        _("%(count)s judges each for the candidates %(codes)s.", count=count, codes=few(codes))
        for count, codes in sorted(by_count.items())
    ]
    for place, sentence in (
        (1, _("Highest load %(load)s for the judges %(codes)s.")),
        (0, _("Lowest load %(load)s for the judges %(codes)s.")),
    ):
        by_load: dict[int, list[str]] = {}
        for code, bounds in sorted(ask.get("seats", {}).items()):
            if bounds[place] is not None:
                by_load.setdefault(bounds[place], []).append(code)
        found += [sentence % {"load": load, "codes": few(codes)} for load, codes in sorted(by_load.items())]
    if ask.get("released"):
        found.append(
            _("The judges %(codes)s get nothing new; only begun sheets stay with them.", codes=few(ask["released"]))
        )
    for rule in ask.get("waived", ()):
        found.append(_("The rule “%(rule)s” no longer holds in this round.", rule=rule_words(rule)))
    spared: dict[str, list[str]] = {}
    for rule, code in ask.get("spared", ()):
        spared.setdefault(rule, []).append(code)
    for rule, codes in spared.items():
        found.append(
            _("Waive the rule “%(rule)s” for the candidates %(codes)s.", rule=rule_words(rule), codes=few(codes))
        )
    return found


def phase_sentence(phase: str, gap: float | None, *, stopping: bool) -> str:
    """Say how far a computation is."""
    if stopping:
        return str(_("Stopping: the best found so far is kept."))
    if gap is None:
        return str(_("Reading the round and looking for the first plan…"))
    if gap <= 1e-6:
        return str(_("The best total is found and proved; now the finer aims…"))
    return str(_("The best plan so far is at most %(gap)s below the best possible.", gap=share(gap, 1)))


def fault_sentences(faults: Sequence[str]) -> list[str]:
    """Say what does not hold of a draw that was done again."""
    told_as = {
        "problem": _("The problem is not the one that was sealed."),
        "chances": _("The chances are not the ones that were sealed."),
        "seal": _("The seed does not fit its hash."),
        "draw": _("The seed draws another plan."),
    }
    return [told_as.get(fault, fault) for fault in faults]
