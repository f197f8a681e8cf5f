"""From the lines of a published bill to the lines of closing documents. Pure.

Sums are the bill's own: net = amount − VAT of the stored line, so the papers of a month add
up to its bill to the kopeck. Only the price is written anew, without VAT.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from abonent.common.money import half_up
from abonent.common.numbers import from_scale, plain_decimal, without_zeros
from abonent.common.periods import Period
from abonent.domain.billing.rules.explanation import MICRO, LineView, exact_volume
from abonent.domain.billing.rules.paper import line_detail
from abonent.domain.invoicing.rules.papers import NO_VAT, Good
from abonent.domain.suppliers.rules import UNIT_NAMES, Unit
from abonent.domain.tariffs.rules import MULTIPLIER, RATE_SCALE

# ОКЕИ, the classifier of units (RULES 5.5).
OKEI = {Unit.KWH: "245", Unit.GCAL: "233", Unit.M3: "113"}
# A power is billed in kilowatts, whatever the unit of the service is.
POWER, KW, KW_OKEI = "power", "кВт", "214"
PRICE_PLACES = Decimal("0.00000000001")  # eleven decimals, as the format has
RATES = (0, 5, 7, 10, 18, 20, 22)  # percents of VAT that the format knows


@dataclass(frozen=True)
class Corrected:
    """Lines of a bill that correct one closed month: the line they name → what is new."""

    month: Period
    lines: tuple[LineView, ...]


def goods_of(lines: Iterable[LineView]) -> tuple[Good, ...]:
    """Return the month's own lines; what was taken off one of them is taken off its sum.

    A reduction is no line of its own: a document of the tax service has no negative ones.
    """
    goods: list[tuple[LineView, Good]] = []
    for line in lines:
        if line.corrects is not None or not (line.amount or line.volume):
            continue
        whole = _reduced(line, goods) if line.amount < 0 else None
        if whole is None:
            goods.append((line, _good(line)))
        else:
            other, good = goods[whole]
            goods[whole] = other, _less(good, line)
    return tuple(good for _, good in goods)


def corrections_of(lines: Iterable[LineView]) -> list[Corrected]:
    """Return the lines that correct closed months, by month, the oldest first."""
    months: dict[Period, list[LineView]] = {}
    for line in lines:
        if line.corrects is not None:
            months.setdefault(Period.parse(line.corrects.partition("/")[0]), []).append(line)
    return [Corrected(month, tuple(found)) for month, found in sorted(months.items())]


def corrected_line(line: LineView) -> int:
    """Return which line of its month a correction is of; 0 for one that had no line."""
    return int((line.corrects or "").partition("/")[2] or 0)


def adjusted(
    corrections: Sequence[LineView], standing: Mapping[int, Good]
) -> tuple[tuple[Good, ...], tuple[Good, ...]]:
    """Return what corrected goods were and what they are now, line by line.

    ``standing``: the goods of the closed month by their line, with all earlier adjustments.
    What had no line before was nothing; several corrections of a line are one.
    """
    before: list[Good] = []
    after: list[Good] = []
    for line in corrections:
        number = corrected_line(line)
        was = standing.get(number) if number else None
        if was is None:
            was = replace(_good(line), lines=(), quantity=Decimal(0), price=None, net=0, vat=0)
        at = next((at for at, one in enumerate(before) if number in one.lines), None)
        if at is None:
            before.append(was)
            after.append(_moved(was, line))
        else:
            after[at] = _moved(after[at], line)
    return tuple(before), tuple(after)


def _moved(was: Good, line: LineView) -> Good:
    """Return the good with the differences of a correction added."""
    net, vat = was.net + line.amount - line.vat, was.vat + line.vat
    volume = (was.quantity or Decimal(0)) + from_scale(line.volume, MICRO)
    quantity = without_zeros(volume)
    price = _price(was.price, quantity, net)
    return replace(was, quantity=quantity, price=price, net=net, vat=vat)


def _reduced(line: LineView, goods: Sequence[tuple[LineView, Good]]) -> int | None:
    """Return which good a reduction is taken off: one of its kind that is large enough."""
    for at, (other, good) in enumerate(goods):
        if _place(other) == _place(line) and good.amount + line.amount >= 0:
            return at
    return None


def _place(line: LineView) -> tuple[str, str, str]:
    return line.service, line.component, line.zone


def _less(good: Good, line: LineView) -> Good:
    """Return the good with a reduction taken off its sum; its price becomes what is left."""
    net, vat = good.net + line.amount - line.vat, good.vat + line.vat
    lines = (*good.lines, line.line)
    return replace(good, lines=lines, net=net, vat=vat, price=_price(None, good.quantity, net))


def _good(line: LineView) -> Good:
    """Return a stored line as a line of a document."""
    basis: dict[str, Any] = json.loads(line.basis or "{}")
    detail = line_detail(line)
    is_power = line.component == POWER
    quantity = without_zeros(exact_volume(line, basis)) if line.volume else None
    net = line.amount - line.vat
    percent = _percent(line, basis)
    rate = from_scale(line.rate, RATE_SCALE) * line.multiplier / MULTIPLIER
    if not basis.get("net"):
        rate = rate * 100 / (100 + percent)
    return Good(
        lines=(line.line,),
        name=f"{line.service_name}, {detail}" if detail else line.service_name,
        unit=KW if is_power else UNIT_NAMES[line.unit],
        okei=KW_OKEI if is_power else OKEI[line.unit],
        quantity=quantity,
        price=_price(rate, quantity, net),
        vat_rate=f"{plain_decimal(percent)}%" if percent else NO_VAT,
        net=net,
        vat=line.vat,
    )


def _percent(line: LineView, basis: Mapping[str, Any]) -> Decimal:
    """Return the rate of VAT in percent; a correction without one tells it by its sums."""
    if "vat" in basis:
        return Decimal(int(basis["vat"])) / 100
    net = line.amount - line.vat
    if not net:
        return Decimal(0)
    share = Decimal(line.vat) * 100 / net
    return Decimal(min(RATES, key=lambda rate: abs(share - rate)))


def _price(rate: Decimal | None, quantity: Decimal | None, net: int) -> Decimal | None:
    """Return the price that makes the net sum of the quantity: the rate where it does."""
    if not quantity:
        return None
    if rate is not None:
        price = rate.quantize(PRICE_PLACES, rounding=ROUND_HALF_UP)
        if half_up(price * quantity * 100) == net:
            return without_zeros(price)
    made = Decimal(net).scaleb(-2) / quantity
    return without_zeros(made.quantize(PRICE_PLACES, rounding=ROUND_HALF_UP))
