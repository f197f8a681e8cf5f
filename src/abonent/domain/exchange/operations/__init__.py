"""Verbs of exchange: bundles in and out."""

from abonent.domain.exchange.operations.findings import BundleRefused, Finding, Findings
from abonent.domain.exchange.operations.importing import (
    FileCount,
    GivenPreset,
    ImportReport,
    import_bundle,
)
from abonent.domain.exchange.operations.progress import Progress, Silence

__all__ = [
    "BundleRefused",
    "FileCount",
    "Finding",
    "Findings",
    "GivenPreset",
    "ImportReport",
    "Progress",
    "Silence",
    "import_bundle",
]
