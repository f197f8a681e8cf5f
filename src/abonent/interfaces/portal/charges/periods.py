"""A month in an address: ``2026-10``."""

from abonent.common.periods import Period


class PeriodConverter:
    """Reads and writes a month in addresses; anything else is no address of ours."""

    regex = r"\d{4}-\d{2}"

    def to_python(self, value: str) -> Period:
        """Return the month; a ValueError here makes the address unknown."""
        return Period.parse(value)

    def to_url(self, value: Period) -> str:
        """Write the month."""
        return str(value)
