"""A town as a bundle of files in the exchange layout, like a supplier's own."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from abonent.common.money import plain_roubles
from abonent.common.periods import Period
from abonent.interfaces.jobs.demo.calendar import DemoYear
from abonent.interfaces.jobs.demo.money import (
    DemoPayment,
    credited_on,
    opening_debts,
    payments_in,
)
from abonent.interfaces.jobs.demo.people import bank_account, firm_inn, firm_ogrn
from abonent.interfaces.jobs.demo.plans import BANK, BIC, CORRESPONDENT
from abonent.interfaces.jobs.demo.prices import norm_rows, tariff_rows
from abonent.interfaces.jobs.demo.readings import readings_of
from abonent.interfaces.jobs.demo.usage import heat_per_metre, house_heat
from abonent.interfaces.jobs.demo.world import MILLI, DemoAccount, DemoHouse, DemoMeter, Plan

_SERVICES = {
    "electricity": ("electricity", "Электроэнергия", "kwh"),
    "heat": ("heat", "Отопление", "gcal"),
    "hot_water": ("hot_water", "Горячая вода", "m3"),
    "cold_water": ("cold_water", "Холодная вода", "m3"),
}
_PAYMENTS = (
    "channel", "external_id", "account", "paid_on", "credited_on", "amount", "kind",
)  # fmt: skip
_VERIFICATIONS = (
    "account", "service", "serial", "verified_on", "valid_until", "arshin_number",
)  # fmt: skip
# The share of the rooms that have heat meters, where some do.
_METERED_ROOMS = Decimal("0.4")


def write_bundle(folder: Path, plan: Plan, year: DemoYear, accounts: Sequence[DemoAccount]) -> None:
    """Write the whole bundle of a town into a folder; the same town gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    write_supplier(folder, plan, year)
    houses = list(dict.fromkeys(account.house for account in accounts))
    _services(folder, plan)
    _tariffs(folder, plan, year)
    _norms(folder, plan)
    _houses(folder, houses)
    _house_volumes(folder, plan, year, houses)
    _accounts(folder, plan, accounts)
    _agreements(folder, accounts)
    _meters(folder, accounts)
    _readings(folder, plan, year, accounts)
    _past_volumes(folder, year, accounts)
    _balances(folder, plan, year, accounts)


def write_payments(
    folder: Path, plan: Plan, year: DemoYear, payments: Sequence[DemoPayment]
) -> None:
    """Write a bundle that only brings a month's payments, as banks' registries do."""
    folder.mkdir(parents=True, exist_ok=True)
    write_supplier(folder, plan, year)
    _payments(folder, payments)


def write_supplier(folder: Path, plan: Plan, year: DemoYear) -> None:
    """Write supplier.toml: requisites with right check digits, everything else invented."""
    number = 70000 + len(plan.code)
    settlement = bank_account(BIC, f"4070281001{plan.region}0000{len(plan.code):04d}")
    lines = {
        "code": plan.code,
        "name": plan.name,
        "inn": firm_inn(plan.region, number),
        "kpp": f"{plan.region}0001001",
        "ogrn": firm_ogrn(plan.region, number),
        "preset": plan.code,
        "timezone": plan.timezone,
        "start_period": str(year.first),
        "bank_name": BANK,
        "bic": BIC,
        "account_number": settlement,
        "correspondent_account": CORRESPONDENT,
    }
    text = "".join(f'{key} = "{value}"\n' for key, value in lines.items())
    (folder / "supplier.toml").write_text(text, encoding="utf-8", newline="\n")


def first_payments(
    plan: Plan, year: DemoYear, accounts: Sequence[DemoAccount]
) -> list[DemoPayment]:
    """Return what is paid in the first billed month for the debts of the start."""
    found = []
    for account in accounts:
        due = sum(debt.amount for debt in opening_debts(plan, year, account))
        found += payments_in(plan, year, account, year.first, due)
    return found


def _services(folder: Path, plan: Plan) -> None:
    rows = ([service, *_SERVICES[service]] for service in plan.services)
    _write(folder, "services", ("service", "kind", "name", "unit"), rows)


