"""``abonent staff``: who works for a supplier (docs/guides/appeals.md)."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from abonent.common import clock
from abonent.common.refusals import NotFound, Refusal
from abonent.domain.identity import operations as identity
from abonent.domain.identity import queries as people
from abonent.domain.identity.rules import ROLE_NAMES, Role
from abonent.domain.suppliers import queries as suppliers
from abonent.domain.suppliers.queries import SupplierView


class Command(BaseCommand):
    """Give, list and end the roles of staff."""

    help = "Роли сотрудников поставщика: дать, показать, снять"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the three deeds."""
        deeds = parser.add_subparsers(dest="deed", required=True)
        add = deeds.add_parser("add", help="дать роль; кабинета нет – завести его")
        add.add_argument("--email", required=True, help="почта сотрудника")
        add.add_argument("--name", default="", help="фамилия, имя, отчество для нового кабинета")
        add.add_argument("--role", required=True, choices=list(Role), help="роль")
        add.add_argument("--branch", default="", help="код филиала; пусто – все филиалы")
        deeds.add_parser("list", help="показать роли")
        end = deeds.add_parser("end", help="снять роль")
        end.add_argument("--id", type=int, required=True, help="номер роли из списка")
        for deed in deeds.choices.values():
            deed.add_argument("--supplier", required=True, help="код поставщика")

    def handle(self, **options: Any) -> None:
        """Do it and say what became true."""
        supplier = suppliers.get_supplier(options["supplier"])
        if options["deed"] == "add":
            self._add(supplier, options)
        elif options["deed"] == "end":
            with transaction.atomic():
                identity.end_role(
                    role_id=options["id"], supplier_id=supplier.id, actor_id=None, now=clock.now()
                )
            self.stdout.write("Роль снята.")
        else:
            self._list(supplier)

    def _add(self, supplier: SupplierView, options: dict[str, Any]) -> None:
        branches = {branch.code for branch in suppliers.branches(supplier_id=supplier.id)}
        if options["branch"] and options["branch"] not in branches:
            names = ", ".join(sorted(branches)) or "ни одного"
            text = f"Филиала «{options['branch']}» нет. Есть: {names}."
            raise NotFound(text)
        with transaction.atomic():
            user_id = self._user(options)
            role_id = identity.give_role(
                user_id=user_id, supplier_id=supplier.id, role=Role(options["role"]),
                branch=options["branch"], actor_id=None, now=clock.now(),
            )  # fmt: skip
        self.stdout.write(
            f"Роль {role_id}: {options['email']}, {ROLE_NAMES[Role(options['role'])]}."
        )

    def _user(self, options: dict[str, Any]) -> int:
        """Return the person with this mailbox, registering them when a name is given."""
        known = people.user_by_email(options["email"])
        if known is not None:
            return known.id
        if not options["name"]:
            raise Refusal("Кабинета с этой почтой нет. Укажите имя в --name, и мы заведём его.")
        return identity.register_user(
            full_name=options["name"], email=options["email"], phone="", password=None,
            actor_id=None, now=clock.now(),
        )  # fmt: skip

    def _list(self, supplier: SupplierView) -> None:
        members = people.staff_of(supplier_id=supplier.id)
        views = people.user_views({member.user_id for member in members})
        for member in members:
            person = views[member.user_id]
            place = member.branch or "все филиалы"
            self.stdout.write(
                f"{member.role_id}\t{ROLE_NAMES[member.role]}\t{place}\t{person.name}\t{person.email}"
            )
