"""Giving the papers of a published month: frozen and numbered in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from abonent.common.crash import crash_point
from abonent.common.identifiers import new_uuid
from abonent.common.periods import Period
from abonent.common.refusals import Refusal
from abonent.common.transactions import outermost
from abonent.domain.documents.rules import Requisites, payment_qr
from abonent.domain.invoicing.models import ClosingDocument, NumberSeries
from abonent.domain.invoicing.queries.gather import months_of, originals_of, schema, seller_of
from abonent.domain.invoicing.rules import SERIES, PaperKind, Party, Series, frozen
from abonent.domain.invoicing.rules.draft import (
    Draft,
    Month,
    NoOriginal,
    Original,
    Seller,
    drafts_of,
    numbered,
    purpose_of,
)
from abonent.domain.invoicing.rules.goods import corrections_of
from abonent.domain.invoicing.rules.schema import faults_of
from abonent.domain.invoicing.rules.upd import FUNCTIONS, file_name, upd_xml
from abonent.domain.suppliers import queries as suppliers

_SAMPLE_GUID = "00000000-0000-0000-0000-000000000000"


class NoSeller(Refusal):
    """The supplier lacks what every paper must say of it."""


@dataclass(frozen=True)
class LeftOut:
    """An account without papers, and why, with the remedy."""

    account_number: str
    text: str


@dataclass(frozen=True)
class Issued:
    """How many papers got their numbers now, and whose could not be made."""

    papers: int
    left_out: tuple[LeftOut, ...]


@outermost
def issue_documents(
    *, supplier_id: int, period: Period, account_ids: Sequence[int], now: datetime
) -> Issued:
    """Give the papers of a published month to those of the accounts that have none yet.

    Each gets the next number of its series, without gaps, whoever else is giving numbers at
    the same time: the counters stay locked to the end of this transaction. Households and
    unpublished months are passed over; an account whose papers would break the format or the
    law gets none and is named. Repeating it changes nothing. Refuses with NoSeller.
    """
    supplier = suppliers.supplier_by_id(supplier_id)
    seller = seller_of(supplier)
    if not seller.party.inn:
        text = "У поставщика не указан ИНН: без него документ недействителен. Добавьте inn."
        raise NoSeller(text)
    months = months_of(supplier_id=supplier_id, period=period, account_ids=account_ids)
    counters = locked_counters(supplier_id, period.year)
    given = ClosingDocument.objects.filter(
        supplier_id=supplier_id, period=period.first_day, account_id__in=list(months)
    )
    for account_id in given.values_list("account_id", flat=True).distinct():
        del months[account_id]
    corrected = {one.month for month in months.values() for one in corrections_of(month.lines)}
    originals = originals_of(
        supplier_id=supplier_id, periods=sorted(corrected), account_ids=list(months)
    )
    local = now.astimezone(ZoneInfo(supplier.timezone))
    rows: list[ClosingDocument] = []
    left_out: list[LeftOut] = []
    for account_id, month in sorted(months.items()):
        try:
            drafts = _checked(month, seller, originals.get(account_id, {}), local)
        except _CannotIssueError as fault:
            left_out.append(LeftOut(month.account_number, str(fault)))
            continue
        rows += _numbered(drafts, account_id, supplier_id, counters, now)
    ClosingDocument.objects.bulk_create(rows)
    crash_point("invoicing.issued")
    NumberSeries.objects.bulk_update(counters.values(), ["last"])
    crash_point("invoicing.numbered")
    return Issued(len(rows), tuple(left_out))


class _CannotIssueError(Exception):
    """Why an account gets no papers, in words fit for the accountant."""


def _checked(
    month: Month, seller: Seller, originals: Mapping[Period, Sequence[Original]], now: datetime
) -> list[Draft]:
    """Return the drafts of an account; refuses what would break the format or the law."""
    if not month.buyer.inn:
        raise _CannotIssueError("не указан ИНН: без него счёт-фактура недействителен. Добавьте inn")
    try:
        drafts = drafts_of(month, seller, originals, now)
    except NoOriginal as lacking:
        text = (
            f"перерасчёт за {lacking.month}, а документов за этот месяц нет. "
            f"Сначала: abonent documents --period {lacking.month}"
        )
        raise _CannotIssueError(text) from lacking
    for draft in drafts:
        if draft.paper.kind in FUNCTIONS:
            name = _name(draft, _SAMPLE_GUID, now)
            sample = numbered(draft.paper, number="1", file_name=name, qr="")
            faults = faults_of(upd_xml(sample), schema())
            if faults:
                raise _CannotIssueError(f"документ не по формату: {'; '.join(faults)}")
    return drafts


def _name(draft: Draft, guid: str, now: datetime) -> str:
    paper = draft.paper
    return file_name(seller=paper.seller, buyer=paper.buyer, made_on=now.date(), guid=guid)


def locked_counters(supplier_id: int, year: int) -> dict[Series, NumberSeries]:
    """Lock the counters of a supplier and year, in one order, new ones at zero.

    For the room's own verbs: whoever holds them gives the next numbers.
    """
    NumberSeries.objects.bulk_create(
        [NumberSeries(supplier_id=supplier_id, series=series, year=year) for series in Series],
        ignore_conflicts=True,
    )
    rows = NumberSeries.objects.select_for_update().filter(supplier_id=supplier_id, year=year)
    return {Series(row.series): row for row in rows.order_by("series")}


def _numbered(
    drafts: Iterable[Draft],
    account_id: int,
    supplier_id: int,
    counters: dict[Series, NumberSeries],
    now: datetime,
) -> Iterable[ClosingDocument]:
    for draft in drafts:
        counter = counters[SERIES[draft.paper.kind]]
        counter.last += 1
        number = str(counter.last)
        paper = numbered(
            draft.paper,
            number=number,
            file_name=_file_name(draft, number, counter.series),
            qr=_qr(draft, number),
        )
        yield ClosingDocument(
            supplier_id=supplier_id,
            account_id=account_id,
            contract=draft.contract,
            period=paper.period.first_day,
            kind=paper.kind,
            adjusted_period=draft.adjusted_period.first_day if draft.adjusted_period else None,
            series=counter.series,
            year=counter.year,
            ordinal=counter.last,
            dated_on=paper.dated_on,
            net=paper.net,
            vat=paper.vat,
            amount=paper.amount,
            file_name=paper.file_name,
            content=frozen(paper),
            issued_at=now,
        )


def _file_name(draft: Draft, number: str, series: str) -> str:
    """Return the format's own name, or for what is no file of exchange, a readable one."""
    if draft.paper.kind in FUNCTIONS:
        return _name(draft, str(new_uuid()), draft.paper.issued_at)
    return f"{series}_{draft.paper.period}_{number}"


def _qr(draft: Draft, number: str) -> str:
    paper = draft.paper
    if paper.kind != PaperKind.INVOICE or not paper.settlement or paper.settlement.due <= 0:
        return ""
    return payment_qr(
        _requisites(paper.seller),
        amount=paper.settlement.due,
        account_number=paper.account_number,
        period=paper.period,
        full_name="",
        address=paper.buyer.address,
        purpose=purpose_of(paper, number),
    )


def _requisites(party: Party) -> Requisites:
    return Requisites(
        name=party.name,
        inn=party.inn,
        kpp=party.kpp,
        bank_name=party.bank_name,
        bic=party.bic,
        account_number=party.account_number,
        correspondent_account=party.correspondent_account,
    )