def _tariffs(folder: Path, plan: Plan, year: DemoYear) -> None:
    names = (
        "service", "component", "category", "zone", "from_quantity", "valid_from", "valid_to",
        "rate", "vat_included",
    )  # fmt: skip
    rows = (
        [
            row.service, row.component, row.category, row.zone, row.from_quantity,
            row.valid_from, row.valid_to, row.rate, "yes" if row.vat_included else "no",
        ]
        for row in tariff_rows(plan, year)
    )  # fmt: skip
    _write(folder, "tariffs", names, rows)


def _norms(folder: Path, plan: Plan) -> None:
    names = ("service", "category", "per", "valid_from", "volume", "multiplier")
    _write(folder, "norms", names, norm_rows(plan))


def _houses(folder: Path, houses: Sequence[DemoHouse]) -> None:
    names = (
        "house", "locality", "street", "number", "letter", "area_total", "area_common",
        "area_excluded", "has_heat_meter", "heating_scheme", "heating_months", "management",
        "power_sources",
    )  # fmt: skip
    schemes = {"meter": ("yes", "season"), "rooms": ("yes", "season"), "norm": ("no", "season"),
               "year": ("no", "year"), "none": ("", "")}  # fmt: skip
    rows = (
        [
            house.code, house.place.locality, house.street, house.number, house.letter,
            house.area_total, house.area_common, 0, *schemes[house.kind.heat],
            "10-05" if house.kind.heat != "none" else "",
            "none" if house.kind.private else "company", 1 if house.kind.private else 2,
        ]
        for house in houses
    )  # fmt: skip
    _write(folder, "houses", names, rows)


def _house_volumes(folder: Path, plan: Plan, year: DemoYear, houses: Sequence[DemoHouse]) -> None:
    """Write the heat of the houses with a meter, months without heating left out."""
    rows = []
    for house in houses:
        if house.kind.heat not in {"meter", "rooms"}:
            continue
        for period in [*year.before, *year.billed]:
            volume = Decimal(house_heat(plan, house, period)) / MILLI
            if not volume:
                continue
            metered: list[object] = ["", ""]
            if house.kind.heat == "rooms":
                area = (house.area_total * _METERED_ROOMS).quantize(Decimal(1))
                share = Decimal(str(heat_per_metre(plan, period) * 0.94))
                metered = [(share * area).quantize(Decimal("0.001")), area]
            rows.append([house.code, "heat", period, volume, *metered, "ok"])
    names = ("house", "service", "period", "volume", "metered_volume", "metered_area", "state")
    if rows:
        _write(folder, "house_volumes", names, rows)


def _accounts(folder: Path, plan: Plan, accounts: Sequence[DemoAccount]) -> None:
    names = (
        "account", "unified_account", "kind", "category", "premises", "house", "flat",
        "flat_extension", "branch", "area", "residents", "owners", "full_name", "inn", "kpp",
        "organisation_class", "email", "phone", "opened_on",
    )  # fmt: skip
    rows = (
        [
            account.number, _unified(plan, account), account.kind, account.category,
            "residential" if account.kind == "household" else "nonresidential",
            account.house.code, account.flat, account.extension, account.house.place.branch,
            f"{account.area / 100:.2f}", account.residents if account.kind == "household" else "",
            account.owners, account.name, account.inn, account.kpp, account.organisation_class,
            account.email, account.phone, account.opened_on,
        ]
        for account in accounts
    )  # fmt: skip
    _write(folder, "accounts", names, rows)


def _unified(plan: Plan, account: DemoAccount) -> str:
    """Return the unified account of GIS ЖКХ; organisations here have none."""
    if account.kind == "organisation" or not plan.letters:
        return ""
    return f"{plan.region}{plan.letters}{int(account.number) % 1_000_000:06d}"


def _agreements(folder: Path, accounts: Sequence[DemoAccount]) -> None:
    names = (
        "account", "service", "contract_number", "valid_from", "tariff_category", "zones",
        "meter_possible", "heating",
    )  # fmt: skip
    rows = (
        [
            account.number, point.service, point.contract, account.opened_on, point.category,
            "+".join(point.zones), "yes" if point.meter_possible else "no",
            "central" if point.service == "heat" else "",
        ]
        for account in accounts
        for point in account.points
    )  # fmt: skip
    _write(folder, "agreements", names, rows)


