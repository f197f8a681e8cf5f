"""Words of the exchange room."""

from enum import StrEnum


class BatchState(StrEnum):
    """How much of a bundle was loaded."""

    LOADED = "loaded"
    PARTIAL = "partial"


class ImportMode(StrEnum):
    """What an import does with what it reads."""

    WHOLE = "whole"  # everything or nothing
    PARTIAL = "partial"  # the valid rows; the others are written out with their errors
    TRIAL = "trial"  # everything is checked, nothing stays


SUPPLIER_FILE = "supplier.toml"
REJECTED_FOLDER = "rejected"
ERROR_COLUMN = "error"
SHOWN_ERRORS = 1000
