"""What the pages of the results share: their addresses, their sheet, their frame."""

from uuid import UUID

from flask_babel import gettext
from sqlalchemy.orm import Session

from judging.accounts.guards import may
from judging.accounts.permissions import Permission
from judging.editions.addresses import edition_blueprint, this_edition
from judging.editions.models import Round, Stage, Track
from judging.foundation import db
from judging.foundation.errors import NotFound
from judging.results import chances, queries, words
from judging.results.models import ResultSheet
from judging.web.forms import ActForm

blueprint = edition_blueprint("results", "judging.results.views", "/results")
blueprint.add_app_template_filter(words.note_sentence, "result_note")
blueprint.add_app_template_filter(words.flag_sentence, "flag_sentence")
blueprint.add_app_template_filter(words.evidence, "flag_evidence")
blueprint.add_app_template_filter(words.kind_label, "flag_kind")
blueprint.add_app_template_filter(chances.doubt, "doubt")


def require_act() -> None:
    if not ActForm().validate_on_submit():
        raise NotFound


def this_sheet(sheet_id: UUID) -> ResultSheet:
    return queries.sheet_of(db.session(), this_edition().id, sheet_id)


def this_round(round_id: UUID) -> Round:
    found = next((r for t in this_edition().tracks for r in t.rounds if r.id == round_id), None)
    if found is None:
        raise NotFound
    return found


def track_of(round_: Round) -> Track:
    return next(track for track in this_edition().tracks if track.id == round_.track_id)


def frame(session: Session, sheet: ResultSheet) -> dict[str, object]:
    """What every page of a sheet shows: where it belongs, whether it stands, what can be done."""
    edition, latest = this_edition(), queries.latest_sheet(session, sheet.round_id)
    newest = latest is not None and latest.id == sheet.id
    running = edition.stage is Stage.RESULTS and sheet.round.number == edition.round_number
    return {
        "sheet": sheet,
        "track": track_of(sheet.round),
        "open_flags": queries.open_flags(session, [sheet.id]).get(sheet.id, 0),
        "newest": newest,
        "can_change": may(Permission.RESULT_MANAGE) and running and newest,
    }


def judge_names(session: Session, sheet: ResultSheet) -> dict[UUID, str]:
    """Judges by code and name for those who may know them, else by number."""
    labels = queries.judge_labels(session, sheet.id)
    if may(Permission.JUDGE_VIEW):
        return {judge_id: f"{label.code} {label.name}" for judge_id, label in labels.items()}
    return {judge_id: gettext("Judge %(number)s", number=n) for n, judge_id in enumerate(sorted(labels), start=1)}
