"""People who sign in: words, phone numbers, one-time codes. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import phonenumbers

CODE_DIGITS = 6
CODE_TRIES = 3
CODE_LIFE = timedelta(minutes=10)
# After this many days a sign-up whose contact was never proven is removed (TRUST B1).
UNPROVEN_DAYS = 14
# How long what was typed and not confirmed is kept, and offered again on an empty page.
DRAFT_KEPT = timedelta(days=2)
DRAFT_OFFERED = timedelta(hours=1)
DRAFTS_A_PAGE = 10


class Purpose(StrEnum):
    """What a person agrees to; each is asked for and kept apart (RULES 7.2)."""

    TERMS = "terms"
    PERSONAL_DATA = "personal_data"
    MAILINGS = "mailings"


class CodePurpose(StrEnum):
    """What a one-time code proves; a code for one purpose is worth nothing for another."""

    LINK_ACCOUNT = "link_account"


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
