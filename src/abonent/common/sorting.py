"""The order in which Russian readers expect names, equal on every PostgreSQL."""

_TABLE = str.maketrans({"ё": "е"})


def sort_key(text: str) -> str:
    """Return the stored key by which names sort: case does not matter, ё stands with е.

    Names that differ only in ё keep a fixed order: a mark after the name puts е first.
    """
    lowered = " ".join(text.lower().split())
    folded = lowered.translate(_TABLE)
    return folded if folded == lowered else f"{folded} ё"
