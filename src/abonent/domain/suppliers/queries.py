"""Reads of suppliers, services and rulebooks; frozen dataclasses for other rooms."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from abonent.common.frames import row_versions
from abonent.common.refusals import NotFound
from abonent.domain.suppliers import models
from abonent.domain.suppliers.rules import (
    LOAD_NAMES,
    Load,
    OfficeKind,
    Rulebook,
    ServiceKind,
    Unit,
    own_days,
)
from abonent.domain.suppliers.rules.calendar import ProductionCalendar
from abonent.domain.suppliers.rules.hours import read_hours, read_span, standing

KEPT = 32  # editions of suppliers that a process remembers


@dataclass(frozen=True)
class SupplierView:
    """A supplier as other rooms and the pages know it."""

    id: int
    code: str
    name: str
    inn: str
    kpp: str
    ogrn: str
    preset: str
    timezone: str
    start_period: date | None
    bank_name: str
    bic: str
    account_number: str
    correspondent_account: str
    host: str
    cabinet: dict[str, Any] = field(default_factory=dict)

    @property
    def called(self) -> str:
        """Return how people call the supplier: its preset's short name, else its own.

        The plain preset belongs to nobody, so its short name is nobody's either.
        """
        return str((self.preset and self.cabinet.get("short_name")) or self.name)


@dataclass(frozen=True)
class ServiceView:
    """A service category of a supplier."""

    id: int
    code: str
    kind: ServiceKind
    name: str
    unit: Unit
    vat_percent: Decimal | None


@dataclass(frozen=True)
class BranchView:
    """A branch with its contacts."""

    code: str
    name: str
    phone: str
    email: str


def _view(row: models.Supplier) -> SupplierView:
    names = [name for name in SupplierView.__dataclass_fields__ if name != "cabinet"]
    return SupplierView(**{name: getattr(row, name) for name in names}, cabinet=row.cabinet)


def supplier_by_code(code: str) -> SupplierView | None:
    """Return the supplier with this code, or None."""
    row = models.Supplier.objects.filter(code=code).first()
    return _view(row) if row else None


def supplier_for_host(host: str) -> SupplierView | None:
    """Return the supplier that has this host name for its own, or None."""
    row = models.Supplier.objects.filter(host=host).exclude(host="").first()
    return _view(row) if row else None


def get_supplier(code: str) -> SupplierView:
    """Return the supplier; refuses with NotFound when there is none of this code."""
    found = supplier_by_code(code)
    if found is None:
        text = f"Поставщика с кодом «{code}» нет. Список кодов: abonent doctor."
        raise NotFound(text)
    return found


def supplier_by_id(supplier_id: int) -> SupplierView:
    """Return the supplier with this identifier; it must exist."""
    return _view(models.Supplier.objects.get(pk=supplier_id))


def cabinet_url(supplier: SupplierView) -> str:
    """Return the address of the supplier's cabinet without a slash at its end.

    For papers and letters, which nobody has asked for by an address of their own.
    """
    if supplier.host:
        return f"https://{supplier.host}"
    return f"{settings.PUBLIC_URL.rstrip('/')}/{supplier.code}"


def all_suppliers() -> list[SupplierView]:
    """Return every supplier, by name."""
    return [_view(row) for row in models.Supplier.objects.order_by("name", "code")]


def edition(*, supplier_id: int) -> str:
    """Return a text that any change of the supplier, its services or policies makes another.

    What is the same in one edition may be kept in memory under it. One statement.
    """
    return row_versions(
        [
            ("suppliers_supplier", "id = %(supplier)s"),
            ("suppliers_servicecategory", "supplier_id = %(supplier)s"),
            ("suppliers_rulebook", "supplier_id = %(supplier)s"),
        ],
        {"supplier": supplier_id},
    )


def services(*, supplier_id: int) -> list[ServiceView]:
    """Return the supplier's services, by code. One statement."""
    return list(_services(supplier_id, edition(supplier_id=supplier_id)))


@lru_cache(KEPT)
def _services(supplier_id: int, edition: str) -> tuple[ServiceView, ...]:
    """Read the services of an edition once in this process."""
    del edition  # it is the memory's key
    rows = models.ServiceCategory.objects.filter(supplier_id=supplier_id).order_by("code")
    return tuple(
        ServiceView(
            id=row.pk,
            code=row.code,
            kind=ServiceKind(row.kind),
            name=row.name,
            unit=Unit(row.unit),
            vat_percent=row.vat_percent,
        )
        for row in rows
    )


