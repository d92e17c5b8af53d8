"""Where the edition stands, what the next stage means, and what stands in its way."""

from dataclasses import dataclass

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel.speaklater import LazyString

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.editions import readiness, rules, service
from judging.editions.addresses import this_edition
from judging.editions.forms import StageForm
from judging.editions.models import Edition, Stage
from judging.editions.rules import EditionAct
from judging.editions.views.settings import blueprint
from judging.editions.words import MEANING
from judging.foundation import audit, clock, db
from judging.foundation.audit import AuditLine
from judging.foundation.errors import NotFound
from judging.web.forms import ReasonForm

_MOVES = (EditionAct.STAGE, EditionAct.NEXT_ROUND, EditionAct.CREATED, EditionAct.COPIED)


@dataclass(frozen=True, slots=True)
class Step:
    """One stage as the pipeline shows it."""

    label: LazyString
    state: str
    note: str = ""
    url: str = ""
    count: None = None


@dataclass(frozen=True, slots=True)
class Way:
    """A stage that can be gone to, what it means and what stands in its way."""

    stage: Stage
    round_number: int
    meaning: LazyString
    obstacles: list[readiness.Obstacle]

    @property
    def blocked(self) -> bool:
        """Say whether something must be done first."""
        return any(obstacle.blocking for obstacle in self.obstacles)

    @property
    def needs_reason(self) -> bool:
        """Say whether something is unusual."""
        return bool(self.obstacles) and not self.blocked


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the history."""

    at: object
    who: str
    what: str
    why: str
    detail: str = ""
    url: str = ""


@blueprint.get("/stage")
@requires(Permission.EDITION_VIEW)
def stage() -> ResponseReturnValue:
    """Show the pipeline, the next stage with its obstacles, and the history."""
    edition, session = this_edition(), db.session()
    following, back = rules.next_step(edition), rules.step_back(edition)
    lines = [line for line in audit.lines_of(session, edition.id) if line.act in {act.value for act in _MOVES}]
    return render_template(
        "editions/stage.html",
        steps=[_step(edition, one) for one in Stage],
        several_rounds=rules.has_round(edition, 2),
        here=MEANING[edition.stage],
        dates=rules.date_of(edition, edition.stage),
        ahead=following
        and Way(following, edition.round_number, MEANING[following], readiness.obstacles(session, edition, following)),
        next_round=_next_round(edition),
        back=back,
        history=[_line(line) for line in reversed(lines)],
        has_page=lambda endpoint: endpoint in current_app.view_functions,
    )


def _step(edition: Edition, stage: Stage) -> Step:
    place, present = rules.ORDER.index(stage), rules.ORDER.index(edition.stage)
    state = "current" if place == present else "done" if place < present else "todo"
    return Step(label=stage.label, state=state)


def _next_round(edition: Edition) -> Way | None:
    number = edition.round_number + 1
    if edition.stage is not Stage.SELECTION or not rules.has_round(edition, number):
        return None
    return Way(Stage.BLINDING, number, MEANING[Stage.BLINDING], [])


def _line(line: AuditLine) -> Line:
    moved = [str(Stage.of(value).label) for value in line.detail.get("stage", []) if Stage.of(value)]  # type: ignore[union-attr]
    return Line(line.at, line.by, audit.label_of(line.act), line.reason, " → ".join(moved))


@blueprint.post("/stage")
@requires(Permission.EDITION_MANAGE)
def move() -> ResponseReturnValue:
    """Move on to the next stage, or back by one."""
    form = StageForm()
    if not form.validate_on_submit():
        raise NotFound
    with db.transaction() as session:
        edition, wanted = this_edition(), form.stage.data
        service.move_stage(session, edition, wanted, by=me().actor, at=clock.now(), reason=form.reason.data or "")
    flash(gettext("The edition is now in the stage “%(stage)s”.", stage=wanted.label), "success")
    return redirect(url_for(".stage"))


@blueprint.post("/stage/next-round")
@requires(Permission.EDITION_MANAGE)
def next_round() -> ResponseReturnValue:
    """Begin the next round after selection."""
    form = ReasonForm()
    with db.transaction() as session:
        edition = this_edition()
        service.open_next_round(session, edition, by=me().actor, at=clock.now(), reason=form.reason.data or "")
        number = edition.round_number
    flash(gettext("Round %(number)s has been opened, at blinding.", number=number), "success")
    return redirect(url_for(".stage"))