def _meters(folder: Path, accounts: Sequence[DemoAccount]) -> None:
    names = (
        "account", "service", "serial", "contract_number", "zones", "int_digits", "frac_digits",
        "ratio", "installed_on", "initial", "verified_until", "removed_on", "final",
    )  # fmt: skip
    rows, verified = [], []
    for account in accounts:
        for point in account.points:
            for meter in point.meters:
                new = meter is not point.meters[0] and account.kind == "household"
                initial = _scales(meter, meter.start) if new else ""
                final = _scales(meter, meter.shows(meter.removed_on)) if meter.removed_on else ""
                rows.append([
                    account.number, point.service, meter.serial, point.contract,
                    "+".join(meter.zones), meter.int_digits, meter.frac_digits, meter.ratio,
                    meter.installed_on, initial, meter.verified_until, meter.removed_on, final,
                ])  # fmt: skip
                verified.append([
                    account.number, point.service, meter.serial, meter.verified_on,
                    meter.verified_until,
                    f"С-{account.house.place.branch[:3].upper()}/{meter.verified_on:%d-%m-%Y}/{meter.serial}",
                ])  # fmt: skip
    _write(folder, "meters", names, rows)
    _write(folder, "verifications", _VERIFICATIONS, verified)


def _scales(meter: DemoMeter, values: Sequence[int]) -> str:
    """Return values as meters.csv wants them: a bare number, or one for each zone."""
    shown = [_value(value, meter.frac_digits) for value in values]
    if len(shown) == 1:
        return shown[0]
    return ",".join(f"{zone}={value}" for zone, value in zip(meter.zones, shown, strict=True))


def _readings(folder: Path, plan: Plan, year: DemoYear, accounts: Sequence[DemoAccount]) -> None:
    names = ("account", "meter_serial", "zone", "reading_date", "channel", "reading")
    rows = (
        [
            account.number, reading.meter.serial, reading.zone, reading.day, reading.channel,
            _value(reading.value, reading.meter.frac_digits),
        ]
        for account in accounts
        for reading in readings_of(plan, year, account)
    )  # fmt: skip
    _write(folder, "readings", names, rows)


def _past_volumes(folder: Path, year: DemoYear, accounts: Sequence[DemoAccount]) -> None:
    """Write the year before billing, for averages and comparison."""
    names = ("account", "service", "zone", "period", "volume", "method")
    rows = []
    for account in accounts:
        for point in account.points:
            meters = point.meters if account.kind == "organisation" else point.meters[:1]
            for at, zone in enumerate(point.zones if meters else ()):
                for period in year.before:
                    volume = sum(meter.used[at].in_month(period) for meter in meters)
                    digits = 0 if point.service == "electricity" else 3
                    rows.append([account.number, point.service, zone, period,
                                 _value(volume, digits), "meter"])  # fmt: skip
    _write(folder, "past_volumes", names, rows)


def _balances(folder: Path, plan: Plan, year: DemoYear, accounts: Sequence[DemoAccount]) -> None:
    names = ("account", "service", "period", "part", "amount")
    rows = (
        [debt.account, debt.service, debt.period, "principal", plain_roubles(debt.amount)]
        for account in accounts
        for debt in opening_debts(plan, year, account)
    )
    _write(folder, "balances", names, rows)


def _payments(folder: Path, payments: Sequence[DemoPayment]) -> None:
    rows = (
        [
            payment.channel, f"{payment.account}-{Period.of(payment.day)}", payment.account,
            payment.day, credited_on(payment), plain_roubles(payment.amount), "payment",
        ]
        for payment in payments
    )  # fmt: skip
    _write(folder, "payments", _PAYMENTS, rows)


def _value(milli: int, digits: int) -> str:
    """Return thousandths with so many digits after the point, cut, as a dial shows them."""
    whole, rest = divmod(milli, MILLI)
    return f"{whole}.{rest:03d}"[: -(3 - digits) or None] if digits else str(whole)


def _write(
    folder: Path, name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Write one file of the bundle."""
    path = folder / f"{name}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_cell(value) for value in row] for row in rows)


def _cell(value: object) -> object:
    """Return a cell as the contract wants it: ISO days, months as 2026-10, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    return value
