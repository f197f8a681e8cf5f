"""Tries at open pages: counted alike for numbers that exist and that do not (TRUST B5, T1)."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db import connection

from abonent.common.refusals import Refusal
from abonent.common.transactions import requires_transaction
from abonent.domain.accounts.models import OpenRequest
from abonent.domain.accounts.queries.open_pages import open_facts
from abonent.domain.accounts.rules import (
    DEBT_OF_BLOCK,
    DEBT_ON_NUMBER,
    MISSES_OF_BLOCK,
    MISSES_ON_NUMBER,
    OPEN_CLOSED_FOR,
    PAYMENTS_IN_HOUR,
    PAYMENTS_IN_MINUTE,
    RIGHT_ON_NUMBER,
    open_proof_matches,
)
from abonent.domain.identity.rules import address_block

PAYMENT, DEBT, BILLS = "payment", "debt", "bills"
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_UNDONE = "undone"


class TooManyTries(Refusal):
    """The limit of an open page is reached for the number or for the address block."""


@requires_transaction
def prove_open(
    *,
    supplier_id: int,
    purpose: str,
    number: str,
    given: Mapping[str, str],
    asked: Collection[str],
    serials: Collection[str],
    address: str,
    now: datetime,
) -> int | None:
    """Return the account when what was typed beside its number agrees with it, else None.

    ``serials`` are those of its meters, which the room above knows. The try is counted:
    within an hour 5 wrong ones of an address block, within a day 3 wrong and 5 right ones on
    a number; above that the answer is TooManyTries, for a number that exists and for one
    that does not. Nor is an account proven for 30 days after its owner undid readings.
    """
    _await_turn(supplier_id, purpose, number, address)
    refuse_exhausted(
        supplier_id=supplier_id, purpose=purpose, number=number, address=address, now=now
    )
    facts = open_facts(supplier_id=supplier_id, number=number)
    known = {**facts.values, "meter_serial": tuple(serials)}
    right = open_proof_matches(given, known, asked) and facts.account_id is not None
    right = right and not _closed(supplier_id, number, now)
    count_open_request(
        supplier_id=supplier_id,
        purpose=purpose,
        number=number,
        address=address,
        right=right,
        now=now,
    )
    return facts.account_id if right else None


@requires_transaction
def refuse_exhausted(
    *, supplier_id: int, purpose: str, number: str, address: str, now: datetime
) -> None:
    """Refuse with TooManyTries when the number or the address block has used up its tries."""
    _refuse_guesses(address, now)
    today = OpenRequest.objects.filter(
        supplier_id=supplier_id, purpose=purpose, account_number=number, asked_at__gt=now - _DAY
    )
    misses, hits = today.filter(right=False).count(), today.filter(right=True).count()
    if misses >= MISSES_ON_NUMBER or hits >= RIGHT_ON_NUMBER:
        raise TooManyTries(
            "С этим номером сегодня больше не получится. Попробуйте завтра, войдите в кабинет "
            "или позвоните нам."
        )


@requires_transaction
def take_open_payment(*, supplier_id: int, number: str, address: str, now: datetime) -> int | None:
    """Return the account that a payment without sign-in is for, None for a number unknown.

    The try is counted. Refuses with TooManyTries after 5 wrong numbers of an address block
    within an hour, above 3 payments within a minute and 10 within an hour of a block or on a
    number: whoever tries cards stops there (TRUST T8).
    """
    _await_turn(supplier_id, PAYMENT, number, address)
    _refuse_guesses(address, now)
    begun = OpenRequest.objects.filter(purpose=PAYMENT, right=True)
    block = address_block(address) if address else ""
    on_number = begun.filter(supplier_id=supplier_id, account_number=number)
    for found in (on_number, *([begun.filter(address_block=block)] if block else [])):
        in_minute = found.filter(asked_at__gt=now - _MINUTE).count()
        in_hour = found.filter(asked_at__gt=now - _HOUR).count()
        if in_minute >= PAYMENTS_IN_MINUTE or in_hour >= PAYMENTS_IN_HOUR:
            raise TooManyTries(
                "Слишком много платежей подряд. Подождите час или заплатите в кабинете, "
                "по квитанции или в банке."
            )
    account_id = open_facts(supplier_id=supplier_id, number=number).account_id
    count_open_request(
        supplier_id=supplier_id,
        purpose=PAYMENT,
        number=number,
        address=address,
        right=account_id is not None,
        now=now,
    )
    return account_id


@requires_transaction
def take_inquiry(
    *, supplier_id: int, purpose: str, number: str, address: str, now: datetime
) -> bool:
    """Count a question that is answered by a letter; tell whether one may be sent today.

    ``purpose`` is ``DEBT`` or ``BILLS``. One letter a day about a number. Refuses with
    TooManyTries after 3 questions of an address block within thirty days.
    """
    _await_turn(supplier_id, purpose, number, address)
    asked = OpenRequest.objects.filter(purpose=purpose)
    block = address_block(address) if address else ""
    if (
        block
        and asked.filter(address_block=block, asked_at__gt=now - 30 * _DAY).count() >= DEBT_OF_BLOCK
    ):
        raise TooManyTries(
            "За месяц отсюда уже спрашивали несколько раз. Войдите в кабинет: там всё видно "
            "сразу. Или позвоните нам."
        )
    about = asked.filter(
        supplier_id=supplier_id, account_number=number, asked_at__gt=now - _DAY
    ).count()
    count_open_request(
        supplier_id=supplier_id,
        purpose=purpose,
        number=number,
        address=address,
        right=True,
        now=now,
    )
    return about < DEBT_ON_NUMBER


@requires_transaction
def count_open_request(
    *, supplier_id: int, purpose: str, number: str, address: str, right: bool, now: datetime
) -> None:
    """Remember a try at an open page."""
    OpenRequest.objects.create(
        supplier_id=supplier_id,
        purpose=purpose,
        account_number=number,
        address_block=address_block(address) if address else "",
        asked_at=now,
        right=right,
    )


@requires_transaction
def close_open_pages(*, supplier_id: int, number: str, now: datetime) -> None:
    """Let nobody prove this number at an open page for 30 days: its owner has objected."""
    count_open_request(
        supplier_id=supplier_id, purpose=_UNDONE, number=number, address="", right=True, now=now
    )


def _refuse_guesses(address: str, now: datetime) -> None:
    """Refuse an address block that has typed five wrong numbers within an hour."""
    block = address_block(address) if address else ""
    wrong = OpenRequest.objects.filter(right=False, address_block=block, asked_at__gt=now - _HOUR)
    if block and wrong.count() >= MISSES_OF_BLOCK:
        raise TooManyTries(
            "Слишком много попыток. Попробуйте через час, войдите в кабинет или позвоните нам."
        )


def _closed(supplier_id: int, number: str, now: datetime) -> bool:
    return OpenRequest.objects.filter(
        supplier_id=supplier_id,
        purpose=_UNDONE,
        account_number=number,
        asked_at__gt=now - OPEN_CLOSED_FOR,
    ).exists()


def _await_turn(supplier_id: int, purpose: str, number: str, address: str) -> None:
    """Let the tries of one block and on one number come one after another."""
    block = address_block(address) if address else ""
    keys = [f"open block {block}", f"open {purpose} {supplier_id} {number}"]
    with connection.cursor() as cursor:
        for key in sorted(keys):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
