"""What may be done with the invitation to a seat, and the refusals."""

from flask_babel import lazy_gettext as _l

from judging.assignment.models import InvitationStatus, SeatInvitation
from judging.editions.models import Edition, Round, Stage
from judging.editions.rules import require_round
from judging.foundation import audit
from judging.foundation.errors import DomainError

OPEN = (Stage.SETUP, Stage.INTAKE, Stage.BLINDING, Stage.JUDGING)


class InvitationAct(audit.Act):
    """What is recorded of invitations to seats."""

    INVITED = "seat.invited", _l("Judges invited to their seats")
    REMINDED = "seat.reminded", _l("Judges reminded of their invitation")
    TITLES_READ = "seat.titles_read", _l("Judge has gone through the titles")
    WISHES = "seat.wishes", _l("Judge has stated preferences")
    ACCEPTED = "seat.accepted", _l("Seat accepted")
    DECLINED = "seat.declined", _l("Seat declined")


class NobodyToInvite(DomainError):
    """Every seat has its invitation."""

    message = _l("Every judge with a seat in this round has been invited already.")


class NobodyToRemind(DomainError):
    """All have answered, or were reminded a short while ago."""

    message = _l("Nobody needs a reminder: all have answered, or were written to within the last 12 hours.")


class SeatGone(DomainError):
    """The seat was declined or taken away."""

    message = _l("This seat has been given up. Please write to the secretariat if you would like to judge after all.")


class TitlesUnread(DomainError):
    """Conflicts come before everything else."""

    message = _l("Please go through the titles first and say which of them you must keep away from.")


class SheetsBegun(DomainError):
    """Who has begun to judge does not simply leave."""

    message = _l(
        "%(count)s score sheets of this seat have been begun. Please settle with the secretariat what becomes of them; "
        "the seat cannot be declined here any more."
    )


class ReasonWanted(DomainError):
    """A declined seat is explained."""

    message = _l("Please say in a sentence why you decline.")


def require_answerable(edition: Edition, round_: Round, invitation: SeatInvitation) -> None:
    """Refuse answers to a seat that is gone or a round that is over."""
    require_round(edition, round_, *OPEN)
    if invitation.seat_id is None or invitation.status is InvitationStatus.DECLINED:
        raise SeatGone
