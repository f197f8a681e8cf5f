"""From the stored lines of a bill to what its paper says. Pure.

Everything comes from the lines' own basis, so the paper of an old bill does not change
when a meter, a norm or a house changes afterwards.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from abonent.common.money import half_up
from abonent.common.numbers import from_scale, plain_decimal
from abonent.common.words import counted
from abonent.domain.billing.rules.explanation import MICRO, LineView, recomputed
from abonent.domain.billing.rules.reasons import reason_of
from abonent.domain.documents.rules import (
    PaperHouse,
    PaperLine,
    PaperNorm,
    PaperReading,
    VolumeMethod,
)
from abonent.domain.metering.rules import ZONE_NAMES, Zone
from abonent.domain.suppliers.rules import UNIT_DIGITS, UNIT_NAMES, Unit
from abonent.domain.tariffs.rules import MULTIPLIER, RATE_SCALE

COMPONENT_WORDS = {"water": "вода", "heat": "подогрев", "power": "мощность"}
RULE_WORDS = {
    "tampering": "по\u00a0акту о\u00a0вмешательстве",
    "absence": "временное отсутствие",
    "break": "перерыв в\u00a0подаче",
    "quality": "снижение за\u00a0качество",
    "benefit": "льгота",
    "common_needs": "общедомовые нужды",
    "heat_year": "корректировка за\u00a0год",
}
DAY_FORMS = ("день", "дня", "дней")
NORM_WORDS = {"resident": "на человека", "m2": "на м²"}


def bill_subject(account_id: int) -> str:
    """Return what the documents room calls the account of a bill."""
    return f"account:{account_id}"


def paper_lines(lines: Iterable[LineView], notes: Mapping[int, str]) -> tuple[PaperLine, ...]:
    """Return the calculation as the paper shows it, in the order of the bill.

    ``notes``: the sentences behind estimates, by line, where there is more to tell than the
    rule's own reason.
    """
    return tuple(_paper_line(line, notes.get(line.line, "")) for line in lines)


def _paper_line(line: LineView, note: str) -> PaperLine:
    basis: dict[str, Any] = json.loads(line.basis or "{}")
    return PaperLine(
        service=line.service_name,
        unit=UNIT_NAMES[line.unit],
        volume=shown_volume(line.volume, line.unit),
        method=VolumeMethod(line.method),
        rate=shown_rate(line.rate),
        amount=line.amount,
        detail=line_detail(line),
        multiplier=Decimal(line.multiplier) / MULTIPLIER,
        excess=_excess(line, basis),
        vat=line.vat,
        vat_over=bool(basis.get("net")),
        reason=line.corrects or "",
        days=_days(basis),
        why=note or reason_of(line),
    )


def _days(basis: dict[str, Any]) -> str:
    """Return which of the days between two readings a line is of, when not of all of them."""
    found = {(one["p"], one["w"]) for one in basis.get("readings", []) if one.get("w")}
    if len(found) != 1:
        return ""
    days, of = found.pop()
    return f"за\u00a0{counted(days, DAY_FORMS)} из\u00a0{of}" if days < of else ""


def vat_over(line: LineView) -> int:
    """Return the VAT that a line adds to its price, in kopecks; 0 where the price holds it."""
    basis: dict[str, Any] = json.loads(line.basis or "{}")
    return line.vat if basis.get("net") else 0


def _excess(line: LineView, basis: dict[str, Any]) -> int:
    """Return what the multiplier added: the amount minus the amount without it (EXCHANGE 3)."""
    if line.multiplier == MULTIPLIER or "n" not in basis:
        return 0
    return line.amount - recomputed(replace(line, multiplier=MULTIPLIER), basis)


def line_detail(line: LineView) -> str:
    """Return what a line is within its service: «подогрев», «день», «2-й диапазон»."""
    parts = [RULE_WORDS.get(line.rule, ""), COMPONENT_WORDS.get(line.component, line.component)]
    if line.zone and line.zone != Zone.SINGLE:
        parts.append(ZONE_NAMES[Zone(line.zone)].lower())
    if line.band > 1:
        parts.append(f"{line.band}-й\u00a0диапазон")
    return ", ".join(part for part in parts if part)


def shown_volume(volume: int, unit: Unit) -> Decimal:
    """Return a volume as people read it: m³ with litres, the others without needless zeros."""
    value = from_scale(volume, MICRO)
    digits = UNIT_DIGITS[unit]
    rounded = Decimal(half_up(value.scaleb(digits))).scaleb(-digits)
    return rounded if unit == Unit.M3 else Decimal(plain_decimal(rounded))


def shown_rate(rate: int) -> Decimal:
    """Return a price in roubles with two decimals, or as many as it has."""
    value = from_scale(rate, RATE_SCALE)
    short = value.quantize(Decimal("0.01"))
    return short if short == value else Decimal(str(value).rstrip("0"))


def paper_readings(
    lines: Iterable[LineView], verified: Mapping[str, date | None]
) -> tuple[PaperReading, ...]:
    """Return the readings that the lines rest on, each register once: was, is, used.

    ``verified``: by the meter's serial number, the last day its verification holds.
    """
    found: dict[tuple[str, str, str], dict[tuple[str, ...], dict[str, Any]]] = {}
    services: dict[str, LineView] = {}
    for line in lines:
        services.setdefault(line.service, line)
        basis = json.loads(line.basis or "{}")
        for one in basis.get("readings", []):
            register = found.setdefault((line.service, one["s"], one["z"]), {})
            # Bands and components repeat an interval; parts of it by days have days of
            # their own.
            register.setdefault((one["f"], one["t"], basis.get("day", "")), one)
    return tuple(
        _paper_reading(services[code], serial, zone, list(parts.values()), verified.get(serial))
        for (code, serial, zone), parts in found.items()
    )


def _paper_reading(
    line: LineView,
    serial: str,
    zone: str,
    intervals: Sequence[dict[str, Any]],
    verified_until: date | None,
) -> PaperReading:
    ordered = sorted(intervals, key=lambda one: (one["f"], one["t"]))
    first, last = ordered[0], ordered[-1]
    unit = Unit.M3 if line.unit == Unit.GCAL and line.component else line.unit
    used = sum(int(one["v"]) for one in ordered)
    return PaperReading(
        service=line.service_name,
        serial=serial,
        unit=UNIT_NAMES[unit],
        zone=ZONE_NAMES[Zone(zone)].lower(),
        previous=shown_volume(int(first["a"]), unit),
        previous_on=date.fromisoformat(first["f"]) if first["f"] else None,
        current=shown_volume(int(last["b"]), unit),
        current_on=date.fromisoformat(last["t"]),
        volume=shown_volume(used, unit),
        verified_until=verified_until,
    )


def paper_norms(lines: Iterable[LineView]) -> tuple[PaperNorm, ...]:
    """Return the norms that the lines rest on, each once."""
    norms: dict[PaperNorm, None] = {}
    for line in lines:
        basis = json.loads(line.basis or "{}")
        unit = UNIT_NAMES[Unit.M3 if line.component == "heat" else line.unit]
        if norm := basis.get("norm"):
            words = f"{unit} {NORM_WORDS.get(norm['per'], '')}".strip()
            norms[PaperNorm(line.service_name, from_scale(norm["norm"], MICRO), words)] = None
        if heating := basis.get("heating"):
            value = from_scale(heating["norm"], MICRO)
            norms[PaperNorm(f"{line.service_name}, подогрев", value, "Гкал на м³")] = None
        heat = basis.get("heat")
        if heat and line.method == VolumeMethod.NORM:
            value = from_scale(heat["norm"], MICRO)
            norms[PaperNorm(line.service_name, value, "Гкал на м²")] = None
    return tuple(norms)


def paper_house(lines: Iterable[LineView]) -> tuple[PaperHouse, ...]:
    """Return what the house's shared meters counted, by the lines that divide it."""
    houses: dict[PaperHouse, None] = {}
    for line in lines:
        heat = json.loads(line.basis or "{}").get("heat")
        if heat and line.method != VolumeMethod.NORM and heat["volume"] >= 0:
            value = shown_volume(int(heat["volume"]), line.unit)
            houses[PaperHouse(line.service_name, UNIT_NAMES[line.unit], value)] = None
    return tuple(houses)
