"""Presets for the import: the door knows both floors."""

from abonent.domain.exchange.operations import GivenPreset
from abonent.presets.load import load_preset


def find_preset(code: str) -> GivenPreset:
    """Return a shipped preset for ``import_bundle``; refuses with UnknownPreset."""
    found = load_preset(code)
    return GivenPreset(preset=found.preset, topics=found.topics)
