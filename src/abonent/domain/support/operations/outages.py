"""News and outages: announced by the supplier, told to the mailboxes that asked for it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from abonent.common.refusals import Refusal
from abonent.common.transactions import outermost
from abonent.common.words import moment_in_words
from abonent.domain.journal import operations as journal
from abonent.domain.messaging import operations as messaging
from abonent.domain.messaging.queries import count_since
from abonent.domain.suppliers import queries as suppliers
from abonent.domain.suppliers.queries import SupplierView, cabinet_url
from abonent.domain.support import models
from abonent.domain.support.queries.outages import CONFIRMED_WITHIN, watch_of, watch_token
from abonent.domain.support.rules.outages import LONGEST_STREET, street_key, streets_of, touched

_LETTERS_A_DAY = 3
_DAY = timedelta(days=1)


class UnfitAnnouncement(Refusal):
    """An announcement that tells too little or contradicts itself."""


@outermost
def publish_news(
    *, supplier_id: int, title: str, text: str, actor_id: int | None, now: datetime
) -> int:
    """Show a piece of news to everybody from now on; refuses an empty one."""
    if not title.strip() or not text.strip():
        raise UnfitAnnouncement("У новости нужны заголовок и текст.")
    row = models.NewsItem.objects.create(
        supplier_id=supplier_id, title=title.strip()[:160], text=text.strip(), published_at=now
    )
    _record(supplier_id, actor_id, "news_published", f"news:{row.pk}", now)
    return int(row.pk)


@outermost
def announce_outage(
    *,
    supplier_id: int,
    service: str,
    places: str,
    reason: str,
    begins_at: datetime,
    ends_at: datetime | None,
    actor_id: int | None,
    now: datetime,
) -> int:
    """Show an outage to everybody and write to whoever watches one of its streets.

    ``places`` has a line for each street. Returns the identifier. Refuses with
    UnfitAnnouncement when no street is named or the end is not after the beginning.
    """
    if not streets_of(places):
        raise UnfitAnnouncement("Назовите улицы, каждую с новой строки.")
    if ends_at is not None and ends_at <= begins_at:
        raise UnfitAnnouncement("Конец отключения раньше начала. Проверьте время.")
    row = models.Outage.objects.create(
        supplier_id=supplier_id, service=service, places=places, reason=reason,
        begins_at=begins_at, ends_at=ends_at, announced_at=now,
    )  # fmt: skip
    _record(supplier_id, actor_id, "outage_announced", f"outage:{row.pk}", now)
    _tell(row, now)
    return int(row.pk)


@outermost
def end_outage(*, supplier_id: int, outage_id: int, actor_id: int | None, now: datetime) -> None:
    """Take an outage off the page: the service is there again, or it was called off."""
    rows = models.Outage.objects.filter(pk=outage_id, supplier_id=supplier_id, ended_at=None)
    if not rows.update(ended_at=now):
        raise UnfitAnnouncement("Такого отключения нет или оно уже снято.")
    _record(supplier_id, actor_id, "outage_ended", f"outage:{outage_id}", now)


@outermost
def ask_watch(*, supplier_id: int, street: str, email: str, now: datetime) -> None:
    """Write to a mailbox to learn whether its owner wants to be told of a street's outages.

    A mailbox gets at most three such letters a day and a watch that is confirmed gets none:
    whoever asks learns nothing of either. Refuses with UnfitAnnouncement a street without a
    word of its own.
    """
    key = street_key(street)
    if not key:
        raise UnfitAnnouncement("Напишите улицу, например: Малышева", field="street")
    supplier, mailbox = suppliers.supplier_by_id(supplier_id), email.strip().lower()
    row, _ = models.OutageWatch.objects.get_or_create(
        supplier_id=supplier_id,
        street_key=key,
        email=mailbox,
        ended_at=None,
        defaults={"street": street.strip()[:LONGEST_STREET], "asked_at": now},
    )
    written = count_since(channel="email", recipient=mailbox, since=now - _DAY)
    if row.confirmed_at is not None or written >= _LETTERS_A_DAY:
        return
    link = _link(supplier, row.pk, "confirm")
    body = (
        f"Здравствуйте!\n\nКто-то попросил сообщать на эту почту об отключениях: {row.street}.\n\n"
        f"Если это вы, подтвердите: {link}\nСсылка действует 3\u00a0дня.\n\nЕсли не вы, ничего "
        f"делать не нужно: писем не будет.\n\n{supplier.called}\n"
    )
    messaging.enqueue(
        supplier_id=supplier_id, channel="email", recipient=mailbox, kind="outage_watch",
        subject="Подтвердите подписку на отключения", body=body, now=now,
    )  # fmt: skip


@outermost
def confirm_watch(*, supplier_id: int, token: str, now: datetime) -> None:
    """Let the watch of a letter's link count; pressed again it changes nothing."""
    found = watch_of(supplier_id=supplier_id, token=token, purpose="confirm")
    rows = models.OutageWatch.objects.filter(pk=found.id, ended_at=None, confirmed_at=None)
    rows.update(confirmed_at=now)


