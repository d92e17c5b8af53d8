"""Refusals and decisions about accounts."""

import re
from collections.abc import Collection
from uuid import UUID

from flask_babel import lazy_gettext as _l

from judging.foundation.audit import Act
from judging.foundation.errors import DomainError

THROTTLE_IDENTITY = 5  # failures in the window before an identity must wait
THROTTLE_ADDRESS = 50
THROTTLE_MINUTES = 15
INVITATION_DAYS = 14
PASSWORD_LINK_HOURS = 48
PHONE = re.compile(r"^\+?\d{6,19}$")
USERNAME = re.compile(r"^[a-z0-9][a-z0-9._@+-]{2,63}$|^[\w·]{2,64}$")


class AccountAct(Act):
    """What can be done to accounts."""

    SIGNED_IN = "account.signed_in", _l("Signed in")
    SIGNED_OUT = "account.signed_out", _l("Signed out")
    CREATED = "account.created", _l("Account created")
    CHANGED = "account.changed", _l("Account changed")
    PASSWORD = "account.password", _l("Password changed")
    PASSWORD_LINK = "account.password_link", _l("Link for a new password made")
    INVITED = "account.invited", _l("Invitation sent")
    ACCEPTED = "account.accepted", _l("Invitation accepted")
    INVITATION_REVOKED = "account.invitation_revoked", _l("Invitation withdrawn")
    GRANTED = "account.granted", _l("Role granted")
    REVOKED = "account.revoked", _l("Role taken back")
    CLOSED = "account.closed", _l("Account closed")
    REOPENED = "account.reopened", _l("Account opened again")
    SESSIONS_ENDED = "account.sessions_ended", _l("Sessions ended")


class WrongCredentials(DomainError):
    """Name or password is wrong; which one is not said."""

    message = _l("The user name (or phone, or e-mail) or the password is wrong.")


class TooManyAttempts(DomainError):
    """Too many failures for this identity or from this address."""

    message = _l("Too many attempts. Please wait 15 minutes, or ask the secretariat for a new invitation.")


class WeakPassword(DomainError):
    """The password is too easy to guess."""

    message = _l("Please choose a password of at least 8 characters that is not a common word or your user name.")


class IdentityTaken(DomainError):
    """Another account has this user name, phone or e-mail."""

    message = _l("Another account already uses this user name, phone or e-mail.")


class InvitationInvalid(DomainError):
    """The invitation is unknown, used, withdrawn or too old."""

    message = _l("This invitation is no longer valid. Please ask the secretariat for a new one.")


class PasswordLinkInvalid(DomainError):
    """The link is unknown, used or too old."""

    message = _l("This link for a new password is no longer valid. Please ask the secretariat for a new one.")


class OwnAccount(DomainError):
    """Nobody closes the account they are signed in with."""

    message = _l("This is your own account. Please ask another organizer to close it.")


class ReasonNeeded(DomainError):
    """Acts on somebody's account are explained."""

    message = _l("Please give a reason, so that others can understand this later.")


class BeyondYourEditions(DomainError):
    """The account has roles elsewhere: only somebody who runs those too may act on it."""

    message = _l("This account also has roles outside the editions you run. Please ask an administrator.")


class SeesNames(DomainError):
    """Who sees which entry is whose must not judge, in the same edition and with the same account."""

    message = _l(
        "%(name)s has the role “%(held)s” here, and one account cannot also be “%(role)s”: whoever sees which entry is "
        "whose must not judge. Please invite the person with another account, or take the role “%(held)s” back first."
    )


class YouSeeNames(SeesNames):
    """The same, said to the person who accepts an invitation."""

    message = _l(
        "You are signed in with an account that has the role “%(held)s” here, and one account cannot also be "
        "“%(role)s”: whoever sees which entry is whose must not judge. Please sign out and accept the invitation "
        "with another account; it stays valid."
    )


class LastOrganizer(DomainError):
    """Somebody must remain who can run the edition."""

    message = _l("This is the last organizer; please grant the role to somebody else first.")


def require_strong(password: str, *, username: str = "") -> None:
    """Refuse passwords that are short, all alike, or the user name."""
    text = password.strip().lower()
    common = {
        "12345678",
        "123456789",
        "1234567890",
        "password",
        "88888888",
        "66666666",
        "11111111",
        "qwertyui",
        "a1234567",
    }
    if len(password) < 8 or len(set(text)) < 4 or text in common or (username and text == username.lower()):
        raise WeakPassword


def require_runs(mine: Collection[UUID | None], theirs: Collection[UUID | None]) -> None:
    """Refuse acts on an account with roles where the acting person runs nothing (None stands for everywhere)."""
    if None not in mine and not set(theirs) <= set(mine):
        raise BeyondYourEditions
