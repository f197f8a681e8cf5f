"""The verbs of the suppliers room."""

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
    "Preset",
    "PresetBranch",
    "PresetOffice",
    "PresetService",
    "apply_preset",
]
