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


def written_address(
    *,
    locality: str,
    street: str,
    house: str,
    letter: str = "",
    corpus: str = "",
    flat: str = "",
    flat_extension: str = "",
) -> str:
    """Write an address as on an envelope: «Екатеринбург, ул. Мира, д. 5А, корп. 2, кв. 7»."""
    parts = [locality, street]
    if house:
        parts.append(f"д.\u00a0{house}{letter}")
    if corpus:
        parts.append(f"корп.\u00a0{corpus}")
    if flat:
        parts.append(f"кв.\u00a0{flat}{flat_extension}")
    return ", ".join(part for part in parts if part)
