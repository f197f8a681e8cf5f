"""Who is served and where. Pure words and small rules."""

from enum import StrEnum


class AccountKind(StrEnum):
    """Household or organisation: their rules of billing differ."""

    HOUSEHOLD = "household"
    ORGANISATION = "organisation"


class AccessState(StrEnum):
    """The state of a link between a user and a personal account (TRUST B5)."""

    PENDING = "pending"
    ACTIVE = "active"
    REVOKED = "revoked"


class AccessRole(StrEnum):
    """What the linked user may do."""

    OWNER = "owner"
    PAYER = "payer"
    READER = "reader"


class Evidence(StrEnum):
    """How a link was proven; classes a to d of TRUST B5."""

    CONTACT_CODE = "contact_code"
    BILL_CODE = "bill_code"
    WEAK = "weak"
    STAFF = "staff"
