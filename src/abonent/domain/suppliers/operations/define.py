"""Who the supplier is, what it bills and by what policy."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal

from abonent.common.transactions import requires_transaction
from abonent.domain.suppliers import models
from abonent.domain.suppliers.rules import ServiceKind, Unit


@dataclass(frozen=True)
class SupplierCard:
    """The supplier's requisites, as ``supplier.toml`` names them."""

    code: str
    name: str = ""
    inn: str = ""
    kpp: str = ""
    ogrn: str = ""
    timezone: str = "Europe/Moscow"
    start_period: date | None = None
    bank_name: str = ""
    bic: str = ""
    account_number: str = ""
    correspondent_account: str = ""


@dataclass(frozen=True)
class ServiceLine:
    """A service to be billed."""

    code: str
    kind: ServiceKind
    name: str
    unit: Unit
    vat_percent: Decimal | None


@dataclass(frozen=True)
class Defined:
    """The supplier and what happened to it."""

    supplier_id: int
    inserted: bool
    updated: bool


@dataclass(frozen=True)
class DefinedServices:
    """How many services are new and changed; ``in_use`` are those left as they were."""

    inserted: int
    updated: int
    in_use: tuple[str, ...]


@requires_transaction
def define_supplier(
    *,
    card: SupplierCard,
    given: frozenset[str],
    now: datetime,  # noqa: ARG001  (every bulk verb takes the clock)
) -> Defined:
    """Make the supplier of this code exist with these requisites.

    Of a standing supplier only the ``given`` fields change. Refuses nothing: the card is
    judged by whoever reads it. Source: EXCHANGE supplier.toml.
    """
    values = {name: value for name, value in asdict(card).items() if name != "code"}
    row = models.Supplier.objects.select_for_update().filter(code=card.code).first()
    if row is None:
        values["name"] = card.name or card.code
        row = models.Supplier.objects.create(code=card.code, **values)
        return Defined(row.pk, inserted=True, updated=False)
    changed = [name for name in given & values.keys() if getattr(row, name) != values[name]]
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=changed)
    return Defined(row.pk, inserted=False, updated=bool(changed))


@requires_transaction
def define_services(
    *,
    supplier_id: int,
    services: Sequence[ServiceLine],
    given: frozenset[str],
    billed: bool,
    now: datetime,  # noqa: ARG001  (every bulk verb takes the clock)
) -> DefinedServices:
    """Make the services exist as given, by code.

    Of a standing service only the ``given`` columns change. With ``billed`` (bills are
    published) a service whose kind, unit or VAT would change is left as it was and named
    in ``in_use``. Source: EXCHANGE services.csv.
    """
    standing = {
        row.code: row for row in models.ServiceCategory.objects.filter(supplier_id=supplier_id)
    }
    inserted = updated = 0
    in_use: list[str] = []
    for service in services:
        row = standing.get(service.code)
        values = {name: value for name, value in asdict(service).items() if name != "code"}
        if row is None:
            models.ServiceCategory.objects.create(
                supplier_id=supplier_id, code=service.code, **values
            )
            inserted += 1
            continue
        changed = [name for name in values if name in given and getattr(row, name) != values[name]]
        if billed and not {"kind", "unit", "vat_percent"}.isdisjoint(changed):
            in_use.append(service.code)
            continue
        for name in changed:
            setattr(row, name, values[name])
        if changed:
            row.save(update_fields=changed)
            updated += 1
    return DefinedServices(inserted, updated, tuple(in_use))


@requires_transaction
def set_policy(
    *, supplier_id: int, general: Mapping[str, str], by_service: Mapping[str, Mapping[str, str]],
    now: datetime,  # noqa: ARG001  (every bulk verb takes the clock)
) -> int:  # fmt: skip
    """Set the policy values that are given, leave the others; returns how many changed.

    Names and values are those of POLICY_DEFAULTS, judged by whoever reads them. Source:
    EXCHANGE supplier.toml.
    """
    changed = 0
    for service, values in {"": general, **by_service}.items():
        for name, value in values.items():
            row, created = models.Rulebook.objects.get_or_create(
                supplier_id=supplier_id, service=service, name=name, defaults={"value": value}
            )
            if not created and row.value != value:
                row.value = value
                row.save(update_fields=["value"])
                created = True
            changed += created
    return changed
