"""Tariffs and costs in words. Pure."""

from dataclasses import dataclass
from decimal import Decimal

from abonent.common.money import NO_BREAK
from abonent.common.words import grouped, quantity
from abonent.domain.billing.queries.calculator import Cost, TariffPlan
from abonent.domain.billing.rules.explanation import LineView
from abonent.domain.billing.rules.paper import line_detail, shown_rate, shown_volume, vat_over
from abonent.domain.metering.rules import ZONE_HOURS, ZONE_NAMES, Zone
from abonent.domain.reports.queries.tariff_table import TariffGroup, TariffPrice
from abonent.domain.suppliers.rules import UNIT_NAMES, Unit

# How the usual codes of categories are said; others are shown as the supplier wrote them.
_CATEGORIES = {
    "": "",
    "gas": "дома с газовыми плитами",
    "electric": "дома с электрическими плитами",
    "private": "частные дома и сёла",
    "rural": "сельские населённые пункты",
    "urban": "города",
    "mkd": "многоквартирные дома",
    "org": "организации",
    "ck1-nn": "организации, низкое напряжение",
    "ck1-sn2": "организации, среднее напряжение",
}
_SCHEMES = {1: "один тариф", 2: "день и ночь", 3: "три зоны"}
_COMPONENTS = {"water": "вода", "heat": "подогрев"}


@dataclass(frozen=True)
class UseRow:
    """The consumption of a zone; ``rolled`` tells that the dial passed through zero."""

    name: str
    value: str
    rolled: bool


@dataclass(frozen=True)
class CostRow:
    """A line of the cost: what for, how much of it, by which price; kopecks."""

    name: str
    volume: str
    rate: str
    amount: int


def category_words(category: str) -> str:
    """Return «дома с газовыми плитами», or «категория 17» for a code of the supplier's own."""
    return _CATEGORIES.get(category, f"категория {category}")


def group_title(group: TariffGroup) -> str:
    """Return «Электроэнергия: дома с газовыми плитами»."""
    words = category_words(group.category)
    return f"{group.service_name}: {words}" if words else group.service_name


def price_name(price: TariffPrice, neighbours: int) -> str:
    """Return «День», «Вода», «Свыше 1 200 кВт·ч в месяц»; ``neighbours`` counts the bands."""
    parts = [_COMPONENTS.get(price.component, price.component), price.zone_name.lower()]
    if price.from_quantity:
        bound = price.from_quantity.normalize()
        bound = bound.quantize(Decimal(1)) if bound == bound.to_integral_value() else bound
        parts.append(f"свыше {quantity(bound, price.unit_name)} в месяц")
    elif neighbours > 1:
        parts.append("первый диапазон")
    named = ", ".join(part for part in parts if part)
    return named[:1].upper() + named[1:] if named else "Весь объём"


def price_words(price: TariffPrice) -> str:
    """Return «5,66 ₽ за кВт·ч», with «без НДС» where the price is net."""
    short = price.rate.quantize(Decimal("0.01"))
    rate = short if short == price.rate else price.rate.normalize()
    net = ", без НДС" if not price.vat_included else ""
    return f"{grouped(rate)}{NO_BREAK}₽ за {price.unit_name}{net}"


def plan_words(plan: TariffPlan, group: TariffGroup) -> str:
    """Return what tells a plan from the others of its group: «день и ночь»."""
    parts = []
    if len({one.zones for one in group.plans}) > 1:
        parts.append(_SCHEMES[len(plan.zones)])
    if len({one.norm_category for one in group.plans}) > 1:
        parts.append(f"норматив «{category_words(plan.norm_category) or 'общий'}»")
    return ", ".join(parts)


def zone_title(zone: str, zones: tuple[str, ...]) -> str:
    """Return «День, с 7 до 23 часов»; nothing for the whole day."""
    named = Zone(zone)
    hours = ZONE_HOURS.get((named, len(zones)), "")
    return ", ".join(part for part in (ZONE_NAMES[named], hours) if part)


def use_rows(cost: Cost, unit: Unit) -> list[UseRow]:
    """Return the consumption of each zone."""
    rows = []
    for use in cost.uses:
        zone = ZONE_NAMES[Zone(use.zone)].lower()
        value = quantity(shown_volume(use.used, unit), UNIT_NAMES[unit])
        rows.append(UseRow(f"Расход, {zone}" if zone else "Расход", value, use.rolled))
    return rows


def cost_rows(cost: Cost) -> list[CostRow]:
    """Return each line with its volume and price, and the VAT over net prices."""
    rows = [_line_row(line) for line in cost.lines]
    vat = sum(vat_over(line) for line in cost.lines)
    return [*rows, CostRow("НДС сверх цены", "", "", vat)] if vat else rows


def _line_row(line: LineView) -> CostRow:
    # A hyphen that lets the line break would part «2» from «й».
    detail = line_detail(line).replace("-", "\u2011")
    return CostRow(
        name=detail[:1].upper() + detail[1:] if detail else "Весь объём",
        volume=quantity(shown_volume(line.volume, line.unit), UNIT_NAMES[line.unit]),
        rate=f"{grouped(shown_rate(line.rate))}{NO_BREAK}₽",
        amount=line.amount - vat_over(line),
    )