def branches(*, supplier_id: int) -> list[BranchView]:
    """Return the supplier's branches, by name."""
    rows = models.Branch.objects.filter(supplier_id=supplier_id).order_by("name", "code")
    return [BranchView(row.code, row.name, row.phone, row.email) for row in rows]


def rulebook(*, supplier_id: int) -> Rulebook:
    """Return the supplier's policy values. One statement."""
    return _rulebook(supplier_id, edition(supplier_id=supplier_id))


@dataclass(frozen=True)
class OfficeView:
    """A place where people are received, and how it stands at a moment.

    ``place`` is its number in the list; ``is_open`` is None where its hours are not known;
    ``is_quiet`` says that people usually do not wait there at this hour.
    """

    place: int
    kind: OfficeKind
    name: str
    address: str
    branch: str
    hours: str
    phone: str
    latitude: Decimal | None
    longitude: Decimal | None
    self_service: bool
    accessible: bool
    load: Load | None
    rush: str
    is_open: bool | None
    words: str
    is_quiet: bool

    @property
    def locality(self) -> str:
        """Return the town of the address: «г. Екатеринбург»."""
        return self.address.partition(",")[0]

    @property
    def load_name(self) -> str:
        """Return how busy it usually is, in a word."""
        return LOAD_NAMES[self.load] if self.load else ""


@dataclass(frozen=True)
class OfficeWish:
    """What a place must have to be shown; an empty wish shows all."""

    open_now: bool = False
    self_service: bool = False
    accessible: bool = False
    quiet: bool = False

    def met_by(self, office: OfficeView) -> bool:
        """Tell whether the place has everything that is wished."""
        return (
            (not self.open_now or office.is_open is True)
            and (not self.self_service or office.self_service)
            and (not self.accessible or office.accessible)
            and (not self.quiet or office.is_quiet)
        )


def offices(*, supplier: SupplierView, wish: OfficeWish, now: datetime) -> list[OfficeView]:
    """Return the supplier's places and its agents that meet the wish, numbered, own ones first.

    Open or closed is told by the clock of the supplier and its production calendar. Two
    statements beside those of the calendar.
    """
    calendar = production_calendar(supplier_id=supplier.id)
    moment = now.astimezone(ZoneInfo(supplier.timezone))
    rows = models.Office.objects.filter(supplier_id=supplier.id).select_related("branch")
    seen = [_office(row, moment, calendar) for row in rows.order_by("-kind", "pk")]
    met = [office for office in seen if wish.met_by(office)]
    return [replace(office, place=place) for place, office in enumerate(met, start=1)]


def _office(row: models.Office, moment: datetime, calendar: ProductionCalendar) -> OfficeView:
    hours = read_hours(row.hours)
    found = standing(hours, moment, calendar) if hours else None
    rush = [span for part in row.rush.split(",") if (span := read_span(part))]
    waits = any(begin <= moment.time() < end for begin, end in rush)
    load = Load(row.load) if row.load else None
    return OfficeView(
        place=0,
        kind=OfficeKind(row.kind),
        name=row.name,
        address=row.address,
        branch=row.branch.name if row.branch else "",
        hours=row.hours,
        phone=row.phone,
        latitude=row.latitude,
        longitude=row.longitude,
        self_service=row.self_service,
        accessible=row.accessible,
        load=load,
        rush=row.rush,
        is_open=found.is_open if found else None,
        words=found.words if found else "",
        is_quiet=load is Load.LOW or (load is not None and bool(rush) and not waits),
    )


def production_calendar(*, supplier_id: int) -> ProductionCalendar:
    """Return which days work at the supplier: the shipped calendar but for its own days."""
    return ProductionCalendar(
        *own_days(rulebook(supplier_id=supplier_id).value("production_calendar"))
    )


@lru_cache(KEPT)
def _rulebook(supplier_id: int, edition: str) -> Rulebook:
    """Read the policies of an edition once in this process."""
    del edition  # it is the memory's key
    general: dict[str, str] = {}
    by_service: dict[str, dict[str, str]] = {}
    for row in models.Rulebook.objects.filter(supplier_id=supplier_id):
        place = by_service.setdefault(row.service, {}) if row.service else general
        place[row.name] = row.value
    return Rulebook(general=general, by_service=by_service)
