"""The janitor: looks after payments and notices whose time has come (TRUST R11)."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.db import DatabaseError
from django.db.models import Max

from abonent.domain.payments.models import FiscalReceipt, Notice, Payment, Refund
from abonent.domain.payments.operations.fiscal import ask_receipt
from abonent.domain.payments.operations.giving_back import settle_refund
from abonent.domain.payments.operations.notices import handle_notice
from abonent.domain.payments.operations.settling import Heard, settle
from abonent.domain.payments.ports import WHOLE_CALL
from abonent.domain.payments.rules import PaymentState
from abonent.domain.payments.rules.schedule import PROBE_EVERY

_log = logging.getLogger("abonent.payments")

_AT_ONCE = 200
# After so many silent answers in a row the bank is left alone until the next minute.
_PATIENCE = 3
_NOTICE_AFTER = timedelta(minutes=1)
_NOTICE_UNTIL = timedelta(hours=24)


class _Round:
    """One round: counts what was heard of each bank and stops asking a silent one."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.asked = 0
        self.silent: Counter[str] = Counter()
        self.answered: set[str] = set()
        self.seen: set[int] = set()

    def ask(self, channel: str, question: Callable[[], Heard]) -> None:
        """Ask one bank once, unless it has been silent too often in this round."""
        if self.silent[channel] >= _PATIENCE:
            return
        try:
            heard = question()
        except DatabaseError:
            # A lock that could not be had, a connection that broke: the next round repeats.
            _log.exception("the janitor could not finish a payment of %s", channel)
            return
        self.asked += 1
        if heard == Heard.SILENT:
            self.silent[channel] += 1
        elif heard == Heard.ANSWERED:
            self.silent[channel] = 0
            self.answered.add(channel)

    def settle(self, payment_id: int, channel: str) -> None:
        """Settle one payment, once a round."""
        if payment_id in self.seen:
            return
        self.seen.add(payment_id)
        self.ask(
            channel,
            lambda: settle(payment_id, cause="janitor", seconds=WHOLE_CALL, now=self.now),
        )

    def refund(self, refund_id: int, channel: str) -> None:
        """Send a refund that may go, or ask about one under way."""
        self.ask(
            channel,
            lambda: settle_refund(refund_id, cause="janitor", seconds=WHOLE_CALL, now=self.now),
        )

    def receipt(self, receipt_id: int, channel: str) -> None:
        """Ask what became of a receipt."""
        self.ask(
            channel, lambda: ask_receipt(receipt_id=receipt_id, seconds=WHOLE_CALL, now=self.now)
        )

    def weigh(self, notice_id: int, channel: str) -> None:
        """Weigh one open notice."""
        self.ask(channel, lambda: handle_notice(notice_id=notice_id, now=self.now))


def settle_awaiting(*, now: datetime) -> int:
    """Ask about all whose time has come; return how often a bank was asked.

    These are payments, refunds, receipts and open notices. Reads business tables only, so
    lost jobs and lost notices do not matter. A bank that is silent three times running is
    left alone until the next round. Once a bank answers again, its unknown payments are
    asked about at once; while it is silent, one of them every ten minutes finds that out
    (TRUST I7). No refusals.
    """
    current = _Round(now)
    for payment_id, channel in _due(now):
        current.settle(payment_id, channel)
    for payment_id, channel in _probes(now):
        current.settle(payment_id, channel)
    for refund_id, channel in _refunds_due(now):
        current.refund(refund_id, channel)
    for receipt_id, channel in _receipts_due(now):
        current.receipt(receipt_id, channel)
    for notice_id, channel in _open_notices(now):
        current.weigh(notice_id, channel)
    for channel in sorted(current.answered):
        for payment_id in _unknown(channel):
            current.settle(payment_id, channel)
    return current.asked


def _due(now: datetime) -> Iterator[tuple[int, str]]:
    """Return payments whose next look has come, the longest waiting first."""
    rows = Payment.objects.filter(next_check_at__lte=now).order_by("next_check_at", "pk")
    yield from rows.values_list("pk", "channel")[:_AT_ONCE]


def _refunds_due(now: datetime) -> list[tuple[int, str]]:
    """Return refunds whose next look has come, with the bank of their payment."""
    rows = Refund.objects.filter(next_check_at__lte=now).order_by("next_check_at", "pk")
    return _with_banks(list(rows.values_list("pk", "payment_id")[:_AT_ONCE]))


def _receipts_due(now: datetime) -> list[tuple[int, str]]:
    """Return receipts whose next look has come, with the bank of their payment."""
    rows = FiscalReceipt.objects.filter(next_check_at__lte=now).order_by("next_check_at", "pk")
    return _with_banks(list(rows.values_list("pk", "payment_id")[:_AT_ONCE]))


def _with_banks(due: list[tuple[int, int]]) -> list[tuple[int, str]]:
    """Put the channel of its payment beside each."""
    paid = Payment.objects.filter(pk__in={payment_id for _, payment_id in due})
    channels = dict(paid.values_list("pk", "channel"))
    return [(own_id, channels[payment_id]) for own_id, payment_id in due]


def _probes(now: datetime) -> Iterator[tuple[int, str]]:
    """Return for each bank that was not asked lately its longest unasked unknown payment."""
    unknown = Payment.objects.filter(state=PaymentState.UNKNOWN, next_check_at__isnull=False)
    for row in unknown.values("channel").annotate(last=Max("checked_at")).order_by("channel"):
        if row["last"] is None or now - row["last"] >= PROBE_EVERY:
            oldest = unknown.filter(channel=row["channel"]).order_by("checked_at", "pk").first()
            if oldest is not None:
                yield oldest.pk, oldest.channel


def _unknown(channel: str) -> list[int]:
    """Return the unknown payments of a bank, the longest unasked first."""
    rows = Payment.objects.filter(
        state=PaymentState.UNKNOWN, channel=channel, next_check_at__isnull=False
    ).order_by("checked_at", "pk")
    return list(rows.values_list("pk", flat=True)[:_AT_ONCE])


def _open_notices(now: datetime) -> list[tuple[int, str]]:
    """Return notices whose job was lost or whose bank was silent."""
    rows = Notice.objects.filter(
        handled_at__isnull=True,
        received_at__lte=now - _NOTICE_AFTER,
        received_at__gt=now - _NOTICE_UNTIL,
    ).order_by("received_at", "pk")
    return list(rows.values_list("pk", "channel")[:_AT_ONCE])