@outermost
def end_watch(*, supplier_id: int, token: str, now: datetime) -> None:
    """End the watch of a letter's link; pressed again it changes nothing."""
    found = watch_of(supplier_id=supplier_id, token=token, purpose="end")
    models.OutageWatch.objects.filter(pk=found.id, ended_at=None).update(ended_at=now)


@outermost
def forget_unconfirmed(*, now: datetime) -> int:
    """Remove the watches that nobody confirmed in time, and those that ended; return how many.

    A job of the night: a mailbox that was typed by somebody else is not kept.
    """
    rows = models.OutageWatch.objects
    stale = rows.filter(confirmed_at=None, asked_at__lt=now - CONFIRMED_WITHIN)
    return sum(found.delete()[0] for found in (stale, rows.exclude(ended_at=None)))


def _tell(row: models.Outage, now: datetime) -> None:
    """Write to the confirmed mailboxes of the streets, each once about this outage."""
    watches = models.OutageWatch.objects.filter(supplier_id=row.supplier_id, ended_at=None)
    confirmed = list(watches.exclude(confirmed_at=None).order_by("pk"))
    keys = touched(row.places, {watch.street_key for watch in confirmed})
    supplier = suppliers.supplier_by_id(row.supplier_id)
    zone = ZoneInfo(supplier.timezone)
    begins = moment_in_words(row.begins_at.astimezone(zone))
    until = f", до {moment_in_words(row.ends_at.astimezone(zone))}" if row.ends_at else ""
    for watch in confirmed:
        if watch.street_key not in keys:
            continue
        body = (
            f"Здравствуйте!\n\n{row.service}: отключение с {begins}{until}.\n"
            f"Причина: {row.reason}.\n\nГде:\n{row.places}\n\n"
            f"Вы подписаны на отключения: {watch.street}. Отписаться: "
            f"{_link(supplier, watch.pk, 'end')}\n\n{supplier.called}\n"
        )
        messaging.enqueue(
            supplier_id=row.supplier_id, channel="email", recipient=watch.email,
            kind="outage", subject=f"Отключение: {row.service}", body=body, now=now,
            key=f"outage:{row.pk}:{watch.email}",
        )  # fmt: skip


def _link(supplier: SupplierView, watch_id: int, purpose: str) -> str:
    return f"{cabinet_url(supplier)}/outages/{purpose}/{watch_token(watch_id, purpose)}/"


def _record(
    supplier_id: int, actor_id: int | None, action: str, subject: str, now: datetime
) -> None:
    journal.record(
        supplier_id=supplier_id, actor_id=actor_id, action=action, subject=subject, details={},
        now=now,
    )  # fmt: skip
