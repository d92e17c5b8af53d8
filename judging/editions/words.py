"""Longer words for stages, methods and rounds: what the page says beside the label."""

from flask_babel import lazy_gettext as _l

from judging.editions.models import Method, Stage

MEANING = {
    Stage.SETUP: _l("The edition is being prepared: tracks, rounds, rubrics, calendar. Only organizers see it."),
    Stage.INTAKE: _l("Units fill in and submit entries, recommending units check them, the secretariat admits them."),
    Stage.BLINDING: _l("Entries can no longer be changed. They get codes, and review copies without names are made."),
    Stage.JUDGING: _l(
        "Judges mark. Methods, rubrics, tiers and channels are frozen from the first time judging opens."
    ),
    Stage.RESULTS: _l("Score sheets are closed. Scores are computed, flags are looked into, the result is confirmed."),
    Stage.SELECTION: _l("Names come back: levels are decided, entries are recommended or go on to the next round."),
    Stage.NOTICE: _l("The list is shown to the public, and objections are taken and ruled on."),
    Stage.CLOSED: _l("The result is final: announcement and certificates stand, nothing is changed any more."),
}

EXPLAINED = {
    Method.MEAN: _l("The plain mean of all totals. Easy to follow; one careless or severe judge moves it."),
    Method.TRIMMED: _l("One highest and one lowest total are left out. What people know; needs five or more judges."),
    Method.MEDIAN: _l("The middle total. One extreme judge cannot move it; many ties."),
    Method.STANDARD: _l(
        "Each total is measured against the same judge's mean and spread. Fair only when entries are drawn to judges by lot."
    ),
    Method.SEVERITY: _l(
        "Each judge's severity is estimated from all shared entries and taken out. Best when judges and entries are mixed."
    ),
    Method.FULL: _l(
        "Besides severity, each judge's use of the scale and reliability count, and a slip of the pen weighs little. "
        "For rounds in which most judges score fifteen entries or more."
    ),
}
