"""Reminders: readings before the window closes, verification before it ends."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from abonent.common.clock import local_day
from abonent.common.transactions import outermost
from abonent.domain.accounts.queries import sees_account
from abonent.domain.accounts.queries.cards import account_numbers
from abonent.domain.accounts.queries.letter_links import LetterMark, ending_url, letter_url
from abonent.domain.accounts.rules import LetterPurpose, masked_number
from abonent.domain.messaging import operations as messaging
from abonent.domain.messaging.queries.subscriptions import SubscriptionView, waiting_subscriptions
from abonent.domain.messaging.rules import Channel, SubscriptionKind
from abonent.domain.messaging.rules.letters import Letter
from abonent.domain.metering.queries.unsent import (
    DueMeter,
    accounts_without_readings,
    meters_due,
    windows_of_services,
)
from abonent.domain.metering.rules.reminders import (
    VERIFICATION_STAGES,
    DueVerification,
    closes_soon,
    readings_letter,
    readings_sms,
    stage_reached,
    verification_letter,
    verification_sms,
)
from abonent.domain.metering.rules.windows import ReadingWindow
from abonent.domain.suppliers import queries as suppliers
from abonent.domain.suppliers.queries import SupplierView

_BATCH = 500
_LONG_AGO = date(1990, 1, 1)


@dataclass(frozen=True)
class _Words:
    """A reminder as a letter and as an SMS."""

    letter: Letter
    sms: str


def remind_of_readings(*, supplier_id: int, now: datetime) -> int:
    """Remind whoever asked for it and has not sent readings; return how many were reminded.

    Once a window, in its last four days. What was sent already by any channel needs no
    reminder; a reading that was set aside does. May be stopped and done anew.
    """
    supplier = suppliers.supplier_by_id(supplier_id)
    today = local_day(now, supplier.timezone)
    windows = {
        service: window
        for service, window in windows_of_services(supplier_id=supplier_id, today=today).items()
        if closes_soon(window)
    }
    if not windows:
        return 0
    first = min(windows.values(), key=lambda one: one.last)
    periods = {service: window.period for service, window in windows.items()}

    def words(one: SubscriptionView, account: str) -> _Words:
        return _readings_words(supplier, one, account, first)

    sent = 0
    for batch in _batches(supplier_id, SubscriptionKind.READINGS, first.last):
        unsent = accounts_without_readings(
            supplier_id=supplier_id,
            account_ids=[one.account_id for one in batch],
            periods=periods,
        )
        sent += _remind([one for one in batch if one.account_id in unsent], supplier, words,
                        through=first.last, now=now)  # fmt: skip
    return sent


def remind_of_verification(*, supplier_id: int, now: datetime) -> int:
    """Remind of meters whose verification ends; return how many people were reminded.

    Sixty and fourteen days before, and on the last day; each stage once. May be stopped and
    done anew.
    """
    supplier = suppliers.supplier_by_id(supplier_id)
    today = local_day(now, supplier.timezone)
    horizon = date.fromordinal(today.toordinal() + max(VERIFICATION_STAGES))
    sent = 0
    for batch in _batches(supplier_id, SubscriptionKind.VERIFICATION, today):
        due = _due_by_account(
            meters_due(
                supplier_id=supplier_id,
                account_ids=[one.account_id for one in batch],
                since=_LONG_AGO,
                until=horizon,
            )
        )
        told = {one.id: _reached(due.get(one.account_id, []), one, today) for one in batch}

        def words(
            one: SubscriptionView, account: str, told: dict[int, list[DueVerification]] = told
        ) -> _Words:
            return _verification_words(supplier, one, account, told[one.id])

        sent += _remind([one for one in batch if told[one.id]], supplier, words,
                        through=today, now=now)  # fmt: skip
    return sent


def _batches(
    supplier_id: int, kind: SubscriptionKind, through: date
) -> Iterator[list[SubscriptionView]]:
    """Yield the subscriptions that were not told through this day."""
    after = 0
    while batch := waiting_subscriptions(
        supplier_id=supplier_id, kind=kind, through=through, after=after, limit=_BATCH
    ):
        after = batch[-1].id
        yield batch


def _remind(
    batch: Sequence[SubscriptionView],
    supplier: SupplierView,
    words: Callable[[SubscriptionView, str], _Words],
    *,
    through: date,
    now: datetime,
) -> int:
    """Tell each of them, or end what nobody may be told any more."""
    numbers = account_numbers(
        supplier_id=supplier.id, account_ids=[one.account_id for one in batch]
    )
    return sum(
        _tell(one, words(one, masked_number(numbers[one.account_id])), through, now)
        for one in batch
    )


@outermost
def _tell(one: SubscriptionView, words: _Words, through: date, now: datetime) -> bool:
    """Write a reminder and its mark together; a person who sees the account no more gets none."""
    if one.user_id is not None and not sees_account(
        user_id=one.user_id, supplier_id=one.supplier_id, account_id=one.account_id, now=now
    ):
        messaging.end_subscription(supplier_id=one.supplier_id, subscription_id=one.id, now=now)
        return False
    if not messaging.mark_served(
        supplier_id=one.supplier_id, subscription_id=one.id, through=through
    ):
        return False
    key = f"remind:{one.id}:{through}"
    if one.channel == Channel.EMAIL:
        messaging.enqueue_letter(
            supplier_id=one.supplier_id,
            recipient=one.recipient,
            kind=f"remind_{one.kind}",
            letter=words.letter,
            key=key,
            now=now,
        )
    else:
        messaging.enqueue(
            supplier_id=one.supplier_id,
            channel=one.channel,
            recipient=one.recipient,
            kind=f"remind_{one.kind}",
            subject=words.letter.subject,
            body=words.sms,
            key=key,
            now=now,
        )
    return True


def _readings_words(
    supplier: SupplierView, one: SubscriptionView, account: str, window: ReadingWindow
) -> _Words:
    mark = LetterMark(supplier.id, one.account_id, subscription_id=one.id, user_id=one.user_id)
    return _Words(
        letter=readings_letter(
            sender=supplier.called,
            account=account,
            window=window,
            url=letter_url(supplier, mark, LetterPurpose.READINGS),
            end_url=ending_url(supplier, one.id),
        ),
        sms=readings_sms(account=account, window=window, cabinet=suppliers.cabinet_url(supplier)),
    )


def _verification_words(
    supplier: SupplierView, one: SubscriptionView, account: str, due: list[DueVerification]
) -> _Words:
    cabinet = suppliers.cabinet_url(supplier)
    return _Words(
        letter=verification_letter(
            sender=supplier.called,
            account=account,
            due=due,
            cabinet=f"{cabinet}/",
            end_url=ending_url(supplier, one.id),
        ),
        sms=verification_sms(account=account, due=due, cabinet=cabinet),
    )


def _due_by_account(meters: Sequence[DueMeter]) -> dict[int, list[DueMeter]]:
    found: dict[int, list[DueMeter]] = {}
    for one in meters:
        found.setdefault(one.account_id, []).append(one)
    return found


def _reached(
    meters: Sequence[DueMeter], one: SubscriptionView, today: date
) -> list[DueVerification]:
    """Return all meters that are near their day, if a stage of any of them has come."""
    if not any(
        stage_reached(meter.verified_until, told_on=one.served_through, today=today)
        for meter in meters
    ):
        return []
    return [DueVerification(m.service_name, m.serial, m.verified_until) for m in meters]
