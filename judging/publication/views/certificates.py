"""Certificates: issue, download, reissue, revoke; those of one's own units; and the check anybody may make."""

import io
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.editions.addresses import find_if_named, this_edition
from judging.editions.models import Edition
from judging.foundation import clock, db, jobs
from judging.foundation.errors import DomainError
from judging.publication import bundle, glyphs, pages, queries, service
from judging.publication.forms import CheckForm
from judging.publication.models import Certificate
from judging.publication.work import CERTIFICATES
from judging.units.models import Unit
from judging.units.queries import unit_ids_of_user
from judging.web.access import public
from judging.web.forms import ActForm, ReasonForm
from judging.web.pagination import paginate

blueprint = Blueprint("certificates", __name__)
blueprint.url_value_preprocessor(find_if_named)
INSIDE = "/e/<edition>/certificates"
SORTS = {"number": Certificate.number, "unit": (Unit.name, Certificate.number), "issued": Certificate.issued_at}


@blueprint.get(f"{INSIDE}/")
@requires(Permission.PUBLICATION_VIEW)
def index() -> ResponseReturnValue:
    """Show the register."""
    query = queries.certificates_query(this_edition())
    if text := request.args.get("q", "").strip():
        query = queries.searched(query, text)
    if request.args.get("state") in ("valid", "revoked"):
        revoked = request.args["state"] == "revoked"
        query = query.where(Certificate.revoked_at.is_not(None) if revoked else Certificate.revoked_at.is_(None))
    page = paginate(db.session(), query, sorts=SORTS, default="number")
    return render_template(
        "publication/certificates.html",
        page=page,
        counts=queries.certificate_counts(db.session(), this_edition()),
        refusal=_refusal(),
        strange=glyphs.strange_names(queries.contents_of(db.session(), this_edition())),
    )


def _refusal() -> str:
    """Say why certificates cannot be issued now, if so."""
    try:
        service.require_issuable(db.session(), this_edition(), clock.now())
    except DomainError as refusal:
        return str(refusal)
    return ""


@blueprint.post(f"{INSIDE}/issue")
@requires(Permission.PUBLICATION_MANAGE)
def issue() -> ResponseReturnValue:
    """Ask for all certificates that are due; a job sets them."""
    if not ActForm().validate_on_submit():
        return redirect(url_for(".index"))
    with db.transaction() as session:
        service.require_issuable(session, this_edition(), clock.now())
        actor = me().actor
        payload = {"edition": str(this_edition().id), "by": str(actor.id), "name": actor.name}
        job = jobs.enqueue(session, CERTIFICATES, payload, by_id=actor.id, result_url=url_for(".index"))
        job_id = job.id
    return redirect(url_for("accounts.job", job_id=job_id))


@blueprint.get(f"{INSIDE}/<uuid:certificate_id>")
@requires(Permission.PUBLICATION_VIEW)
def show(certificate_id: UUID) -> ResponseReturnValue:
    """Show one certificate with its content and its story."""
    certificate = queries.certificate_of(db.session(), this_edition(), certificate_id)
    return _certificate_page(certificate)


def _certificate_page(certificate: Certificate, form: ReasonForm | None = None) -> str:
    return render_template(
        "publication/certificate.html",
        certificate=certificate,
        facts_of_certificate=pages.certificate_facts(certificate.content, with_members=True),
        lines=pages.story(db.session(), certificate.id),
        form=form,
    )


@blueprint.get(f"{INSIDE}/<uuid:certificate_id>/certificate.pdf")
@requires(Permission.PUBLICATION_VIEW)
def download(certificate_id: UUID) -> ResponseReturnValue:
    """Hand out one certificate."""
    return _pdf(queries.certificate_of(db.session(), this_edition(), certificate_id))


def _pdf(certificate: Certificate) -> ResponseReturnValue:
    data = bundle.pdf_of(certificate)
    return send_file(io.BytesIO(data), mimetype="application/pdf", download_name=f"{certificate.number}.pdf")


