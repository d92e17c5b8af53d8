"""What an edition says about itself."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from judging.accounts.guards import me, requires
from judging.accounts.permissions import Permission
from judging.editions import service
from judging.editions.addresses import edition_blueprint, this_edition
from judging.editions.forms import DetailsForm
from judging.foundation import clock, db
from judging.foundation.errors import StaleVersion

blueprint = edition_blueprint("edition", __name__)


@blueprint.get("/settings")
@requires(Permission.EDITION_VIEW)
def edit() -> ResponseReturnValue:
    """Show the settings, as a form to those who may change them."""
    edition = this_edition()
    form = DetailsForm(obj=edition)
    form.offer(edition.region)
    form.co_organisers.data = "\n".join(edition.co_organisers)
    return render_template("editions/settings.html", form=form)


@blueprint.post("/settings")
@requires(Permission.EDITION_MANAGE)
def save() -> ResponseReturnValue:
    """Save the settings, unless somebody else did in between."""
    form = DetailsForm()
    form.offer(this_edition().region)
    if not form.validate_on_submit():
        return render_template("editions/settings.html", form=form), 422
    try:
        with db.transaction() as session:
            edition = this_edition()
            edition.require_version(form.seen_version)
            service.update_edition(session, edition, by=me().actor, at=clock.now(), **form.details())
    except StaleVersion as refusal:
        form.version.data = this_edition().version  # saving again is then a decision, not an accident
        return render_template("editions/settings.html", form=form, refusal=str(refusal), stored=this_edition()), 409
    flash(gettext("The settings have been saved."), "success")
    return redirect(url_for(".edit"))
