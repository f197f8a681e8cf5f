"""How a row moves: locked, fenced by its version, with its history and its calls kept."""

import logging
from datetime import datetime

from django.db import connection

from abonent.domain.payments.models import Payment, PaymentMove, ProviderCall
from abonent.domain.payments.ports import Exchange
from abonent.domain.payments.rules import (
    CAME_TO_NOTHING,
    FINAL,
    Fact,
    PaymentState,
    next_look,
    next_state,
)

_log = logging.getLogger("abonent.payments")


def be_brief() -> None:
    """Let no transaction about money wait long for others, or be waited for (TRUST R9)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL lock_timeout = '3s'; SET LOCAL statement_timeout = '15s';"
            " SET LOCAL idle_in_transaction_session_timeout = '30s'"
        )


def locked(payment_id: int, version: int) -> Payment | None:
    """Lock the payment if it is still at the version seen; None tells a zombie that it lost."""
    row = Payment.objects.select_for_update().get(pk=payment_id)
    return row if row.version == version else None


def move(row: Payment, fact: Fact, *, cause: str, now: datetime) -> bool:
    """Take a locked payment where the table sends it; True when its state has changed.

    The caller saves the row by ``save_fenced``.
    """
    before = PaymentState(row.state)
    after = next_state(before, fact)
    if after != before:
        row.state = after
        row.state_since = now
        PaymentMove.objects.create(
            payment_id=row.pk,
            version=row.version + 1,
            before=before,
            after=after,
            cause=cause,
            moved_at=now,
        )
        if after == PaymentState.QUARANTINED:
            _log.error("payment %s quarantined (%s)", row.pk, cause)
    row.next_check_at = next_look(
        state=after, since=row.state_since, deadline=row.deadline_at, now=now
    )
    if row.next_check_at is None and after not in FINAL | CAME_TO_NOTHING:
        _log.error("payment %s is left to the operator: %s", row.pk, after)
    return after != before


def save_fenced(row: Payment) -> None:
    """Write a locked payment and raise its version; a lost race is a programming error here."""
    seen = row.version
    row.version = seen + 1
    values = {
        field.attname: getattr(row, field.attname)
        for field in Payment._meta.concrete_fields  # noqa: SLF001  (Django's documented API)
        if field.attname not in {"id", "uuid", "asked"}
    }
    if Payment.objects.filter(pk=row.pk, version=seen).update(**values) != 1:
        message = f"payment {row.pk} moved under its lock"
        raise RuntimeError(message)


def keep_call(payment_id: int, exchange: Exchange, now: datetime) -> None:
    """Keep a masked question and its answer beside the payment."""
    ProviderCall.objects.create(
        payment_id=payment_id,
        question=exchange.question[:160],
        request=exchange.request,
        status=exchange.status,
        response=exchange.response,
        problem=exchange.problem[:160],
        milliseconds=exchange.milliseconds,
        called_at=now,
    )
