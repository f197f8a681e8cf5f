import pytest

from bundles import WHOLE, write_bundle
from paying import bank, world

__all__ = ["bank", "world"]


@pytest.fixture
def whole(tmp_path):
    """The small whole bundle as a folder."""
    return write_bundle(tmp_path / "whole", WHOLE)


@pytest.fixture
def spoiled(tmp_path):
    """A function that writes the whole bundle with some files replaced."""

    def write(**files):
        changed = {f"{name}.csv": text for name, text in files.items() if name != "supplier"}
        if "supplier" in files:
            changed["supplier.toml"] = files["supplier"]
        return write_bundle(tmp_path / "spoiled", {**WHOLE, **changed})

    return write
