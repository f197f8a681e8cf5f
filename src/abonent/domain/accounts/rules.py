"""Who is served and where. Pure words and small rules."""

import re
from collections.abc import Collection, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

from abonent.common.money import parse_kopecks
from abonent.common.words import counted

# A link proven by what a stranger might also know stays shut this long (TRUST B5).
PENDING_FOR = timedelta(hours=72)
# Tries within a day before only a code helps.
TRIES_OF_USER = 5
TRIES_ON_ACCOUNT = 3
CODES_TO_ACCOUNT = 3
# What a stranger might learn as well: none of it opens an account at once.
WEAK_FIELDS = (
    "branch", "locality", "street", "house", "corpus", "letter", "flat", "flat_extension",
    "last_paid", "surname", "meter_serial",
)  # fmt: skip
# What an open page may ask for beside the number (TRUST B5).
OPEN_PROOFS = ("meter_serial_end", "flat")
SERIAL_END = 4
# Wrong tries: of an address block in an hour, on a number in a day; what is right is also
# counted, so that nobody fills an owner's mailbox.
MISSES_OF_BLOCK = 5
MISSES_ON_NUMBER = 3
RIGHT_ON_NUMBER = 5
# Payments begun without sign-in, of an address block and on a number (TRUST T8).
PAYMENTS_IN_MINUTE = 3
PAYMENTS_IN_HOUR = 10
# Answers about a debt: to a number in a day, to an address block in thirty days.
DEBT_ON_NUMBER = 1
DEBT_OF_BLOCK = 3
# An invitation is good so long; so many leave for an account in a day.
INVITATION_FOR = timedelta(days=14)
INVITATIONS_A_DAY = 5
# An owner who has undone readings is left in peace this long.
OPEN_CLOSED_FOR = timedelta(days=30)
DEFAULT_EVIDENCE = ("house", "flat", "contact_code", "bill_code")

_KINDS_OF_PLACE = frozenset({
    "г", "город", "с", "село", "п", "пос", "поселок", "д", "деревня", "ст", "станица", "х",
    "хутор", "пгт", "рп", "ул", "улица", "пр", "пр-т", "просп", "проспект", "пер", "переулок",
    "б-р", "бульвар", "пл", "площадь", "ш", "шоссе", "наб", "набережная", "проезд", "пр-д",
    "мкр", "микрорайон", "кв-л", "квартал", "тупик", "аллея",
})  # fmt: skip
_SHORTENED = re.compile(r"(?<!\S)([а-яё-]{1,6}\.) ")
_LONGEST_JOINED = 14
_LOOK_ALIKE = str.maketrans("abcehkmoptxy", "авсенкмортху")


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
    SENDER = "sender"
    READER = "reader"

    @property
    def may_send(self) -> bool:
        """Tell whether readings may be sent; each role may do all that the next one may."""
        return self is not AccessRole.READER

    @property
    def may_pay(self) -> bool:
        """Tell whether the account may be paid from the cabinet."""
        return self in (AccessRole.OWNER, AccessRole.PAYER)

    @property
    def may_manage(self) -> bool:
        """Tell whether access may be given to others and taken away."""
        return self is AccessRole.OWNER


# What a person may do, after «можно».
ROLE_WORDS: Mapping[AccessRole, str] = {
    AccessRole.OWNER: "всё, что можно владельцу",
    AccessRole.PAYER: "смотреть, передавать показания и платить",
    AccessRole.SENDER: "смотреть и передавать показания",
    AccessRole.READER: "смотреть",
}


class Evidence(StrEnum):
    """How a link was proven; classes a to d of TRUST B5, or an owner's invitation."""

    CONTACT_CODE = "contact_code"
    BILL_CODE = "bill_code"
    WEAK = "weak"
    STAFF = "staff"
    INVITED = "invited"


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
    """Write an address as on an envelope: «Екатеринбург, ул. Мира, д. 5А, корп. 2, кв. 7».

    «ул.» stays on the line of its street: at a line's end it reads as a slip. A long name
    may still leave it, or in large type on a phone the name itself would be torn.
    """
    joined = _SHORTENED.sub("\\1\u00a0", street)
    whole = all(len(word) <= _LONGEST_JOINED for word in joined.split(" "))
    parts = [locality, joined if whole else street]
    if house:
        parts.append(f"д.\u00a0{house}{letter}")
    if corpus:
        parts.append(f"корп.\u00a0{corpus}")
    if flat:
        parts.append(f"кв.\u00a0{flat}{flat_extension}")
    return ", ".join(part for part in parts if part)


