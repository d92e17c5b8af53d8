"""What waits for the organizer today: a count, a sentence, and the page where it is done."""

from dataclasses import dataclass

from flask import current_app, url_for
from flask_babel import gettext

from judging.ballots.models import BallotStatus
from judging.blinding.models import CandidateStatus
from judging.dashboard.queries import Counts
from judging.editions.models import Edition, Stage
from judging.entries.models import EntryStatus


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits."""

    count: int
    label: str
    url: str | None
    tone: str = "warning"


@dataclass(frozen=True, slots=True)
class PipelineStep:
    """A stage of the pipeline with what there is to count in it."""

    label: object
    state: str
    count: int | None
    total: int | None
    url: str | None
    note: str | None = None


def link(endpoint: str, **values: object) -> str | None:
    """Return the address of a page if it exists."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None  # type: ignore[arg-type]


def waiting(counts: Counts) -> list[Task]:
    """Return what waits, most urgent stages last reached first."""
    suspect = counts.candidates.get(CandidateStatus.SUSPECT, 0)
    preparing = counts.candidates.get(CandidateStatus.PREPARING, 0)
    found = [
        Task(counts.objections, gettext("objections to answer"), link("objections.index"), "danger"),
        Task(counts.unsigned, gettext("moves that wait for a second signature"), link("selection.index")),
        Task(counts.flags, gettext("flags to review"), link("results.index")),
        Task(counts.requests, gettext("recusal requests to decide"), link("conflicts.index")),
        Task(suspect, gettext("review copies with names in them"), link("blinding.desk")),
        Task(preparing, gettext("review copies to prepare"), link("blinding.desk")),
        Task(
            counts.ballots.get(BallotStatus.RECUSED, 0), gettext("recusals on score sheets"), link("ballots.progress")
        ),
        Task(counts.unchecked, gettext("entries to check"), link("check.queue", status="submitted")),
        Task(counts.judges_waiting, gettext("judges to approve"), link("judges.index", status="candidate")),
        Task(counts.unsent, gettext("letters that could not be sent"), link("desk.letters"), "danger"),
    ]
    return [task for task in found if task.count]


def pipeline(edition: Edition, counts: Counts) -> list[PipelineStep]:
    """Return the stages with their counts."""
    cleared = counts.candidates.get(CandidateStatus.CLEARED, 0)
    candidates = sum(n for status, n in counts.candidates.items() if status is not CandidateStatus.REMOVED)
    numbers: dict[Stage, tuple[int | None, int | None, str]] = {
        Stage.SETUP: (None, None, "edition.edit"),
        Stage.INTAKE: (counts.entries.get(EntryStatus.ACCEPTED, 0), counts.handed_in, "check.queue"),
        Stage.BLINDING: (cleared, candidates, "blinding.desk"),
        Stage.JUDGING: (counts.submitted, counts.assigned, "ballots.progress"),
        Stage.RESULTS: (counts.confirmed, counts.sheets, "results.index"),
        Stage.SELECTION: (counts.decided, counts.lists, "selection.index"),
        Stage.NOTICE: (counts.notices, None, "publication.index"),
        Stage.CLOSED: (counts.certificates, None, "certificates.index"),
    }
    order, here = list(Stage), list(Stage).index(edition.stage)
    steps = []
    for index, stage in enumerate(order):
        done, total, endpoint = numbers[stage]
        state = "done" if index < here else "current" if index == here else "todo"
        reached = index <= here
        steps.append(
            PipelineStep(stage.label, state, done if reached else None, total if reached else None, link(endpoint))
        )
    return steps
