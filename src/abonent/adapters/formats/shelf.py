"""Which formats of registries there are: one for each description, and the statement of 1C."""

import tomllib
from pathlib import Path

from abonent.adapters.formats.one_c import OneCStatement
from abonent.adapters.formats.table import TableFormat
from abonent.domain.exchange.ports import RegistryFormat

FOLDER = Path(__file__).parent / "registries"


def format_of(name: str) -> RegistryFormat | None:
    """Return the format of this name."""
    if name == "1c":
        return OneCStatement()
    path = FOLDER / f"{name}.toml"
    if name not in {one.stem for one in FOLDER.glob("*.toml")}:
        return None
    return TableFormat(tomllib.loads(path.read_text(encoding="utf-8")))
