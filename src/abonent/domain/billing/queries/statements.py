"""A published bill read back: statement, explanation, history (EXCHANGE 3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from abonent.common.money import half_up, plain_roubles
from abonent.common.numbers import from_scale, plain_decimal
from abonent.common.periods import Period
from abonent.common.refusals import NotFound
from abonent.domain.accounts.queries.cards import AccountCard, account_card
from abonent.domain.accounts.rules import AccountKind
from abonent.domain.billing import models
from abonent.domain.billing.queries.due_days import due_days
from abonent.domain.billing.queries.levied import LevyView, levies_of
from abonent.domain.billing.queries.schedules import schedule_of
from abonent.domain.billing.rules.estimate_notes import estimate_note, is_estimate
from abonent.domain.billing.rules.explanation import Explanation, LineView, explain, warnings
from abonent.domain.billing.rules.levy import LevyWhy, four_digits
from abonent.domain.billing.rules.schedules import SchedulePart
from abonent.domain.billing.rules.words import RunState
from abonent.domain.documents.rules import Requisites, payment_qr
from abonent.domain.suppliers import queries as suppliers
from abonent.domain.suppliers.rules import UNIT_DIGITS, Unit
from abonent.domain.tariffs.rules import MULTIPLIER, RATE_SCALE

Services = Mapping[int, suppliers.ServiceView]


@dataclass(frozen=True)
class BillView:
    """A published bill; sums in kopecks."""

    period: Period
    number: str
    opening: int
    charged: int
    penalty: int
    paid: int
    due: int
    due_by: date


@dataclass(frozen=True)
class Statement:
    """A published bill with its lines and its payment QR."""

    supplier: str
    account: str
    bill: BillView
    lines: tuple[LineView, ...]
    qr: str
    penalties: tuple[LevyView, ...] = ()
    schedule: tuple[SchedulePart, ...] = ()


class NotPublished(NotFound):
    """There is no published bill of this month."""


def bills_of(*, supplier_id: int, account_id: int) -> list[BillView]:
    """Return the published bills of an account, the latest first. One statement."""
    published = models.BillingRun.objects.filter(
        supplier_id=supplier_id, state=RunState.PUBLISHED
    ).values("pk")
    rows = models.Bill.objects.filter(
        supplier_id=supplier_id, account_id=account_id, run_id__in=published
    ).order_by("-period")
    return [_bill(row) for row in rows]


def bill_of(*, supplier_id: int, account_id: int, period: Period) -> BillView | None:
    """Return the published bill of a month, or None. One statement."""
    published = models.BillingRun.objects.filter(
        supplier_id=supplier_id, state=RunState.PUBLISHED
    ).values("pk")
    row = models.Bill.objects.filter(
        period=period.first_day,
        account_id=account_id,
        supplier_id=supplier_id,
        run_id__in=published,
    ).first()
    return _bill(row) if row else None


def _bill(row: models.Bill) -> BillView:
    return BillView(
        period=Period.of(row.period),
        number=row.number,
        opening=row.opening,
        charged=row.charged,
        penalty=row.penalty,
        paid=row.paid,
        due=row.due,
        due_by=row.due_by,
    )


def services_of(supplier_id: int) -> Services:
    """Return the services of a supplier by identifier, to be read once for several months."""
    return {service.id: service for service in suppliers.services(supplier_id=supplier_id)}


def statement(
    *, supplier_id: int, account_id: int, period: Period, services: Services | None = None
) -> Statement:
    """Return the published bill of a month; refuses with NotPublished when there is none."""
    supplier = suppliers.supplier_by_id(supplier_id)
    row = models.Bill.objects.filter(
        period=period.first_day, account_id=account_id, supplier_id=supplier_id
    ).first()
    if (
        row is None
        or not models.BillingRun.objects.filter(pk=row.run_id, state=RunState.PUBLISHED).exists()
    ):
        text = f"Счёт за {period} не опубликован."
        raise NotPublished(text)
    card = account_card(supplier_id=supplier_id, account_id=account_id)
    bill = _bill(row)
    services = services or services_of(supplier_id)
    lines = tuple(lines_of(supplier_id, account_id, period, services))
    return Statement(
        supplier=supplier.code,
        account=card.number,
        bill=bill,
        lines=lines,
        qr=_qr(supplier, card, bill),
        penalties=levies_of(supplier_id=supplier_id, account_id=account_id, period=period),
        schedule=_schedule(card, lines, services, period),
    )


def _schedule(
    card: AccountCard, lines: Sequence[LineView], services: Services, period: Period
) -> tuple[SchedulePart, ...]:
    """Return when an organisation pays which part; a household pays all by one day."""
    if card.kind != AccountKind.ORGANISATION:
        return ()
    return schedule_of(card, lines, services, period, due_days(supplier_id=card.supplier_id))


def lines_of(
    supplier_id: int, account_id: int, period: Period, services: Services | None = None
) -> list[LineView]:
    """Return the stored lines of an account and month, published or not, in their order."""
    services = services or services_of(supplier_id)
    rows = models.Charge.objects.filter(
        period=period.first_day, account_id=account_id, supplier_id=supplier_id
    ).order_by("line")
    return [line_view(vars(row), services) for row in rows]


def line_view(row: Mapping[str, Any], services: Services) -> LineView:
    """Return a stored line, read as a model or as a row of a frame."""
    service = services[row["service_id"]]
    return LineView(
        line=row["line"],
        service=service.code,
        service_name=service.name,
        service_kind=service.kind,
        component=row["component"],
        zone=row["zone"],
        band=row["band"],
        method=row["method"],
        unit=Unit(row["unit"]),
        volume=row["volume"],
        rate=row["rate"],
        multiplier=row["multiplier"],
        amount=row["amount"],
        vat=row["vat"],
        corrects=row["corrects"],
        rule=row["rule"],
        basis=row["basis"],
    )


def _qr(supplier: suppliers.SupplierView, card: AccountCard, bill: BillView) -> str:
    """Return the bill's payment QR; empty when nothing is owed or there is no bank to pay to."""
    if bill.due <= 0:
        return ""
    household = card.kind == AccountKind.HOUSEHOLD
    return payment_qr(
        requisites(supplier),
        amount=bill.due,
        account_number=card.number,
        period=bill.period,
        full_name=card.full_name if household else "",
        address=card.address,
    )


