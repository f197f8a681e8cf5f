"""Words of the exchange room."""

from enum import StrEnum


class BatchState(StrEnum):
    """How much of a bundle was loaded."""

    LOADED = "loaded"
    PARTIAL = "partial"
