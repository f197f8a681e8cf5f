"""Reminders: readings before the window closes, verification before it ends."""

from collections.abc import Sequence
from datetime import date, datetime

from abonent.common.clock import local_day
from abonent.domain.accounts.operations.reminding import (
    ReminderWords,
    remind_each,
    waiting_batches,
)
from abonent.domain.accounts.queries.letter_links import LetterMark, ending_url, letter_url
from abonent.domain.accounts.rules import LetterPurpose
from abonent.domain.messaging.queries.subscriptions import SubscriptionView
from abonent.domain.messaging.rules import SubscriptionKind
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

_LONG_AGO = date(1990, 1, 1)


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

    def words(one: SubscriptionView, account: str) -> ReminderWords:
        return _readings_words(supplier, one, account, first)

    sent = 0
    for batch in waiting_batches(supplier_id, SubscriptionKind.READINGS, first.last):
        unsent = accounts_without_readings(
            supplier_id=supplier_id,
            account_ids=[one.account_id for one in batch],
            periods=periods,
        )
        sent += remind_each([one for one in batch if one.account_id in unsent], supplier, words,
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
    for batch in waiting_batches(supplier_id, SubscriptionKind.VERIFICATION, today):
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
        ) -> ReminderWords:
            return _verification_words(supplier, one, account, told[one.id])

        sent += remind_each([one for one in batch if told[one.id]], supplier, words,
                        through=today, now=now)  # fmt: skip
    return sent


def _readings_words(
    supplier: SupplierView, one: SubscriptionView, account: str, window: ReadingWindow
) -> ReminderWords:
    mark = LetterMark(supplier.id, one.account_id, subscription_id=one.id, user_id=one.user_id)
    return ReminderWords(
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
) -> ReminderWords:
    cabinet = suppliers.cabinet_url(supplier)
    return ReminderWords(
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