@blueprint.get(f"{INSIDE}/certificates.zip")
@requires(Permission.PUBLICATION_VIEW)
def archive() -> ResponseReturnValue:
    """Hand out all valid certificates in one archive."""
    data = bundle.certificates_zip(db.session(), this_edition())
    name = gettext("Certificates %(edition)s", edition=this_edition().name)
    return send_file(io.BytesIO(data), mimetype="application/zip", as_attachment=True, download_name=f"{name}.zip")


@blueprint.post(f"{INSIDE}/<uuid:certificate_id>/reissue")
@requires(Permission.PUBLICATION_MANAGE)
def reissue(certificate_id: UUID) -> ResponseReturnValue:
    """Issue a certificate again, under the same number."""
    form = ReasonForm()
    if not form.validate_on_submit():
        certificate = queries.certificate_of(db.session(), this_edition(), certificate_id)
        return _certificate_page(certificate, form), 422
    with db.transaction() as session:
        certificate = queries.certificate_of(session, this_edition(), certificate_id)
        service.reissue(session, this_edition(), certificate, reason=form.reason.data, by=me().actor, at=clock.now())
    flash(gettext("The certificate has been issued again under its number."), "success")
    return redirect(url_for(".show", certificate_id=certificate_id))


@blueprint.post(f"{INSIDE}/<uuid:certificate_id>/revoke")
@requires(Permission.PUBLICATION_MANAGE)
def revoke(certificate_id: UUID) -> ResponseReturnValue:
    """Revoke a certificate; the public check says so at once."""
    form = ReasonForm()
    if not form.validate_on_submit():
        certificate = queries.certificate_of(db.session(), this_edition(), certificate_id)
        return _certificate_page(certificate, form), 422
    with db.transaction() as session:
        certificate = queries.certificate_of(session, this_edition(), certificate_id)
        service.revoke(session, this_edition(), certificate, reason=form.reason.data, by=me().actor, at=clock.now())
    flash(gettext("The certificate has been revoked. The public check says so from now on."), "success")
    return redirect(url_for(".show", certificate_id=certificate_id))


@blueprint.get(f"{INSIDE}/mine")
@requires(Permission.ENTRY_OWN)
def mine() -> ResponseReturnValue:
    """Show the certificates of my units."""
    units = unit_ids_of_user(db.session(), me().id)
    found = queries.certificates_of_units(db.session(), this_edition(), units)
    return render_template("publication/mine.html", certificates=found)


@blueprint.get(f"{INSIDE}/mine/<uuid:certificate_id>.pdf")
@requires(Permission.ENTRY_OWN)
def download_own(certificate_id: UUID) -> ResponseReturnValue:
    """Hand out a certificate of one of my units."""
    units = unit_ids_of_user(db.session(), me().id)
    return _pdf(queries.own_certificate(db.session(), this_edition(), certificate_id, units))


@blueprint.get("/check")
@public
def check() -> ResponseReturnValue:
    """Check a certificate by its number or code."""
    form = CheckForm(request.args)
    text = (form.q.data or "").strip()
    if not text or not form.validate():
        return render_template("publication/check.html", form=form, asked="")
    return _answer(form, text)


@blueprint.get("/check/<code>")
@public
def check_code(code: str) -> ResponseReturnValue:
    """Check the certificate whose QR code was scanned."""
    return _answer(CheckForm(q=code), code)


def _answer(form: CheckForm, text: str) -> ResponseReturnValue:
    session, asked = db.session(), text[:80]
    by_code = queries.certificate_by_code(session, pages.plain_code(asked))
    found = by_code or queries.certificate_by_number(session, pages.plain_number(asked))
    if found is None:
        return render_template("publication/check.html", form=form, asked=asked, found=None)
    g.edition = session.get_one(Edition, found.edition_id)
    facts = pages.certificate_facts(found.content, with_members=by_code is not None)
    return render_template("publication/check.html", form=form, asked=asked, found=found, facts_of_certificate=facts)


@blueprint.get("/check/revoked")
@public
def revoked() -> ResponseReturnValue:
    """List all revocations."""
    sorts = {"day": (Certificate.revoked_at, Certificate.number)}
    page = paginate(db.session(), queries.revoked(), sorts=sorts, default="-day")
    return render_template("publication/revoked.html", page=page)
