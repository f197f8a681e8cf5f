"""The verbs of the suppliers room."""

from abonent.domain.suppliers.operations.define import (
    Defined,
    DefinedServices,
    ServiceLine,
    SupplierCard,
    define_services,
    define_supplier,
    set_policy,
)
from abonent.domain.suppliers.operations.preset import (
    AppliedPreset,
    Preset,
    PresetBranch,
    PresetOffice,
    PresetService,
    apply_preset,
)

__all__ = [
    "AppliedPreset",
    "Defined",
    "DefinedServices",
    "Preset",
    "PresetBranch",
    "PresetOffice",
    "PresetService",
    "ServiceLine",
    "SupplierCard",
    "apply_preset",
    "define_services",
    "define_supplier",
    "set_policy",
]
