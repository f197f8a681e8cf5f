"""Gather what the papers of a month are made of, for many accounts in a few statements."""

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from abonent.common.periods import Period
from abonent.domain.accounts.queries.cards import AccountCard, account_cards
from abonent.domain.accounts.queries.frames import contracts_frame
from abonent.domain.accounts.rules import AccountKind
from abonent.domain.billing.queries.paper import provider_of
from abonent.domain.billing.queries.published import published_months
from abonent.domain.invoicing.models import ClosingDocument
from abonent.domain.invoicing.rules import PaperKind, Party, Reference, Settlement, thawed
from abonent.domain.invoicing.rules.contracts import ContractRow
from abonent.domain.invoicing.rules.draft import SETS, TAX_KINDS, Month, Original, Seller
from abonent.domain.invoicing.rules.papers import SHORT_TITLES, Good
from abonent.domain.invoicing.rules.schema import Schema, read_schema
from abonent.domain.metering.queries.registers import meters_register
from abonent.domain.suppliers import queries as suppliers

SCHEMA = Path(__file__).parent.parent / "schemas" / "ON_NSCHFDOPPR_1_997_01_05_03.xsd"


@lru_cache(maxsize=1)
def schema() -> Schema:
    """Return the schema of the tax service's format, read once."""
    return read_schema(SCHEMA.read_text(encoding="utf-8"))


def seller_of(supplier: suppliers.SupplierView) -> Seller:
    """Return the supplier as the side that gives papers, by its policies."""
    book = suppliers.rulebook(supplier_id=supplier.id)
    provider = provider_of(supplier)
    return Seller(
        party=Party(
            name=supplier.name,
            inn=supplier.inn,
            kpp=supplier.kpp,
            address=provider.address,
            bank_name=supplier.bank_name,
            bic=supplier.bic,
            account_number=supplier.account_number,
            correspondent_account=supplier.correspondent_account,
        ),
        signer_name=book.value("signer_name"),
        signer_position=book.value("signer_position"),
        closing_kinds=SETS[book.value("closing_documents")],
    )


def buyer_of(card: AccountCard) -> Party:
    """Return an organisation as the side that is billed."""
    return Party(name=card.full_name, inn=card.inn, kpp=card.kpp, address=card.address)


def months_of(*, supplier_id: int, period: Period, account_ids: Sequence[int]) -> dict[int, Month]:
    """Return the published months of those of the accounts that are organisations'."""
    found = published_months(supplier_id=supplier_id, period=period, account_ids=account_ids)
    cards = {
        card.id: card
        for card in account_cards(
            supplier_id=supplier_id, account_ids=[month.account_id for month in found]
        )
        if card.kind == AccountKind.ORGANISATION
    }
    if not cards:
        return {}
    contracts = _contracts(supplier_id, period, list(cards))
    meters = _of_meters(list(cards))
    return {
        month.account_id: Month(
            period=period,
            lines=month.lines,
            buyer=buyer_of(cards[month.account_id]),
            account_number=cards[month.account_id].number,
            settlement=Settlement(
                opening=month.bill.opening,
                penalty=month.bill.penalty,
                paid=month.bill.paid,
                due=month.bill.due,
                due_by=month.bill.due_by,
                qr="",
            ),
            contracts=tuple(contracts[month.account_id]),
            of_meters=meters[month.account_id],
        )
        for month in found
        if month.account_id in cards
    }


def _contracts(
    supplier_id: int, period: Period, account_ids: list[int]
) -> dict[int, list[ContractRow]]:
    """Return the rows of contracts in force in the month, the oldest first."""
    names = {one.id: one.code for one in suppliers.services(supplier_id=supplier_id)}
    rows = contracts_frame(
        supplier_id=supplier_id,
        first_id=min(account_ids),
        last_id=max(account_ids),
        month_end=period.last_day,
    )
    found: dict[int, list[ContractRow]] = defaultdict(list)
    for row in rows.iter_rows(named=True):
        if row["valid_to"] is None or row["valid_to"] >= period.first_day:
            found[row["account_id"]].append(
                ContractRow(
                    agreement_id=row["agreement_id"],
                    service=names[row["service_id"]],
                    number=row["contract"],
                    valid_from=row["valid_from"],
                )
            )
    return found


def _of_meters(account_ids: list[int]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for row in meters_register(account_ids=account_ids).iter_rows(named=True):
        found[row["account_id"]][row["serial"]] = row["contract_number"]
    return found


def originals_of(
    *, supplier_id: int, periods: Sequence[Period], account_ids: Sequence[int]
) -> dict[int, dict[Period, list[Original]]]:
    """Return the tax invoices of closed months with all their adjustments, by account."""
    if not periods:
        return {}
    days = [period.first_day for period in periods]
    rows = ClosingDocument.objects.filter(supplier_id=supplier_id, account_id__in=account_ids)
    found: dict[int, dict[Period, list[Original]]] = defaultdict(lambda: defaultdict(list))
    for row in rows.filter(kind__in=TAX_KINDS, period__in=days).order_by("ordinal", "revision"):
        paper = thawed(row.content)
        kept = found[row.account_id][paper.period]
        # A revision stands for the paper it revises.
        kept[:] = [one for one in kept if one.reference.number != paper.number]
        reference = Reference(SHORT_TITLES[paper.kind], paper.number, paper.dated_on)
        kept.append(Original(reference, row.contract, _by_line(paper.goods)))
    changed = rows.filter(kind=PaperKind.ADJUSTMENT, adjusted_period__in=days)
    for row in changed.order_by("year", "ordinal"):
        paper = thawed(row.content)
        papers = found[row.account_id][Period.of(row.adjusted_period or row.period)]
        for at, one in enumerate(papers):
            if paper.adjusts and one.reference.number == paper.adjusts.number:
                standing = {**one.standing, **_by_line(paper.goods)}
                papers[at] = Original(one.reference, one.contract, standing)
    return found


def _by_line(goods: Sequence[Good]) -> dict[int, Good]:
    return {line: good for good in goods for line in good.lines}
