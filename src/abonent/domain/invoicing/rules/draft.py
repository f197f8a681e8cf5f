"""Which papers a published month of an organisation needs, before they have numbers. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from abonent.common.periods import Period
from abonent.domain.billing.rules.explanation import LineView
from abonent.domain.invoicing.rules.contracts import ContractRow, contract_of, signed_on
from abonent.domain.invoicing.rules.goods import adjusted, corrections_of, goods_of
from abonent.domain.invoicing.rules.papers import (
    Good,
    Paper,
    PaperKind,
    Party,
    Reference,
    Settlement,
)

# By the policy closing_documents: what closes a month of a contract.
SETS = {
    "upd": (PaperKind.TRANSFER,),
    "separate": (PaperKind.TAX_INVOICE, PaperKind.ACT),
}
# Kinds that an adjustment refers to: the tax invoice, whatever paper it is part of.
TAX_KINDS = (PaperKind.TRANSFER, PaperKind.TAX_INVOICE)


@dataclass(frozen=True)
class Month:
    """A published month of an organisation with all that its papers are made of.

    ``contracts`` are those in force, ``of_meters`` the meters' contracts by serial number.
    """

    period: Period
    lines: tuple[LineView, ...]
    buyer: Party
    account_number: str
    settlement: Settlement
    contracts: tuple[ContractRow, ...]
    of_meters: Mapping[str, str]


@dataclass(frozen=True)
class Seller:
    """The side that gives the papers, and who signs them."""

    party: Party
    signer_name: str
    signer_position: str
    closing_kinds: tuple[PaperKind, ...]


@dataclass(frozen=True)
class Original:
    """A kept paper of a closed month: what corrections of that month adjust.

    ``standing`` are its goods with all earlier adjustments, by line of the month's bill.
    """

    reference: Reference
    contract: str
    standing: Mapping[int, Good]


class NoOriginal(ValueError):
    """A correction is of a month whose documents were never given; names the month."""

    def __init__(self, month: Period) -> None:
        super().__init__(str(month))
        self.month = month


@dataclass(frozen=True)
class Draft:
    """A paper without number and file name, with the contract it belongs to."""

    contract: str
    adjusted_period: Period | None
    paper: Paper


def drafts_of(
    month: Month, seller: Seller, originals: Mapping[Period, Sequence[Original]], now: datetime
) -> list[Draft]:
    """Return the papers of a month: of each contract, the adjustments, at last the invoice.

    They add up to the bill: own lines are in the closing papers, corrections in the
    adjustments. Raises NoOriginal.
    """
    blank = _blank(month, seller, now)
    drafts: list[Draft] = []
    for contract, lines in _by_contract(month).items():
        goods = goods_of(lines)
        reference = _contract(month.contracts, contract)
        drafts += [
            Draft(contract, None, replace(blank, kind=kind, goods=goods, contract=reference))
            for kind in seller.closing_kinds
            if goods
        ]
    drafts += _adjustments(month, blank, originals)
    whole = goods_of(month.lines)
    if whole or month.settlement.due > 0:
        numbers = [draft.contract for draft in drafts if draft.contract]
        only = numbers[0] if len(set(numbers)) == 1 else ""
        invoice = replace(
            blank,
            kind=PaperKind.INVOICE,
            goods=_with_corrections(month, whole),
            contract=_contract(month.contracts, only),
            settlement=month.settlement,
        )
        drafts.append(Draft("", None, invoice))
    return drafts


def _blank(month: Month, seller: Seller, now: datetime) -> Paper:
    return Paper(
        kind=PaperKind.INVOICE,
        number="",
        dated_on=month.period.last_day,
        period=month.period,
        seller=seller.party,
        buyer=month.buyer,
        account_number=month.account_number,
        contract=None,
        goods=(),
        file_name="",
        issued_at=now,
        signer_name=seller.signer_name,
        signer_position=seller.signer_position,
    )


def _by_contract(month: Month) -> dict[str, list[LineView]]:
    """Return the month's own lines by the number of their contract, in its order."""
    found: dict[str, list[LineView]] = {}
    for line in month.lines:
        if line.corrects is None:
            number = contract_of(line, month.contracts, month.of_meters)
            found.setdefault(number, []).append(line)
    return dict(sorted(found.items()))


def _contract(rows: Sequence[ContractRow], number: str) -> Reference | None:
    return Reference("Договор", number, signed_on(rows, number)) if number else None


def _adjustments(
    month: Month, blank: Paper, originals: Mapping[Period, Sequence[Original]]
) -> Iterable[Draft]:
    """Return an adjustment for each closed month and paper that the lines correct."""
    for corrected in corrections_of(month.lines):
        papers = originals.get(corrected.month, ())
        if not papers:
            raise NoOriginal(corrected.month)
        lines: dict[int, list[LineView]] = {}
        for line in corrected.lines:
            lines.setdefault(_of_paper(line, papers, month), []).append(line)
        for place, found in sorted(lines.items()):
            original = papers[place]
            before, after = adjusted(found, original.standing)
            paper = replace(
                blank,
                kind=PaperKind.ADJUSTMENT,
                contract=_contract(month.contracts, original.contract),
                adjusts=original.reference,
                before=before,
                goods=after,
            )
            yield Draft(original.contract, corrected.month, paper)


def _of_paper(line: LineView, papers: Sequence[Original], month: Month) -> int:
    """Return which paper of the closed month has the corrected line, by its place."""
    number = int((line.corrects or "").partition("/")[2] or 0)
    holds = [at for at, one in enumerate(papers) if number in one.standing]
    contract = contract_of(line, month.contracts, month.of_meters)
    same = [at for at, one in enumerate(papers) if one.contract == contract]
    return next(iter([*holds, *same]), 0)


def _with_corrections(month: Month, goods: tuple[Good, ...]) -> tuple[Good, ...]:
    """Add a line for what corrects each closed month: an invoice asks for it too."""
    extra = []
    for corrected in corrections_of(month.lines):
        vat = sum(line.vat for line in corrected.lines)
        net = sum(line.amount for line in corrected.lines) - vat
        (before, _) = adjusted(corrected.lines[:1], {})
        name = f"Перерасчёт за {corrected.month.month:02d}.{corrected.month.year}"
        extra.append(replace(before[0], name=name, quantity=None, price=None, net=net, vat=vat))
    return (*goods, *extra)


def numbered(draft: Paper, *, number: str, file_name: str, qr: str) -> Paper:
    """Return the paper with its number; an invoice also with the QR that names it."""
    asked = draft.settlement and replace(draft.settlement, qr=qr)
    return replace(draft, number=number, file_name=file_name, settlement=asked)


def purpose_of(paper: Paper, number: str) -> str:
    """Return what a payment of the invoice is for, as the payer's bank is told it."""
    contract = f", договор № {paper.contract.number}" if paper.contract else ""
    return (
        f"Оплата по счёту № {number} от {_written(paper.dated_on)}{contract}, "
        f"л/с {paper.account_number}"
    )


def _written(day: date) -> str:
    return f"{day:%d.%m.%Y}"
