"""``abonent refund``: money of a payment goes back to where it came from."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from abonent.common import clock
from abonent.common.identifiers import new_uuid
from abonent.common.money import format_kopecks, parse_kopecks
from abonent.common.refusals import Refusal
from abonent.domain.accounts.queries.linking import account_id_of
from abonent.domain.identity.queries import user_by_login
from abonent.domain.payments import operations as payments
from abonent.domain.payments import queries
from abonent.domain.payments.queries import RefundView
from abonent.domain.suppliers import queries as suppliers
from abonent.interfaces.jobs.arguments import day_argument


class Command(BaseCommand):
    """Ask for a refund, decide about one, record a charge-back, list what waits."""

    help = "Возврат платежа: попросить, подтвердить, отклонить, записать спор, показать очередь"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options of docs/guides/refunds.md."""
        parser.add_argument("action", choices=["ask", "approve", "reject", "chargeback", "list"])
        parser.add_argument("--supplier", required=True, help="код поставщика")
        parser.add_argument("--by", help="логин сотрудника")
        parser.add_argument("--payment", help="номер платежа, например П-2026-1124-17")
        parser.add_argument("--account", help="лицевой счёт, с которого снять деньги")
        parser.add_argument("--amount", help="сумма в рублях, например 120,50")
        parser.add_argument("--why", default="", help="причина")
        parser.add_argument("--refund", type=int, help="номер возврата из списка")
        parser.add_argument("--external-id", default="", help="номер спора в банке")
        parser.add_argument("--on", type=day_argument, help="день спора, обычно сегодня")

    def handle(self, **options: Any) -> None:
        """Do what was asked; where the refund stands goes to standard output."""
        supplier = suppliers.get_supplier(options["supplier"])
        if options["action"] == "list":
            self._list(supplier.id)
            return
        actor = user_by_login(options["by"] or "")
        if actor is None or not actor.is_staff:
            raise CommandError("Укажите --by: логин сотрудника, который это делает.")
        today = clock.local_day(clock.now(), supplier.timezone)
        try:
            done = self._do(supplier.id, actor.id, options, today)
        except Refusal as refusal:
            raise CommandError(refusal.text) from refusal
        self._show(done)

    def _do(
        self, supplier_id: int, actor_id: int, options: dict[str, Any], today: date
    ) -> RefundView:
        now = clock.now()
        if options["action"] in {"approve", "reject"}:
            if options["refund"] is None:
                raise CommandError("Укажите --refund: номер возврата из списка.")
            decide = (
                payments.approve_refund
                if options["action"] == "approve"
                else payments.reject_refund
            )
            return decide(
                supplier_id=supplier_id, refund_id=options["refund"], actor_id=actor_id, now=now
            )
        payment_id, amount = _payment_id(options["payment"]), _kopecks(options["amount"])
        if options["action"] == "chargeback":
            return payments.record_charge_back(
                supplier_id=supplier_id,
                payment_id=payment_id,
                amount=amount,
                external_id=options["external_id"],
                on=options["on"] or today,
                why=options["why"],
                actor_id=actor_id,
                now=now,
            )
        account_id = account_id_of(supplier_id=supplier_id, number=options["account"] or "")
        if account_id is None:
            raise CommandError("Укажите --account: номер лицевого счёта.")
        return payments.refund_payment(
            supplier_id=supplier_id,
            payment_id=payment_id,
            account_id=account_id,
            amount=amount,
            why=options["why"],
            key=new_uuid(),
            actor_id=actor_id,
            now=now,
        )

    def _list(self, supplier_id: int) -> None:
        waiting = queries.refunds_to_approve(supplier_id=supplier_id)
        stuck = queries.refunds_for_operator(supplier_id=supplier_id)
        for view in (*waiting, *stuck):
            self._show(view)
        if not waiting and not stuck:
            self.stdout.write("Возвратов, которые ждут людей, нет.")

    def _show(self, view: RefundView) -> None:
        self.stdout.write(
            f"Возврат {view.id}, {format_kopecks(view.amount)} ₽: "
            f"{view.state_text} ({view.state}). {view.why}"
        )


def _payment_id(text: str | None) -> int:
    """Read the payment's number as people say it; its last part is the payment's own."""
    tail = (text or "").rpartition("-")[2]
    if not (tail.isascii() and tail.isdecimal()):
        raise CommandError("Укажите --payment: номер платежа, например П-2026-1124-17.")
    return int(tail)


def _kopecks(text: str | None) -> int:
    try:
        return parse_kopecks(text or "")
    except ValueError as error:
        raise CommandError("Укажите --amount: сумму в рублях, например 120,50.") from error
