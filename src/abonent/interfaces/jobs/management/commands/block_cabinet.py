"""``abonent block-cabinet``: the hotline closes a stolen cabinet and, later, opens it."""

from argparse import ArgumentParser
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError

from abonent.common import clock
from abonent.common.refusals import NotFound
from abonent.domain.accounts.queries import read_sign_in_name
from abonent.domain.identity.queries import user_by_login
from abonent.domain.identity.rules import BlockChannel
from abonent.domain.journeys.block_cabinet import block_cabinet, unblock_cabinet
from abonent.domain.suppliers import queries as suppliers
from abonent.domain.suppliers.queries import SupplierView
from abonent.interfaces.jobs.arguments import day_argument


class Command(BaseCommand):
    """Block the cabinet of a person, or open one by the number of its request."""

    help = "Заблокировать украденный кабинет по звонку или открыть его по номеру заявки"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options of docs/guides/stolen-cabinet.md."""
        parser.add_argument("--supplier", required=True, help="код поставщика")
        parser.add_argument("--by", default="", help="логин сотрудника")
        parser.add_argument("--why", default="", help="что сказал человек или чем подтвердил себя")
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--who", help="почта, телефон, логин или лицевой счёт человека")
        which.add_argument("--open", metavar="НОМЕР", help="открыть кабинет по номеру заявки")
        parser.add_argument(
            "--since", type=day_argument, help="отменить показания, переданные с этого дня"
        )

    def handle(self, **options: Any) -> None:
        """Do it; the number of the request goes to standard output."""
        supplier = suppliers.get_supplier(options["supplier"])
        actor = user_by_login(options["by"])
        if options["by"] and (actor is None or not actor.is_staff):
            raise CommandError("Укажите в --by логин сотрудника.")
        actor_id, now = actor.id if actor else None, clock.now()
        if options["open"]:
            if not options["why"]:
                raise CommandError("Укажите --why: чем человек подтвердил, кто он.")
            unblock_cabinet(
                number=options["open"],
                supplier_id=supplier.id,
                actor_id=actor_id,
                why=options["why"],
                now=now,
            )
            self.stdout.write("Кабинет открыт. Человеку нужно задать новый пароль.")
            return
        self._block(supplier, options, actor_id, now)

    def _block(
        self, supplier: SupplierView, options: dict[str, Any], actor_id: int | None, now: datetime
    ) -> None:
        named = read_sign_in_name(supplier_id=supplier.id, text=options["who"], now=now)
        if named.user is None:
            raise NotFound("Такого кабинета нет. Проверьте почту, телефон или номер счёта.")
        day = options["since"]
        since = datetime.combine(day, time(), ZoneInfo(supplier.timezone)) if day else None
        done = block_cabinet(
            user_id=named.user.id,
            supplier_id=supplier.id,
            channel=BlockChannel.HOTLINE,
            actor_id=actor_id,
            why=options["why"],
            suspected_since=since,
            now=now,
        )
        self.stdout.write(f"Заявка {done.number}. Кабинет заблокирован.")
        if done.set_aside:
            numbers = ", ".join(one.number for one in done.set_aside)
            self.stdout.write(f"Отменены показания: {numbers}.")
