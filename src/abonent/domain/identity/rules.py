"""People who sign in: words, phone numbers, one-time codes. Pure."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import phonenumbers

CODE_DIGITS = 6
CODE_TRIES = 3
CODE_LIFE = timedelta(minutes=10)
# After this many days a sign-up whose contact was never proven is removed (TRUST B1).
UNPROVEN_DAYS = 14
# A withdrawn consent ends the use of data at once; within 30 days they are destroyed (RULES
# 7.3). A few days less, so that a house that stood still for a while keeps the term.
ERASED_WITHIN = timedelta(days=30)
ERASED_AFTER = timedelta(days=26)
# How long what was typed and not confirmed is kept, and offered again on an empty page.
DRAFT_KEPT = timedelta(days=2)
DRAFT_OFFERED = timedelta(hours=1)
DRAFTS_A_PAGE = 10


class Purpose(StrEnum):
    """What a person agrees to; each is asked for and kept apart (RULES 7.2)."""

    TERMS = "terms"
    PERSONAL_DATA = "personal_data"
    MAILINGS = "mailings"


# Without these there is no cabinet at a supplier; mailings are a matter of taste.
OF_THE_CABINET = frozenset({Purpose.TERMS, Purpose.PERSONAL_DATA})


def needed_consents(cabinet: Mapping[str, Any]) -> tuple[Purpose, ...]:
    """Return what a supplier must be allowed before a person links an account there.

    What its sign-up asks for, as far as there is a text to agree to: each supplier is an
    operator of its own, a consent to one is none to another (RULES 7.2).
    """
    asked = cabinet.get("sign_up", {}).get("consents", [*sorted(OF_THE_CABINET, reverse=True)])
    texts = cabinet.get("consents", {})
    return tuple(Purpose(one) for one in asked if one in texts)


def erased_by(withdrawn_at: datetime) -> datetime:
    """Return the last moment by which data without a consent are destroyed."""
    return withdrawn_at + ERASED_WITHIN


class BlockChannel(StrEnum):
    """By which way a request to block a cabinet came."""

    CABINET = "cabinet"
    LETTER = "letter"
    HOTLINE = "hotline"


_BLOCK_NUMBER = re.compile(r"\s*[БбB6]?\s*[-–—]?\s*0*([0-9]{1,12})\s*")


def block_number(identifier: int) -> str:
    """Write the number of a request as it is told by telephone: «Б-000017»."""
    return f"Б-{identifier:06d}"


def read_block_number(text: str) -> int:
    """Read the number of a request as people say it: «Б-000017», «б 17», «17»; 0 for no number."""
    found = _BLOCK_NUMBER.fullmatch(text)
    return int(found[1]) if found else 0


class Contact(StrEnum):
    """What a person is reached by."""

    EMAIL = "email"
    PHONE = "phone"


class Proof(StrEnum):
    """By what a person has shown, in this sign-in, that it is they."""

    SMS = "sms"
    MAIL_CODE = "mail_code"
    PASSWORD = "password"  # noqa: S105  (no secret: a word)
    KEY = "key"


# A telephone in wrong hands must not take the mailbox as well (TRUST T11).
CONTACTS_REST = timedelta(hours=24)


def rests_on_one_contact(proofs: Collection[Proof], *, recovered: bool) -> bool:
    """Tell whether the sign-in stands on nothing but a telephone, or a password just recovered.

    Whoever holds the telephone can set a new password by it, so within a day such a password
    proves no more than the telephone does. A passkey or an application of codes always counts.
    """
    if Proof.KEY in proofs:
        return False
    return recovered or not set(proofs) - {Proof.SMS}


class CodePurpose(StrEnum):
    """What a one-time code proves; a code for one purpose is worth nothing for another."""

    LINK_ACCOUNT = "link_account"
    DELETE_CABINET = "delete_cabinet"


@dataclass(frozen=True)
class SmsLimits:
    """How many codes may leave by SMS in a day (TRUST T12)."""

    per_number: int = 10
    per_block: int = 30
    in_all: int = 5000


def parse_phone(text: str) -> str:
    """Return the number as ``+79001234567`` from any Russian way of writing it.

    «8 (900) 123-45-67», «+7 900…», «900…» all mean the same. Raises ValueError when it
    is not a telephone number.
    """
    try:
        parsed = phonenumbers.parse(text.strip(), "RU")
    except phonenumbers.NumberParseException as error:
        raise ValueError(text) from error
    if not phonenumbers.is_valid_number(parsed):
        raise ValueError(text)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def is_russian(number: str) -> bool:
    """Tell whether an E.164 number is served in Russia: others cost more and are abused."""
    return phonenumbers.region_code_for_number(phonenumbers.parse(number)) == "RU"


def written_phone(number: str) -> str:
    """Write an E.164 number as people do: «+7 900 123-45-67», with no-break spaces."""
    parsed = phonenumbers.parse(number, "RU")
    written = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return written.replace(" ", "\u00a0")


def address_block(address: str) -> str:
    """Return the block an Internet address lies in: /24 of IPv4, /48 of IPv6."""
    if ":" in address:
        return ":".join(address.split(":")[:3]) + "::/48"
    return ".".join(address.split(".")[:3]) + ".0/24"


class Role(StrEnum):
    """What a person does for a supplier (MISSION L7)."""

    OPERATOR = "operator"
    HEAD = "head"


class Right(StrEnum):
    """What staff may do; pages ask for a right, never for a role."""

    APPEALS = "appeals"
    NEWS = "news"
    RATINGS = "ratings"
    STAFF = "staff"


ROLE_NAMES = {Role.OPERATOR: "оператор", Role.HEAD: "руководитель"}
RIGHTS: dict[Role, frozenset[Right]] = {
    Role.OPERATOR: frozenset({Right.APPEALS}),
    Role.HEAD: frozenset(Right),
}
