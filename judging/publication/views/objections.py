"""The organizer's desk of objections. Who objected is masked until somebody with the duty asks, and that is noted."""

from io import BytesIO
from uuid import UUID

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.editions.addresses import edition_blueprint, this_edition
from judging.foundation import clock, db
from judging.foundation.errors import DomainError, NotFound
from judging.foundation.storage import storage
from judging.publication import pages, queries, service
from judging.publication.forms import RulingForm, UpholdForm
from judging.publication.models import Objection, ObjectionStatus
from judging.web.forms import ActForm
from judging.web.pagination import paginate

blueprint = edition_blueprint("objections", __name__, "/objections")
SORTS = {"received": (Objection.received_at, Objection.id), "status": (Objection.status, Objection.received_at)}
RULINGS = {
    "refuse": service.refuse_objection,
    "inquiry": service.answer_inquiry,
    "dismiss": service.dismiss,
}


@blueprint.get("/")
@requires(Permission.PUBLICATION_VIEW)
def index() -> ResponseReturnValue:
    """List the objections, the newest first."""
    query = queries.objections_query(this_edition())
    if status := ObjectionStatus.of(request.args.get("status")):
        query = query.where(Objection.status == status)
    page = paginate(db.session(), query, sorts=SORTS, default="-received")
    return render_template("publication/objections.html", page=page, statuses=ObjectionStatus.choices())


@blueprint.get("/<uuid:objection_id>")
@requires(Permission.PUBLICATION_VIEW)
def show(objection_id: UUID) -> ResponseReturnValue:
    """Show an objection, the objector masked."""
    return _page(_objection(objection_id))


def _objection(objection_id: UUID) -> Objection:
    return queries.objection_of(db.session(), this_edition(), objection_id)


def _page(objection: Objection, *, revealed: bool = False, form: RulingForm | None = None) -> str:
    session, edition = db.session(), this_edition()
    return render_template(
        "publication/objection.html",
        objection=objection,
        objector=pages.objector(objection, revealed=revealed),
        revealed=revealed,
        view=pages.ruling_view(session, edition, objection),
        lines=pages.story(session, objection.id),
        form=form,
    )


@blueprint.post("/<uuid:objection_id>/identity")
@requires(Permission.PUBLICATION_MANAGE)
def reveal(objection_id: UUID) -> ResponseReturnValue:
    """Show who objected, and note who looked."""
    if not ActForm().validate_on_submit():
        return redirect(url_for(".show", objection_id=objection_id))
    with db.transaction() as session:
        found = queries.objection_of(session, this_edition(), objection_id)
        service.show_objector(session, this_edition(), found, by=me().actor, at=clock.now())
    return _page(_objection(objection_id), revealed=True)


@blueprint.post("/<uuid:objection_id>/evidence")
@requires(Permission.PUBLICATION_MANAGE)
def evidence(objection_id: UUID) -> ResponseReturnValue:
    """Hand out the evidence, and note who took it."""
    if not ActForm().validate_on_submit():
        return redirect(url_for(".show", objection_id=objection_id))
    with db.transaction() as session:
        found = queries.objection_of(session, this_edition(), objection_id)
        if not found.evidence_key:
            raise NotFound
        service.read_evidence(session, this_edition(), found, by=me().actor, at=clock.now())
        key, kind, name = found.evidence_key, found.evidence_type, found.evidence_name
    return send_file(BytesIO(storage().get(key)), mimetype=kind, as_attachment=True, download_name=name)


@blueprint.post("/<uuid:objection_id>/accept")
@requires(Permission.PUBLICATION_MANAGE)
def accept(objection_id: UUID) -> ResponseReturnValue:
    """Accept an objection for a closer look."""
    if ActForm().validate_on_submit():
        with db.transaction() as session:
            found = queries.objection_of(session, this_edition(), objection_id)
            service.accept_objection(session, this_edition(), found, by=me().actor, at=clock.now())
        flash(gettext("The objection has been accepted."), "success")
    return redirect(url_for(".show", objection_id=objection_id))


@blueprint.post("/<uuid:objection_id>/<any(refuse, inquiry, dismiss):ruling>")
@requires(Permission.PUBLICATION_MANAGE)
def rule(objection_id: UUID, ruling: str) -> ResponseReturnValue:
    """Refuse, answer as an inquiry, or dismiss."""
    form = RulingForm()
    if not form.validate_on_submit():
        return _page(_objection(objection_id), form=form), 422
    try:
        with db.transaction() as session:
            found = queries.objection_of(session, this_edition(), objection_id)
            RULINGS[ruling](session, this_edition(), found, ruling=form.reason.data, by=me().actor, at=clock.now())
    except DomainError as refusal:
        return _refused(objection_id, form, refusal)
    flash(gettext("The answer has been given. The objector can read it with the receipt code."), "success")
    return redirect(url_for(".show", objection_id=objection_id))


def _refused(objection_id: UUID, form: RulingForm, refusal: DomainError) -> ResponseReturnValue:
    """Lay the refusal on the page, with the words that were typed."""
    form.reason.errors = [str(refusal)]
    return _page(_objection(objection_id), form=form), int(refusal.status)


@blueprint.post("/<uuid:objection_id>/uphold")
@requires(Permission.PUBLICATION_MANAGE)
def uphold(objection_id: UUID) -> ResponseReturnValue:
    """Rule that the objection holds, and propose what that changes in the list."""
    form = UpholdForm()
    if not form.validate_on_submit():
        return _page(_objection(objection_id), form=form), 422
    change, tier_id = pages.chosen_level(form.tier.data)
    try:
        with db.transaction() as session:
            service.uphold(
                session,
                this_edition(),
                queries.objection_of(session, this_edition(), objection_id),
                ruling=form.reason.data,
                change_level=change,
                new_tier_id=tier_id,
                by=me().actor,
                at=clock.now(),
            )
    except DomainError as refusal:
        return _refused(objection_id, form, refusal)
    words = gettext(
        "The objection has been upheld. A second person now signs the change; then publish the new version."
    )
    flash(words if change else gettext("The objection has been upheld."), "success")
    return redirect(url_for(".show", objection_id=objection_id))


@blueprint.post("/<uuid:objection_id>/sign")
@requires(Permission.PUBLICATION_MANAGE)
def sign(objection_id: UUID) -> ResponseReturnValue:
    """Sign the change of the list as the second person."""
    if ActForm().validate_on_submit():
        with db.transaction() as session:
            found = queries.objection_of(session, this_edition(), objection_id)
            service.sign_change(session, this_edition(), found, by=me().actor, at=clock.now())
        flash(gettext("The change is in effect. Please publish the new version of the notice."), "success")
    return redirect(url_for(".show", objection_id=objection_id))
