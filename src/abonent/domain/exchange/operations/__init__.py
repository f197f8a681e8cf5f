"""Verbs of exchange: bundles in and out."""

from abonent.domain.exchange.operations.exporting import ExportReport, export_bundle
from abonent.domain.exchange.operations.findings import BundleRefused, Finding, Findings
from abonent.domain.exchange.operations.importing import (
    FileCount,
    GivenPreset,
    ImportReport,
    import_bundle,
)
from abonent.domain.exchange.operations.progress import Progress, Silence
from abonent.domain.exchange.operations.registries import (
    RegistryRefused,
    RegistryReport,
    UnknownFormat,
    load_registry,
)

__all__ = [
    "BundleRefused",
    "ExportReport",
    "FileCount",
    "Finding",
    "Findings",
    "GivenPreset",
    "ImportReport",
    "Progress",
    "RegistryRefused",
    "RegistryReport",
    "Silence",
    "UnknownFormat",
    "export_bundle",
    "import_bundle",
    "load_registry",
]
