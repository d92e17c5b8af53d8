"""Decisions and refusals about units: the credit code, names that are the same, what may be changed by whom."""

import re
from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from stdnum.cn import uscc

from judging.foundation.audit import Act
from judging.foundation.errors import DomainError
from judging.foundation.spreadsheets import tidy
from judging.units.codes import INDUSTRIES, REGIONS

CREDIT_CODE_LENGTH = 18
_NEVER = re.compile(r"[IOSVZ]")
_CREDIT_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")  # letters may begin it: Y1, N2
_SPOILT_NUMBER = re.compile(r"\d(\.\d+)?E\+?\d+", re.IGNORECASE)


def _short(full: str) -> str:
    return re.sub(r"(土家族苗族自治州|壮族自治区|回族自治区|维吾尔自治区|自治区|林区|省|市)$", "", full)


_REGION_CODES = {_short(name): code for code, name in REGIONS.items()} | {name: code for code, name in REGIONS.items()}


class UnitAct(Act):
    """What can be done to units and recommending units."""

    REGISTERED = "unit.registered", _l("Unit registered")
    CHANGED = "unit.changed", _l("Unit changed")
    IMPORTED = "unit.imported", _l("Units imported from Excel")
    RECOMMENDER_REGISTERED = "unit.recommender_registered", _l("Recommending unit registered")
    RECOMMENDER_CHANGED = "unit.recommender_changed", _l("Recommending unit changed")
    CONTACT_BOUND = "unit.contact_bound", _l("Contact joined the unit")
    CONTACT_REMOVED = "unit.contact_removed", _l("Contact taken from the unit")


class WrongCreditCode(DomainError):
    """Base of what can be wrong with a unified social credit code."""

    message = _l("This is no unified social credit code. Please copy it from the business licence.")


class CreditCodeLength(WrongCreditCode):
    """Something is missing or too much."""

    message = _l(
        "A unified social credit code has 18 characters; this one has %(length)s. Please compare it with the licence."
    )


class CreditCodeSpoilt(WrongCreditCode):
    """A spreadsheet took the code for a number and lost its last digits."""

    message = _l(
        "A spreadsheet has turned this code into a number, so its last digits are lost. "
        "Please set the cell to “Text” and type the code again."
    )


class CreditCodeLetter(WrongCreditCode):
    """A letter that the standard leaves out because it looks like a digit."""

    message = _l(
        "The letters I, O, S, V and Z never occur in a credit code (found: %(letters)s). Was 1, 0, 5 or 2 meant?"
    )


class CreditCodeForm(WrongCreditCode):
    """Characters stand where they cannot."""

    message = _l(
        "This is no unified social credit code: two characters, six digits of the region, "
        "nine characters of the organisation and a check character. Please compare it with the licence."
    )


class CreditCodeCheck(WrongCreditCode):
    """The check character does not fit the others."""

    message = _l(
        "The last character of the credit code does not fit the others, so at least one is mistyped. "
        "Please compare it with the licence."
    )


class NameTaken(DomainError):
    """Another unit has this name."""

    message = _l("A unit named “%(name)s” is already registered. Please use that one.")


class CreditCodeTaken(DomainError):
    """Another unit has this credit code."""

    message = _l("This credit code already belongs to “%(name)s”. Please check the code, or use that unit.")


class RecommenderNameTaken(DomainError):
    """Another recommending unit has this name."""

    message = _l("A recommending unit with this name is already registered.")


class RecommenderCodeTaken(DomainError):
    """Another recommending unit has this code."""

    message = _l("Another recommending unit already has this code.")


class NotOneOfYours(DomainError):
    """A recommending unit names a unit that is not its own."""

    message = _l("“%(name)s” is not one of your units. Please ask the secretariat to assign it to you.")


class OnlyBySecretariat(DomainError):
    """Name and credit code stand on certificates: their owner cannot change them."""

    message = _l("The name and the credit code can only be changed by the secretariat.")


def credit_code(text: str) -> str:
    """Return a unified social credit code (GB 32100) in its one form, or refuse with what is wrong about it."""
    code = re.sub(r"[\s-]", "", tidy(text)).upper()
    if _SPOILT_NUMBER.fullmatch(code):
        raise CreditCodeSpoilt
    if len(code) != CREDIT_CODE_LENGTH:
        raise CreditCodeLength(length=len(code))
    if letters := "、".join(sorted(set(_NEVER.findall(code)))):
        raise CreditCodeLetter(letters=letters)
    if not _CREDIT_CODE.fullmatch(code):
        raise CreditCodeForm
    if code[-1] != uscc.calc_check_digit(code):
        raise CreditCodeCheck
    return code


def fold(name: str) -> str:
    """Return what makes two spellings of a name the same: widths of brackets, spaces and case do not count."""
    narrow = tidy(name).replace("（", "(").replace("）", ")").casefold()
    return re.sub(r"\s", "", narrow)


def region_of(text: str) -> str:
    """Return the code of a region as people write it (武汉, 湖北省武汉市, 420100), or "" when it is none we know."""
    written = re.sub(r"[\s·,，/-]", "", tidy(text))
    if written in REGIONS:
        return written
    for name in (written, re.sub(r"^(湖北省?|河南省?|湖南省?|广东省?|广西(壮族自治区)?|海南省?)", "", written)):
        if name in _REGION_CODES:
            return _REGION_CODES[name]
    return ""


def industry_of(text: str) -> str:
    """Return the letter of an industry as people write it (制造业, C, C 制造业), or "" when it is none we know."""
    written = re.sub(r"\s", "", tidy(text))
    if written.upper() in INDUSTRIES:
        return written.upper()
    plain = re.sub(r"^[A-Ta-t][.、:：]?|[、,，]", "", written)
    return next((code for code, name in INDUSTRIES.items() if plain and re.sub("[、,，]", "", name) == plain), "")


def require_contact_only(changed: Mapping[str, object], *, has_code: bool) -> None:
    """Refuse an owner who changes what stands on certificates; a missing credit code may be added once."""
    locked = {"name", "region", "industry", "recommending_unit_id", "member_number", "parent_group"}
    if has_code:
        locked.add("credit_code")
    if locked & set(changed):
        raise OnlyBySecretariat
