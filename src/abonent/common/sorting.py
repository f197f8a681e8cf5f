"""The order in which Russian readers expect names, equal on every PostgreSQL."""

import polars as pl

_TABLE = str.maketrans({"ё": "е"})


def sort_key(text: str) -> str:
    """Return the stored key by which names sort: case does not matter, ё stands with е.

    Names that differ only in ё keep a fixed order: a mark after the name puts е first.
    """
    lowered = " ".join(text.lower().split())
    folded = lowered.translate(_TABLE)
    return folded if folded == lowered else f"{folded} ё"


def sort_keys(texts: pl.Expr) -> pl.Expr:
    """Return the stored sort keys of a whole column; the same as ``sort_key`` of each."""
    lowered = texts.str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars()
    folded = lowered.str.replace_all("ё", "е", literal=True)
    return pl.when(folded == lowered).then(folded).otherwise(folded + " ё")
