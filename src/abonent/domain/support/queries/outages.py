"""News and outages for everybody, and what a letter's link is about."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing

from abonent.common.refusals import NotFound
from abonent.domain.support import models
from abonent.domain.support.rules.outages import street_key, touches

_NO_WATCH = "Ссылка не подошла или устарела. Подпишитесь заново на странице отключений."
CONFIRMED_WITHIN = timedelta(days=3)


@dataclass(frozen=True)
class NewsView:
    """A piece of news."""

    title: str
    text: str
    published_at: datetime


@dataclass(frozen=True)
class OutageView:
    """An outage; ``is_now`` says that it has begun."""

    id: int
    service: str
    places: tuple[str, ...]
    reason: str
    begins_at: datetime
    ends_at: datetime | None
    is_now: bool


@dataclass(frozen=True)
class WatchView:
    """What a letter's link is about: the street, and how the watch stands."""

    id: int
    street: str
    is_confirmed: bool
    is_ended: bool


def news(*, supplier_id: int, now: datetime, limit: int = 20) -> list[NewsView]:
    """Return what was published and not withdrawn, the newest first. One statement."""
    rows = models.NewsItem.objects.filter(
        supplier_id=supplier_id, withdrawn_at=None, published_at__lte=now
    )
    return [
        NewsView(row.title, row.text, row.published_at)
        for row in rows.order_by("-published_at", "-pk")[:limit]
    ]


def outages(*, supplier_id: int, now: datetime, street: str = "") -> list[OutageView]:
    """Return the outages that stand or are to come, of one street when given. One statement."""
    rows = models.Outage.objects.filter(supplier_id=supplier_id, ended_at=None)
    standing = [
        row for row in rows.order_by("begins_at", "pk") if not row.ends_at or row.ends_at > now
    ]
    key = street_key(street)
    return [
        OutageView(
            id=row.pk,
            service=row.service,
            places=tuple(line.strip() for line in row.places.splitlines() if line.strip()),
            reason=row.reason,
            begins_at=row.begins_at,
            ends_at=row.ends_at,
            is_now=row.begins_at <= now,
        )
        for row in standing
        if not key or touches(row.places, key)
    ]


def watch_token(watch_id: int, purpose: str) -> str:
    """Return what stands in a letter's link; one purpose's opens no other."""
    return signing.dumps(watch_id, salt=f"support.outage.{purpose}")


def watch_of(*, supplier_id: int, token: str, purpose: str) -> WatchView:
    """Return the watch of a letter's link; refuses with NotFound a forged or an old one.

    The link that confirms lives three days, the one that ends lives for ever.
    """
    try:
        watch_id = signing.loads(
            token,
            salt=f"support.outage.{purpose}",
            max_age=CONFIRMED_WITHIN if purpose == "confirm" else None,
        )
    except signing.BadSignature as error:
        raise NotFound(_NO_WATCH) from error
    row = models.OutageWatch.objects.filter(pk=watch_id, supplier_id=supplier_id).first()
    if row is None:
        raise NotFound(_NO_WATCH)
    return WatchView(row.pk, row.street, row.confirmed_at is not None, row.ended_at is not None)
