"""Words and defaults of a supplier's rulebook. Pure."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class ServiceKind(StrEnum):
    """What a service category is, whatever its name at the supplier."""

    ELECTRICITY = "electricity"
    HEAT = "heat"
    HOT_WATER = "hot_water"
    COLD_WATER = "cold_water"
    OTHER = "other"


class Unit(StrEnum):
    """The unit in which a service's volume is counted."""

    KWH = "kwh"
    GCAL = "gcal"
    M3 = "m3"


class OfficeKind(StrEnum):
    """Whose place it is: the supplier's own, or an agent's who takes payments for it."""

    OFFICE = "office"
    AGENT = "agent"


class Load(StrEnum):
    """How busy a place usually is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


LOAD_NAMES = {Load.LOW: "низкая", Load.MEDIUM: "средняя", Load.HIGH: "высокая"}
UNIT_NAMES = {Unit.KWH: "кВт·ч", Unit.GCAL: "Гкал", Unit.M3: "м³"}

# Digits after the comma in which a volume is shown and kept (RULES 0.3, 2).
UNIT_DIGITS = {Unit.KWH: 3, Unit.GCAL: 6, Unit.M3: 3}

# Policy values a supplier may set, with their defaults (EXCHANGE 1, RULES marks [D]).
# A key present in SERVICE_DEFAULTS has another default for that kind of service.
POLICY_DEFAULTS: dict[str, str] = {
    "tariff_change": "by_reading_period",
    "band_zone_split": "proportional",
    "fraction_policy": "keep",
    # RULES 2.1: averages anew, the norm not until an inspection.
    "late_reading_recalc": "average_only",
    "avg_window_months": "6",
    "window_from_day": "15",
    "window_to_day": "25",
    "minimum_payment": "1",
    # Roubles that one member of staff may give back of a payment without a second one.
    "refund_alone_limit": "1000",
    # Fiscal receipts (RULES 5.4): sent through the acquirer with each payment, or not at all.
    "receipts": "with_payment",
    "tax_system": "osn",
    # Through which of its acquirers payments go; empty: the first that serves the supplier.
    "acquirer": "",
    # An autopayment above so many times the mean of so many bills is not made (TRUST T47).
    "autopay_most_times": "2",
    "autopay_usual_bills": "6",
    "production_calendar": "",
    # What closes a month of an organisation: one document for tax and act, or two (RULES 5.5).
    "closing_documents": "upd",
    # Who signs them for the supplier; empty: nobody is named, the electronic signature tells.
    "signer_name": "",
    "signer_position": "",
}
SERVICE_DEFAULTS: dict[ServiceKind, dict[str, str]] = {
    ServiceKind.ELECTRICITY: {"tariff_change": "by_days", "fraction_policy": "truncate"},
}
POLICY_CHOICES: dict[str, tuple[str, ...]] = {
    "tariff_change": ("by_days", "by_reading_period"),
    "band_zone_split": ("proportional", "day_first"),
    "fraction_policy": ("keep", "truncate", "ceil"),
    "late_reading_recalc": ("full", "average_only", "none"),
    "receipts": ("with_payment", "none"),
    "closing_documents": ("upd", "separate"),
    "tax_system": ("osn", "usn_income", "usn_income_outcome", "esn", "patent"),
    "acquirer": ("", "yookassa", "tbank", "rbs", "moneta"),
}
POLICY_RANGES: dict[str, tuple[int, int]] = {
    "avg_window_months": (6, 12),
    "autopay_most_times": (1, 10),
    "autopay_usual_bills": (1, 24),
    "window_from_day": (1, 31),
    "window_to_day": (1, 31),
}


def own_days(text: str) -> tuple[frozenset[date], frozenset[date]]:
    """Read ``production_calendar``: (days off, working days) that differ from the shipped one.

    ``2026-08-21`` or ``-2026-08-21`` does not work, ``+2026-12-26`` works; commas or spaces
    between them. Raises ValueError at what is no day.
    """
    found: dict[bool, set[date]] = {True: set(), False: set()}
    for word in text.replace(",", " ").split():
        found[word.startswith("+")].add(date.fromisoformat(word.lstrip("+-")))
    if found[True] & found[False]:
        raise ValueError(text)
    return frozenset(found[False]), frozenset(found[True])


@dataclass(frozen=True)
class Rulebook:
    """A supplier's policy: general values and overrides for one service."""

    general: dict[str, str] = field(default_factory=dict)
    by_service: dict[str, dict[str, str]] = field(default_factory=dict)

    def value(self, name: str, *, service: str = "", kind: str = "") -> str:
        """Return the value in force: the service's own, the general one, the default."""
        own = self.by_service.get(service, {})
        if name in own:
            return own[name]
        if name in self.general:
            return self.general[name]
        defaults = SERVICE_DEFAULTS.get(ServiceKind(kind), {}) if kind else {}
        return defaults.get(name, POLICY_DEFAULTS[name])

    def number(self, name: str, *, service: str = "", kind: str = "") -> int:
        """Return a whole-number policy value."""
        return int(self.value(name, service=service, kind=kind))
