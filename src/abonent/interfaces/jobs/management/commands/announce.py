"""``abonent announce``: news and outages of a supplier (docs/guides/appeals.md)."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand

from abonent.common import clock
from abonent.domain.suppliers import queries as suppliers
from abonent.domain.suppliers.queries import SupplierView
from abonent.domain.support import operations as support
from abonent.domain.support.operations import UnfitAnnouncement


class Command(BaseCommand):
    """Publish news, announce an outage, take an outage off the page."""

    help = "Новости и отключения: объявить, снять"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the three deeds."""
        deeds = parser.add_subparsers(dest="deed", required=True)
        news = deeds.add_parser("news", help="новость")
        news.add_argument("--title", required=True)
        news.add_argument("--text", required=True)
        outage = deeds.add_parser("outage", help="отключение; подписанным уходят письма")
        outage.add_argument("--service", required=True, help="услуга словами")
        outage.add_argument("--place", required=True, action="append", help="улица и дома")
        outage.add_argument("--reason", required=True)
        outage.add_argument("--begins", required=True, help="2026-11-30T09:00, время поставщика")
        outage.add_argument("--ends", default="", help="то же; пусто – срок не известен")
        end = deeds.add_parser("end", help="снять отключение")
        end.add_argument("--id", type=int, required=True)
        for deed in deeds.choices.values():
            deed.add_argument("--supplier", required=True, help="код поставщика")

    def handle(self, **options: Any) -> None:
        """Do it and say under which number."""
        supplier, now = suppliers.get_supplier(options["supplier"]), clock.now()
        if options["deed"] == "news":
            number = support.publish_news(
                supplier_id=supplier.id, title=options["title"], text=options["text"],
                actor_id=None, now=now,
            )  # fmt: skip
            self.stdout.write(f"Новость {number} опубликована.")
        elif options["deed"] == "end":
            support.end_outage(
                supplier_id=supplier.id, outage_id=options["id"], actor_id=None, now=now
            )
            self.stdout.write("Отключение снято.")
        else:
            number = support.announce_outage(
                supplier_id=supplier.id, service=options["service"],
                places="\n".join(options["place"]), reason=options["reason"],
                begins_at=_moment(options["begins"], supplier),
                ends_at=_moment(options["ends"], supplier) if options["ends"] else None,
                actor_id=None, now=now,
            )  # fmt: skip
            self.stdout.write(f"Отключение {number} объявлено.")


def _moment(text: str, supplier: SupplierView) -> datetime:
    """Return a moment by the clock of the supplier's place."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(supplier.timezone))
    except ValueError as error:
        message = f"«{text}» не время. Пишите так: 2026-11-30T09:00."
        raise UnfitAnnouncement(message) from error