def evidence_asked(cabinet: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the fields of evidence that a supplier's cabinet asks for (MISSION A1–A6)."""
    asked = cabinet.get("sign_up", {}).get("evidence")
    return tuple(asked) if asked else DEFAULT_EVIDENCE


def evidence_matches(
    given: Mapping[str, str], known: Mapping[str, Collection[str]], asked: Collection[str]
) -> bool:
    """Tell whether all that was asked agrees with what is known of the account.

    A letter belongs to its house and an extension to its flat, wherever they were typed.
    What is not known of the account (no payment yet, no meter, no name) matches nothing,
    and nothing typed proves nothing.
    """
    fields = [field for field in asked if field in WEAK_FIELDS]
    if not fields:
        return False
    typed = _joined(given)
    things = {_JOINED.get(field, field) for field in fields}
    if not any(typed[thing] for thing in things):
        return False
    return all(
        (typed[thing] or thing not in _NEVER_EMPTY)
        and typed[thing] in {_comparable(thing, value) for value in known.get(thing, ())}
        for thing in things
    )


_JOINED = {"letter": "house", "flat_extension": "flat"}
# A flat may truly be absent, these may not: an empty one is merely unknown.
_NEVER_EMPTY = ("house", "last_paid", "surname", "meter_serial")


def _joined(given: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed in comparable form, parts of one thing put together."""
    put: dict[str, str] = {}
    for field in WEAK_FIELDS:
        name = _JOINED.get(field, field)
        put[name] = put.get(name, "") + given.get(field, "").strip()
    return {name: _comparable(name, value) for name, value in put.items()}


def _comparable(field: str, text: str) -> str:
    """Return a value as it is compared: case, spaces, ё and look-alike letters do not matter."""
    if field == "last_paid":
        try:
            return str(parse_kopecks(text))
        except ValueError:
            return ""
    plain = text.strip().lower().replace("ё", "е")
    if field in ("street", "locality"):
        words = re.findall(r"[\w-]+", plain)
        return " ".join(sorted(word for word in words if word not in _KINDS_OF_PLACE))
    if field == "surname":
        return plain.split(" ")[0]
    squeezed = re.sub(r"[\s/.,№-]", "", plain).translate(_LOOK_ALIKE)
    return squeezed.lstrip("0") if field == "meter_serial" else squeezed


def open_proof_matches(
    given: Mapping[str, str], known: Mapping[str, Collection[str]], asked: Collection[str]
) -> bool:
    """Tell whether what an open page asked beside the number agrees with the account.

    ``known`` has the flat, the house where there is no flat, and whole serials of meters. Of
    a serial its last four signs are enough, and more are compared as far as they were typed.
    Nothing asked and nothing typed prove nothing.
    """
    fields = [field for field in asked if field in OPEN_PROOFS]
    return bool(fields) and all(_open_field(field, given, known) for field in fields)


def _open_field(field: str, given: Mapping[str, str], known: Mapping[str, Collection[str]]) -> bool:
    if field == "flat":
        typed = _comparable(field, given.get(field, ""))
        return bool(typed) and typed in {_comparable(field, one) for one in known.get(field, ())}
    typed = _signs(given.get(field, ""))
    return any(
        typed and serial.endswith(typed) and len(typed) >= min(SERIAL_END, len(serial))
        for serial in map(_signs, known.get("meter_serial", ()))
    )


def _signs(serial: str) -> str:
    """Return the letters and digits of a serial, zeros in front kept."""
    plain = serial.strip().lower().replace("ё", "е")
    return re.sub(r"[\s/.,№-]", "", plain).translate(_LOOK_ALIKE)


def tries_words(left: int, opens: str) -> str:
    """Say how many tries to prove an account are left, when they return, and what else helps."""
    by_code = "по коду из бумажной квитанции или из договора, в офисе с паспортом – сразу"
    if left == 0:
        return f"Попытки на сегодня закончились. Снова можно {opens}, а {by_code}."
    if left == 1:
        return f"Осталась последняя попытка: если не подойдёт, снова – {opens}, а {by_code}."
    return f"Осталось {counted(left, ('попытка', 'попытки', 'попыток'))}."


class LetterPurpose(StrEnum):
    """What the link of a letter lets its reader do without signing in."""

    PAY = "pay"
    READINGS = "readings"


def masked_number(number: str) -> str:
    """Return the last four signs of an account number: «…4017»."""
    return f"…{number[-4:]}"


# Longer texts are no numbers that somebody types.
_LONGEST_TYPED = 20


def near_numbers(number: str) -> set[str]:
    """Return what somebody may have meant who typed this number with one error.

    A wrong digit, two neighbours changed places, one too many or too few, zeros in front
    left out or added, spaces and dashes. A text without digits means nothing.
    """
    plain = re.sub(r"\D", "", number)[:_LONGEST_TYPED]
    if not plain:
        return set()
    near = {number.strip(), plain}
    near |= {plain.lstrip("0").zfill(signs) for signs in range(1, _LONGEST_TYPED)}
    for place in range(len(plain) + 1):
        before, after = plain[:place], plain[place + 1 :]
        near.add(before + after)
        near |= {before + digit + after for digit in "0123456789"}
        near |= {before + digit + plain[place:] for digit in "0123456789"}
        near.add(before + after[:1] + plain[place : place + 1] + after[1:])
    return near
