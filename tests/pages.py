"""The worked tables of docs/arithmetic, read row by row: they are the tests' cases."""

from pathlib import Path

PAGES = Path(__file__).resolve().parent.parent / "docs" / "arithmetic"


def rows_of(page: str, *head: str) -> list[dict[str, str]]:
    """Return the rows of the page's table that begins with these columns, by their names."""
    found: list[dict[str, str]] = []
    names: list[str] = []
    for line in (PAGES / f"{page}.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line[:1] == "|" else []
        if not cells:
            names = []
        elif names and set(cells[0]) != {"-"}:
            found.append(dict(zip(names, cells, strict=True)))
        elif not names and cells[: len(head)] == list(head):
            names = cells
    assert found, f"{page}.md has no table of {head}"
    return found


def words(cell: str) -> list[list[str]]:
    """Return the parts of a cell between its commas, cut into words; a dash is nothing."""
    return [] if cell == "–" else [part.split() for part in cell.split(",")]
