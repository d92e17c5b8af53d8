"""What can be done with accounts: sign in, invite, accept, grant, take back, close."""

from judging.accounts.service.closing import (
    close_account,
    end_sessions,
    new_password,
    password_link,
    reopen_account,
    user_of_link,
)
from judging.accounts.service.roles import (
    Invited,
    accept,
    binds,
    grant,
    invite,
    renew_invitation,
    take_back,
    withdraw_invitation,
)
from judging.accounts.service.signing import (
    check_password,
    create_user,
    record_failure,
    require_attempt,
    set_password,
    sign_in,
)

__all__ = [
    "Invited",
    "accept",
    "binds",
    "check_password",
    "close_account",
    "create_user",
    "end_sessions",
    "grant",
    "invite",
    "new_password",
    "password_link",
    "record_failure",
    "renew_invitation",
    "reopen_account",
    "require_attempt",
    "set_password",
    "sign_in",
    "take_back",
    "user_of_link",
    "withdraw_invitation",
]