def requisites(supplier: suppliers.SupplierView) -> Requisites:
    """Return where money for the supplier goes."""
    return Requisites(
        name=supplier.name,
        inn=supplier.inn,
        kpp=supplier.kpp,
        bank_name=supplier.bank_name,
        bic=supplier.bic,
        account_number=supplier.account_number,
        correspondent_account=supplier.correspondent_account,
    )


def volume_text(volume: int, unit: Unit) -> str:
    """Write a volume with the unit's own precision: kWh as they are, m³ and Gcal fixed."""
    value = from_scale(volume, 6)
    if unit == Unit.KWH:
        return plain_decimal(value)
    digits = UNIT_DIGITS[unit]
    return format(Decimal(half_up(value.scaleb(digits))).scaleb(-digits), "f")


def statement_json(
    found: Statement, *, steps: dict[int, Explanation] | None = None
) -> dict[str, Any]:
    """Return the statement in the published form of EXCHANGE section 3."""
    bill = found.bill
    lines = [
        line_json(line) | (_steps_json(steps[line.line]) if steps is not None else {})
        for line in found.lines
    ]
    return {
        "supplier": found.supplier,
        "account": found.account,
        "period": str(bill.period),
        "opening": plain_roubles(bill.opening),
        "lines": lines,
        "charged": plain_roubles(bill.charged),
        "penalty": plain_roubles(bill.penalty),
        "paid": plain_roubles(bill.paid),
        "due": plain_roubles(bill.due),
        "due_by": bill.due_by.isoformat(),
        "qr": found.qr,
        "penalties": [
            _levy_json(one) | (_days_json(one.why()) if steps is not None else {})
            for one in found.penalties
        ],
    } | ({"schedule": [_term_json(one) for one in found.schedule]} if found.schedule else {})


def _term_json(one: SchedulePart) -> dict[str, Any]:
    """Return one payment of an organisation's month; percent null is the rest."""
    return {
        "service": one.service,
        "part": one.part,
        "percent": None if one.percent is None else plain_decimal(one.percent),
        "amount": plain_roubles(one.amount),
        "due_on": one.pay_by.isoformat(),
    }


def _levy_json(one: LevyView) -> dict[str, Any]:
    """Return what the bill levies for a service and month of debt; counted: in all so far."""
    return {
        "service": one.service,
        "debt_month": str(one.debt_month),
        "amount": plain_roubles(one.amount),
        "counted": plain_roubles(one.counted),
    }


def _days_json(why: LevyWhy) -> dict[str, Any]:
    """Return the days behind a levied sum, all of them from the first day of delay."""
    return {
        "as_of": why.as_of.isoformat(),
        "levied_before": plain_roubles(why.before),
        "days": [
            {
                "due": span.due_on.isoformat(),
                "from": span.from_on.isoformat(),
                "to": span.to_on.isoformat(),
                "days": span.days,
                "base": plain_roubles(span.base),
                "share": f"1/{span.share}",
                "rate": plain_decimal(span.rate),
                "sum": four_digits(span.total),
            }
            for span in why.spans
        ],
    }


def line_json(line: LineView) -> dict[str, Any]:
    """Return one line in the published form of EXCHANGE section 3."""
    return {
        "service": line.service,
        "component": line.component,
        "zone": line.zone,
        "band": line.band,
        "method": line.method,
        "volume": volume_text(line.volume, line.unit),
        "unit": line.unit.value,
        "rate": plain_decimal(from_scale(line.rate, RATE_SCALE)),
        "multiplier": plain_decimal(Decimal(line.multiplier) / MULTIPLIER),
        "amount": plain_roubles(line.amount),
        "vat": plain_roubles(line.vat),
        "corrects": line.corrects,
        "rule": line.rule,
    } | ({"warnings": told} if (told := warnings(line)) else {})


def _steps_json(why: Explanation) -> dict[str, Any]:
    return {
        "steps": [
            {
                "label": step.label,
                "sign": step.sign,
                "value": plain_decimal(step.value),
                "unit": step.unit,
                **({"total": True} if step.total else {}),
            }
            for step in why.steps
        ],
        "act": why.act,
        "parameters": why.parameters,
    } | ({"note": why.note} if why.note else {})


def explanations(found: Statement) -> dict[int, Explanation]:
    """Explain every line; a sum that its own rule does not give again is a defect, said loudly."""
    result = {line.line: explain(line) for line in found.lines}
    for line in found.lines:
        if result[line.line].amount != line.amount:
            message = f"line {line.line} of {found.account} {found.bill.period} does not recompute"
            raise AssertionError(message)
    return _noted(found, result)


def _noted(found: Statement, result: dict[int, Explanation]) -> dict[int, Explanation]:
    """Add the sentences behind estimates; what they promise depends on the policy."""
    estimated = [line for line in found.lines if is_estimate(line)]
    if not estimated:
        return result
    supplier = suppliers.get_supplier(found.supplier)
    rulebook = suppliers.rulebook(supplier_id=supplier.id)
    for line in estimated:
        policy = rulebook.value("late_reading_recalc", service=line.service, kind=line.service_kind)
        note = estimate_note(line, policy)
        result[line.line] = replace(result[line.line], note=note)
    return result
