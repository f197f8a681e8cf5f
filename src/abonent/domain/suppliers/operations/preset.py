"""Giving a supplier the configuration that a preset describes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from abonent.common.transactions import requires_transaction
from abonent.domain.suppliers import models
from abonent.domain.suppliers.rules import OfficeKind, Rulebook, ServiceKind, Unit


@dataclass(frozen=True)
class PresetService:
    """A service that the preset's supplier bills."""

    code: str
    kind: ServiceKind
    name: str
    unit: Unit
    vat_percent: Decimal | None


@dataclass(frozen=True)
class PresetBranch:
    """A branch with its contacts."""

    code: str
    name: str
    phone: str
    email: str


@dataclass(frozen=True)
class PresetOffice:
    """A place where customers are received; ``branch`` is a branch's code or empty."""

    name: str
    address: str
    branch: str = ""
    hours: str = ""
    phone: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    self_service: bool = False
    accessible: bool = False
    load: str = ""
    rush: str = ""
    kind: OfficeKind = OfficeKind.OFFICE


@dataclass(frozen=True)
class Preset:
    """A supplier's configuration as data; ``cabinet`` is explained in the preset guide.

    ``version`` changes whenever anything in the preset does. Texts in ``cabinet`` may
    hold ``{name}``, ``{inn}`` and ``{ogrn}`` of the supplier.
    """

    code: str
    version: str
    cabinet: dict[str, Any]
    policy: Rulebook = field(default_factory=Rulebook)
    services: Sequence[PresetService] = ()
    branches: Sequence[PresetBranch] = ()
    offices: Sequence[PresetOffice] = ()


@dataclass(frozen=True)
class AppliedPreset:
    """Whether anything changed; False when this very version had been applied before."""

    changed: bool


@requires_transaction
def apply_preset(*, supplier_id: int, preset: Preset, now: datetime) -> AppliedPreset:
    """Give the supplier the preset's cabinet, branches, offices, services and policy.

    The cabinet, the branches and the offices become the preset's own. Services and policy
    values are only added: what the supplier's bundle or staff have set stays. Applying the
    same version again changes nothing. ``now`` is kept in the cabinet as ``applied_at``.
    Refuses nothing: a preset is checked when it is loaded. Source: MISSION, presets.
    """
    supplier = models.Supplier.objects.select_for_update().get(pk=supplier_id)
    # The texts name the supplier, so another name is another cabinet.
    requisites = (preset.code, preset.version, supplier.name, supplier.inn, supplier.ogrn)
    fingerprint = sha256("|".join(requisites).encode()).hexdigest()
    if supplier.cabinet.get("preset_fingerprint") == fingerprint:
        return AppliedPreset(changed=False)
    supplier.preset = preset.code
    supplier.cabinet = {
        **_filled(preset.cabinet, supplier),
        "preset": preset.code,
        "preset_fingerprint": fingerprint,
        "applied_at": now.isoformat(),
    }
    supplier.save(update_fields=["preset", "cabinet"])
    _replace_offices(supplier_id, preset)
    _add_services(supplier_id, preset.services)
    _add_policy(supplier_id, preset.policy)
    return AppliedPreset(changed=True)


def _filled(value: Any, supplier: models.Supplier) -> Any:
    """Return the value with the supplier's requisites in place of their names."""
    if isinstance(value, str):
        requisites = {"name": supplier.name, "inn": supplier.inn, "ogrn": supplier.ogrn}
        for name, given in requisites.items():
            value = value.replace(f"{{{name}}}", given or "не указан")
        return value
    if isinstance(value, dict):
        return {key: _filled(part, supplier) for key, part in value.items()}
    if isinstance(value, list):
        return [_filled(part, supplier) for part in value]
    return value


def _replace_offices(supplier_id: int, preset: Preset) -> None:
    """Make the branches and offices those of the preset.

    Branches are kept by code, because accounts name them; offices have no key that
    anything rests on and are written anew.
    """
    models.Office.objects.filter(supplier_id=supplier_id).delete()
    codes = {branch.code for branch in preset.branches}
    models.Branch.objects.filter(supplier_id=supplier_id).exclude(code__in=codes).delete()
    branches = {
        branch.code: models.Branch.objects.update_or_create(
            supplier_id=supplier_id,
            code=branch.code,
            defaults={"name": branch.name, "phone": branch.phone, "email": branch.email},
        )[0]
        for branch in preset.branches
    }
    models.Office.objects.bulk_create(
        models.Office(
            supplier_id=supplier_id,
            branch=branches.get(office.branch),
            name=office.name,
            address=office.address,
            hours=office.hours,
            phone=office.phone,
            latitude=office.latitude,
            longitude=office.longitude,
            self_service=office.self_service,
            accessible=office.accessible,
            load=office.load,
            rush=office.rush,
            kind=office.kind,
        )
        for office in preset.offices
    )


def _add_services(supplier_id: int, services: Sequence[PresetService]) -> None:
    """Add the services that the supplier does not have yet."""
    models.ServiceCategory.objects.bulk_create(
        (
            models.ServiceCategory(
                supplier_id=supplier_id,
                code=service.code,
                kind=service.kind,
                name=service.name,
                unit=service.unit,
                vat_percent=service.vat_percent,
            )
            for service in services
        ),
        ignore_conflicts=True,
    )


def _add_policy(supplier_id: int, policy: Rulebook) -> None:
    """Add the policy values that the supplier does not have yet."""
    places = {"": policy.general, **policy.by_service}
    models.Rulebook.objects.bulk_create(
        (
            models.Rulebook(supplier_id=supplier_id, service=service, name=name, value=value)
            for service, values in places.items()
            for name, value in values.items()
        ),
        ignore_conflicts=True,
    )
