"""The organizer's desk of this stage: what is next, notices and their versions, downloads, holidays."""

from datetime import date
from io import BytesIO
from uuid import UUID

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.editions.addresses import edition_blueprint, this_edition
from judging.foundation import clock, db
from judging.foundation.errors import StaleVersion
from judging.publication import bundle, pages, queries, rules, service
from judging.publication.forms import ChangeForm, HolidayForm, NoticeForm
from judging.publication.models import Notice
from judging.web.forms import ActForm

blueprint = edition_blueprint("publication", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/publication")
@requires(Permission.PUBLICATION_VIEW)
def index() -> ResponseReturnValue:
    """Show where publication stands and what is next."""
    session, edition, at = db.session(), this_edition(), clock.now()
    state = pages.state_of(session, edition, at)
    return render_template("publication/index.html", state=state, notices=queries.notices_of(session, edition))


@blueprint.post("/notices")
@requires(Permission.PUBLICATION_MANAGE)
def draft() -> ResponseReturnValue:
    """Begin the notice."""
    if not ActForm().validate_on_submit():
        return redirect(url_for(".index"))
    with db.transaction() as session:
        made = service.draft_notice(session, this_edition(), by=me().actor, at=clock.now()).id
    return redirect(url_for(".edit", notice_id=made))


@blueprint.post("/announcement")
@requires(Permission.PUBLICATION_MANAGE)
def draft_announcement() -> ResponseReturnValue:
    """Begin the announcement of the notice that stands."""
    if not ActForm().validate_on_submit():
        return redirect(url_for(".index"))
    with db.transaction() as session:
        standing = queries.standing_notice(session, this_edition())
        if standing is None:
            raise rules.NotPublished
        made = service.draft_announcement(session, this_edition(), standing, by=me().actor, at=clock.now()).id
    return redirect(url_for(".edit", notice_id=made))


@blueprint.get("/notices/<uuid:notice_id>")
@requires(Permission.PUBLICATION_VIEW)
def notice(notice_id: UUID) -> ResponseReturnValue:
    """Show a notice with its acts, its story and how the public sees it."""
    return _notice_page(queries.notice_of(db.session(), this_edition(), notice_id))


def _notice_page(notice: Notice, form: ChangeForm | None = None) -> str:
    session, edition, at = db.session(), this_edition(), clock.now()
    return render_template(
        "publication/notice.html",
        notice=notice,
        view=pages.notice_view(session, edition, notice, at),
        lines=pages.story(session, notice.id),
        form=form,
    )


@blueprint.get("/notices/<uuid:notice_id>/edit")
@requires(Permission.PUBLICATION_MANAGE)
def edit(notice_id: UUID) -> ResponseReturnValue:
    """Ask for the words of a draft."""
    found = queries.notice_of(db.session(), this_edition(), notice_id)
    rules.require_draft(found)
    return _edit_page(found, NoticeForm(obj=found))


def _edit_page(notice: Notice, form: NoticeForm) -> str:
    view = pages.notice_view(db.session(), this_edition(), notice, clock.now())
    return render_template("publication/edit.html", notice=notice, form=form, view=view)


@blueprint.post("/notices/<uuid:notice_id>/edit")
@requires(Permission.PUBLICATION_MANAGE)
def save(notice_id: UUID) -> ResponseReturnValue:
    """Save a draft, and go on to its preview."""
    form = NoticeForm()
    found = queries.notice_of(db.session(), this_edition(), notice_id)
    rules.require_draft(found)
    if not form.validate_on_submit():
        return _edit_page(found, form), 422
    try:
        with db.transaction() as session:
            draft = queries.notice_of(session, this_edition(), notice_id)
            draft.require_version(form.seen_version)
            service.edit_notice(session, this_edition(), draft, _text(form), by=me().actor, at=clock.now())
    except rules.RankNeedsBasis as refusal:
        form.basis.errors = [str(refusal)]
    except rules.UnknownField as refusal:
        form["fields"].errors = [str(refusal)]
    except StaleVersion as refusal:
        form.title.errors = [str(refusal)]
        found = queries.notice_of(db.session(), this_edition(), notice_id)
        form.version.data = str(found.version)
    else:
        flash(gettext("The draft has been saved. This is how the public will see it."), "success")
        return redirect(url_for(".notice", notice_id=notice_id))
    return _edit_page(queries.notice_of(db.session(), this_edition(), notice_id), form), 422


def _text(form: NoticeForm) -> service.NoticeText:
    return service.NoticeText(
        title=form.title.data,
        preamble=form.preamble.data,
        basis=form.basis.data or "",
        how_to_object=form.how_to_object.data or "",
        issuer=form.issuer.data,
        days=form.days.data,
        day_kind=form.day_kind.data,
        opens_on=form.opens_on.data,
        fields=tuple(form["fields"].data or ()),
        change_note=form.change_note.data or "",
    )


@blueprint.post("/notices/<uuid:notice_id>/publish")
@requires(Permission.PUBLICATION_MANAGE)
def publish(notice_id: UUID) -> ResponseReturnValue:
    """Publish a draft."""
    if not ActForm().validate_on_submit():
        return redirect(url_for(".notice", notice_id=notice_id))
    with db.transaction() as session:
        found = queries.notice_of(session, this_edition(), notice_id)
        service.publish_notice(session, this_edition(), found, by=me().actor, at=clock.now())
        words = found.kind.label
    flash(gettext("Published: %(kind)s. Everybody can read it now.", kind=words), "success")
    return redirect(url_for(".notice", notice_id=notice_id))


@blueprint.post("/notices/<uuid:notice_id>/version")
@requires(Permission.PUBLICATION_MANAGE)
def version(notice_id: UUID) -> ResponseReturnValue:
    """Begin the version that shall replace a published notice."""
    form = ChangeForm()
    if not form.validate_on_submit():
        return _notice_page(queries.notice_of(db.session(), this_edition(), notice_id), form), 422
    with db.transaction() as session:
        found = queries.notice_of(session, this_edition(), notice_id)
        note, edition = form.reason.data, this_edition()
        made = service.new_version(session, edition, found, change_note=note, by=me().actor, at=clock.now()).id
    return redirect(url_for(".edit", notice_id=made))


@blueprint.post("/notices/<uuid:notice_id>/discard")
@requires(Permission.PUBLICATION_MANAGE)
def discard(notice_id: UUID) -> ResponseReturnValue:
    """Throw a draft away."""
    if ActForm().validate_on_submit():
        with db.transaction() as session:
            found = queries.notice_of(session, this_edition(), notice_id)
            service.discard_draft(session, this_edition(), found, by=me().actor, at=clock.now())
        flash(gettext("The draft has been discarded."), "success")
    return redirect(url_for(".index"))


@blueprint.get("/publication/workbook.xlsx")
@requires(Permission.PUBLICATION_VIEW)
def workbook() -> ResponseReturnValue:
    """Hand out the result workbook."""
    data = BytesIO(bundle.result_workbook(db.session(), this_edition()))
    name = gettext("Results %(edition)s", edition=this_edition().name)
    return send_file(data, mimetype=XLSX, as_attachment=True, download_name=f"{name}.xlsx")


@blueprint.get("/publication/bundle.zip")
@requires(Permission.PUBLICATION_VIEW)
def everything() -> ResponseReturnValue:
    """Hand out all files of the edition in one archive."""
    data = BytesIO(bundle.bundle_zip(db.session(), this_edition()))
    name = gettext("Results %(edition)s", edition=this_edition().name)
    return send_file(data, mimetype="application/zip", as_attachment=True, download_name=f"{name}.zip")


@blueprint.get("/holidays")
@requires(Permission.PUBLICATION_VIEW)
def holidays() -> ResponseReturnValue:
    """Show the days of a year that differ from the week."""
    return _holidays_page(HolidayForm(), _year())


def _year() -> int:
    asked = request.args.get("year", type=int) or this_edition().year
    return asked if 2000 <= asked <= 2100 else this_edition().year


def _holidays_page(form: HolidayForm, year: int) -> str:
    days = queries.holidays_of_year(db.session(), year)
    known = year in service.years_published()
    return render_template("publication/holidays.html", form=form, year=year, days=days, known=known)


@blueprint.post("/holidays")
@requires(Permission.PUBLICATION_MANAGE)
def set_holiday() -> ResponseReturnValue:
    """Enter or change one day."""
    form = HolidayForm()
    if not form.validate_on_submit():
        return _holidays_page(form, _year()), 422
    day, works = form.day.data, form.is_working.data == "1"
    with db.transaction() as session:
        service.set_holiday(session, day, is_working=works, name=form.name.data or "", by=me().actor, at=clock.now())
    flash(gettext("The day has been entered."), "success")
    return redirect(url_for(".holidays", year=day.year))


@blueprint.post("/holidays/<int:year>/seed")
@requires(Permission.PUBLICATION_MANAGE)
def seed(year: int) -> ResponseReturnValue:
    """Take over the published holidays of a year."""
    if ActForm().validate_on_submit():
        with db.transaction() as session:
            count = service.seed_holidays(session, year, by=me().actor, at=clock.now())
        if count:
            flash(
                gettext("%(count)s days have been entered. Please compare them with the official notice.", count=count),
                "success",
            )
        else:
            flash(gettext("Nothing was entered: the year is complete, or its holidays are not known here."), "info")
    return redirect(url_for(".holidays", year=year))


@blueprint.post("/holidays/<day>/forget")
@requires(Permission.PUBLICATION_MANAGE)
def forget_holiday(day: str) -> ResponseReturnValue:
    """Let a day be an ordinary day again."""
    try:
        found = date.fromisoformat(day)
    except ValueError:
        return redirect(url_for(".holidays"))
    if ActForm().validate_on_submit():
        with db.transaction() as session:
            service.forget_holiday(session, found, by=me().actor, at=clock.now())
        flash(gettext("The day is an ordinary day again."), "success")
    return redirect(url_for(".holidays", year=found.year))
