"""The field of a reading where only whole numbers count, and how red digits are called."""

from abonent.interfaces.design.fields import ReadingField

MOST_DECIMALS = 4
_LITRES = ("cold_water", "hot_water")


class WholeReadingField(ReadingField):
    """A reading of which only the whole part counts: a fraction is read, not refused (C3)."""

    def _check_length(self, whole: str, decimals: str) -> None:
        """Refuse more digits before the comma than the meter has; after it any few are fine."""
        super()._check_length(whole, "")
        if len(decimals) > MOST_DECIMALS:
            raise self._fault("whole_only")


def fraction_name(kind: str) -> str:
    """Return what the red digits of a meter count."""
    return "литры" if kind in _LITRES else "цифры после запятой"
