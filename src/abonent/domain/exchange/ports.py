"""What a format of registries must offer."""

from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from abonent.domain.exchange.rules.bank_registries import RegistryFile


class UnreadableRegistry(Exception):
    """The file is not of the format; ``problems`` name lines and what is wrong, in Russian."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class RegistryFormat(Protocol):
    """A layout of a bank's or an agent's file of payments."""

    def read(self, raw: bytes) -> RegistryFile:
        """Read a file; raises UnreadableRegistry and nothing else."""


def registry_format(name: str) -> RegistryFormat | None:
    """Return the format of this name, None when there is none."""
    found: RegistryFormat | None = import_string(settings.REGISTRY_FORMATS)(name)
    return found
