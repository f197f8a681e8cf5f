"""``abonent documents``: closing documents of organisations for a month, as files."""

import json
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from abonent.common import clock
from abonent.common.money import plain_roubles
from abonent.common.periods import Period
from abonent.common.refusals import Refusal
from abonent.common.words import grouped
from abonent.domain.accounts.queries.cards import account_numbers, find_account
from abonent.domain.accounts.queries.frames import organisation_ids
from abonent.domain.accounts.rules import AccountKind
from abonent.domain.billing.queries import published_through
from abonent.domain.invoicing import operations as invoicing
from abonent.domain.invoicing import queries
from abonent.domain.suppliers import queries as suppliers
from abonent.interfaces.jobs.arguments import period_argument
from abonent.interfaces.jobs.progress import TimeLeft

CHUNK = 200  # accounts whose papers get their numbers in one transaction
TELL_EVERY = 2.0  # seconds between two lines of progress
PAUSE = 0.2  # seconds between looks at papers that another process holds


class Command(BaseCommand):
    """Give the papers of a month, make their files, write them to a folder."""

    help = "Закрывающие документы организаций за месяц: счета, УПД или счета-фактуры с актами"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options (docs/guides/documents.md)."""
        parser.add_argument("--supplier", required=True, help="код поставщика")
        parser.add_argument("--period", required=True, type=period_argument, help="ГГГГ-ММ")
        parser.add_argument("--account", help="номер лицевого счёта; без него – все организации")
        parser.add_argument("--out", type=Path, help="папка, куда записать PDF и XML")
        parser.add_argument("--json", action="store_true", help="перечень документов в JSON")

    def handle(self, **options: Any) -> None:
        """Do what is not done yet: the same command again goes on and changes nothing given."""
        supplier = suppliers.get_supplier(options["supplier"])
        period: Period = options["period"]
        ids = self._accounts(supplier.id, options["account"])
        through = published_through(supplier_id=supplier.id)
        if through is None or period > through:
            text = (
                f"Месяц {period} не опубликован. Сначала: abonent bill --period {period} --publish"
            )
            raise Refusal(text)
        folder = self._folder(options["out"])
        left_out = self._issue(supplier.id, period, ids)
        self._prepare(supplier.id, period, ids)
        listed = self._write(supplier.id, period, set(ids), folder)
        for one in left_out:
            self.stderr.write(f"Лицевой счёт {one.account_number}: {one.text}")
        if options["json"]:
            found = {
                "supplier": supplier.code,
                "period": str(period),
                "documents": listed,
                "left_out": [{"account": one.account_number, "why": one.text} for one in left_out],
            }
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
        else:
            self.stdout.write(f"{period}: документов {grouped(len(listed))}")
        if left_out:
            sys.exit(1)

    def _accounts(self, supplier_id: int, number: str | None) -> list[int]:
        if not number:
            return organisation_ids(supplier_id=supplier_id)
        card = find_account(supplier_id=supplier_id, number=number)
        if card.kind != AccountKind.ORGANISATION:
            text = (
                f"Лицевой счёт {number} – бытовой: закрывающие документы выставляют организациям. "
                "Счёт для населения: abonent receipt."
            )
            raise Refusal(text)
        return [card.id]

    def _folder(self, out: Path | None) -> Path | None:
        if out is None:
            return None
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            text = f"Не удалось создать папку «{out}»: {error.strerror}. Укажите другую в --out."
            raise Refusal(text) from error
        return out

    def _issue(self, supplier_id: int, period: Period, ids: list[int]) -> list[invoicing.LeftOut]:
        left_out: list[invoicing.LeftOut] = []
        for start in range(0, len(ids), CHUNK):
            issued = invoicing.issue_documents(
                supplier_id=supplier_id,
                period=period,
                account_ids=ids[start : start + CHUNK],
                now=clock.now(),
            )
            left_out += issued.left_out
            if len(ids) > CHUNK:
                done = min(start + CHUNK, len(ids))
                self.stderr.write(f"{period}: номера даны, {grouped(done)} из {grouped(len(ids))}")
        return left_out

    def _prepare(self, supplier_id: int, period: Period, ids: list[int]) -> None:
        """Make the files, telling how far it is and at what rate."""
        waiting = queries.waiting(supplier_id=supplier_id, period=period, account_ids=ids)
        left, told, done = TimeLeft(), time.monotonic(), 0
        began = time.process_time()
        while queries.waiting(supplier_id=supplier_id, period=period, account_ids=ids):
            made = invoicing.prepare_documents(
                supplier_id=supplier_id, period=period, account_ids=ids, now=clock.now()
            )
            if not made:  # what is left another process has in its hands; if it dies, we make it
                time.sleep(PAUSE)
            done += made
            if time.monotonic() - told > TELL_EVERY:
                told = time.monotonic()
                rest = left.words(done, waiting)
                self.stderr.write(
                    f"{period}: файлы готовы, {grouped(done)} из {grouped(waiting)}{rest}"
                )
        if done:
            rate = done / max(time.process_time() - began, 0.001)
            self.stderr.write(
                f"{period}: сделано документов {grouped(done)}, {rate:.0f} в секунду на ядро"
            )

    def _write(
        self, supplier_id: int, period: Period, ids: set[int], folder: Path | None
    ) -> list[dict[str, Any]]:
        """Write the files into the folder and return what they are."""
        numbers = account_numbers(supplier_id=supplier_id, account_ids=list(ids))
        listed = []
        for paper in queries.papers_of_month(supplier_id=supplier_id, period=period):
            if paper.account_id not in ids:
                continue
            files = {}
            for form in paper.formats:
                file = queries.paper_file(supplier_id=supplier_id, paper=paper, form=form)
                name = paper.name_of(form, numbers[paper.account_id])
                files[form.value] = {"name": name, "sha256": file.view.sha256}
                if folder is not None:
                    (folder / name).write_bytes(file.content)
            listed.append(_listed(paper, numbers[paper.account_id], files))
        return listed


def _listed(paper: queries.PaperView, account: str, files: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": paper.kind.value,
        "number": paper.number,
        "revision": paper.revision,
        "date": paper.dated_on.isoformat(),
        "account": account,
        "contract": paper.contract,
        "corrects": str(paper.adjusted_period) if paper.adjusted_period else None,
        "net": plain_roubles(paper.net),
        "vat": plain_roubles(paper.vat),
        "amount": plain_roubles(paper.amount),
        "files": files,
    }
