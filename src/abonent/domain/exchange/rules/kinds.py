"""What a cell of a bundle may hold: kinds of columns over whole columns of texts. Pure.

A kind turns texts into typed values (null where the text is wrong), writes values back
in the canonical form, and says in Russian what is expected and how to put it right.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

import polars as pl

from abonent.domain.exchange.rules import numbers

FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2199, 12, 31)


@dataclass(frozen=True)
class Kind:
    """The base of kinds: a text of limited length."""

    limit: int = 160
    dtype: ClassVar[Any] = pl.String

    def parse(self, texts: pl.Series) -> pl.Series:
        """Return typed values; null where the text is wrong. Texts are trimmed, never empty."""
        return numbers.keep(texts, texts.str.len_chars() <= self.limit)

    def written(self, values: pl.Series) -> pl.Series:
        """Return the values in the canonical form of an export."""
        return values.cast(pl.String)

    @property
    def fault(self) -> str:
        """Say what is wrong whatever the text is; empty when that depends on it."""
        return ""

    def rule(self, text: str) -> str:
        """Say what this text breaks."""
        return self.fault or f"не длиннее {self.limit} знаков, здесь {len(text)}"

    @property
    def remedy(self) -> str:
        """Say how to put it right."""
        return "сократите значение"

    @property
    def expected(self) -> str:
        """Say what may stand here, for the guide."""
        return f"текст до {self.limit} знаков"


Text = Kind


@dataclass(frozen=True)
class Choice(Kind):
    """One word of a list."""

    words: tuple[str, ...] = ()

    def parse(self, texts: pl.Series) -> pl.Series:
        """Return the words that are in the list."""
        return numbers.keep(texts, texts.is_in(list(self.words)))

    @property
    def fault(self) -> str:
        """Say that the word is not in the list."""
        return "такого значения здесь не бывает"

    @property
    def remedy(self) -> str:
        """Name the list."""
        return f"укажите одно из: {', '.join(self.words)}"

    @property
    def expected(self) -> str:
        """Name the list."""
        return ", ".join(f"`{word}`" for word in self.words)


@dataclass(frozen=True)
class YesNo(Kind):
    """Yes or no."""

    dtype: ClassVar[Any] = pl.Boolean

    def parse(self, texts: pl.Series) -> pl.Series:
        """Return true for yes, false for no."""
        return texts.replace_strict(
            {"yes": True, "no": False}, default=None, return_dtype=pl.Boolean
        )

    def written(self, values: pl.Series) -> pl.Series:
        """Write yes or no."""
        return values.replace_strict({True: "yes", False: "no"}, return_dtype=pl.String)

    @property
    def fault(self) -> str:
        """Say what is expected."""
        return "ожидается yes или no"

    @property
    def remedy(self) -> str:
        """Say how to put it right."""
        return "напишите yes, no или оставьте пустым"

    @property
    def expected(self) -> str:
        """Name both words."""
        return "`yes` или `no`"


@dataclass(frozen=True)
class Number(Kind):
    """An exact decimal number; kept as a decimal of ``scale`` places."""

    whole: int = 8
    scale: int = 6
    low: int | None = 0
    high: int | None = None
    dtype: ClassVar[Any] = pl.Decimal

    def _plain(self, texts: pl.Series) -> pl.Series:
        found = numbers.plain(
            texts, self.whole, self.scale, signed=self.low is None or self.low < 0
        )
        if self.low is None and self.high is None:
            return found
        values = numbers.decimals(found, self.scale)
        inside = values >= (self.low if self.low is not None else -(10**self.whole))
        if self.high is not None:
            inside &= values <= self.high
        return found if inside.all() else numbers.keep(found, inside)

    def parse(self, texts: pl.Series) -> pl.Series:
        """Return decimals."""
        return numbers.decimals(self._plain(texts), self.scale)

    def written(self, values: pl.Series) -> pl.Series:
        """Write the number with a point and without needless zeros."""
        return numbers.without_zeros(values.cast(pl.String))

    def rule(self, text: str) -> str:
        """Say what is wrong with this number."""
        bare = re.sub(r"[ \u00a0\u202f]", "", text).replace("\u2212", "-").replace(",", ".")
        if not re.fullmatch(r"-?\d+(\.\d+)?", bare):
            return "это не число"
        whole, _, fraction = bare.lstrip("-").partition(".")
        if len(fraction.rstrip("0")) > self.scale:
            return f"знаков после запятой больше {self.scale}" if self.scale else "число не целое"
        if len(whole.lstrip("0")) > self.whole:
            return f"цифр до запятой больше {self.whole}"
        if bare.startswith("-") and self.low == 0:
            return "число меньше нуля"
        return f"число вне пределов {self._limits}"

    @property
    def _limits(self) -> str:
        low = "" if self.low is None else f"от {self.low}"
        high = "" if self.high is None else f"до {self.high}"
        return f"{low} {high}".strip()

    @property
    def remedy(self) -> str:
        """Say how a number is written."""
        if not self.scale:
            return f"напишите целое число {self._limits}".rstrip()
        return (
            "напишите число цифрами, например 12.5 или 12,5; лишние знаки уберите в своей системе"
        )

    @property
    def expected(self) -> str:
        """Say what numbers may stand here."""
        kind = f"число, знаков после запятой до {self.scale}" if self.scale else "целое число"
        return f"{kind}, {self._limits}".rstrip(", ")


@dataclass(frozen=True)
class Whole(Number):
    """A whole number."""

    whole: int = 9
    scale: int = 0
    dtype: ClassVar[Any] = pl.Int64

    def parse(self, texts: pl.Series) -> pl.Series:
        """Return whole numbers."""
        return self._plain(texts).cast(pl.Int64, strict=False)


@dataclass(frozen=True)
class Scaled(Number):
    """A number kept as a whole number of its last decimal place: kopecks, millionths."""

    dtype: ClassVar[Any] = pl.Int64

    def parse(self, texts: pl.Series) -> pl.Series:
        """Return whole numbers of the last place."""
        return numbers.scaled(self._plain(texts), self.scale)

    def written(self, values: pl.Series) -> pl.Series:
        """Write kopecks with two places, other quantities without needless zeros."""
        text = numbers.unscaled(values, self.scale)
        return text if self.scale == 2 else numbers.without_zeros(text)  # noqa: PLR2004  (kopecks)


MONEY = Scaled(whole=12, scale=2, low=0)
SIGNED_MONEY = Scaled(whole=12, scale=2, low=None)
MICRO = Scaled(whole=12, scale=6)


@dataclass(frozen=True)
class Day(Kind):
    """A day, ISO or DD.MM.YYYY."""

    dtype: ClassVar[Any] = pl.Date

    def parse(self, texts: pl.Series) -> pl.Series:
        """Return days."""
        found = _days(texts, "%Y-%m-%d")
        if found.null_count() > texts.null_count():
            found = pl.select(pl.coalesce(found, _days(texts, "%d.%m.%Y"))).to_series()
        return numbers.keep(found, found.is_between(FIRST_DAY, LAST_DAY))

    def rule(self, text: str) -> str:
        """Say what is expected."""
        if self.fault:
            return self.fault
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}|\d{2}\.\d{2}\.\d{4}", text):
            return "такого дня в календаре нет"
        return "это не дата"

    @property
    def remedy(self) -> str:
        """Say how a day is written."""
        return "напишите день как 2026-10-24 или 24.10.2026"

    @property
    def expected(self) -> str:
        """Say how a day is written."""
        return "день: `2026-10-24` или `24.10.2026`"


def _days(texts: pl.Series, form: str) -> pl.Series:
    """Read days of one form; only texts of ten signs that begin with a digit are days."""
    shaped = numbers.keep(texts, (texts.str.len_bytes() == 10) & texts.str.contains(r"^\d"))  # noqa: PLR2004  (the length of a day)
    return shaped.str.to_date(form, strict=False, exact=True)


@dataclass(frozen=True)
class Moment(Day):
    """A day or a day with hours; kept as the canonical text, because the two differ."""

    hours: bool = False
    dtype: ClassVar[Any] = pl.String

    def parse(self, texts: pl.Series) -> pl.Series:
        """Return ``2026-10-24`` or ``2026-10-24 13:00``."""
        spaced = texts.str.replace("T", " ", literal=True)
        days = super().parse(spaced.str.slice(0, 10)).dt.to_string("%Y-%m-%d")
        clock = spaced.str.slice(10)
        timed = clock.str.contains(r"^ ([01]\d|2[0-3]):[0-5]\d$")
        fits = timed if self.hours else timed | (clock == "")
        return numbers.keep(days + clock, fits)

    def written(self, values: pl.Series) -> pl.Series:
        """Return the text as it is kept."""
        return values

    @property
    def fault(self) -> str:
        """Say what is expected."""
        return "это не дата с часами" if self.hours else "это не дата и не дата с часами"

    @property
    def remedy(self) -> str:
        """Say how a moment is written."""
        return "напишите 2026-10-24 13:00" + ("" if self.hours else " или 2026-10-24")

    @property
    def expected(self) -> str:
        """Say how a moment is written."""
        return "`2026-10-24 13:00`" + ("" if self.hours else " или `2026-10-24`")


@dataclass(frozen=True)
class Month(Kind):
    """A month; kept as its first day."""

    dtype: ClassVar[Any] = pl.Date

    def parse(self, texts: pl.Series) -> pl.Series:
        """Return first days of months."""
        shaped = numbers.keep(texts, texts.str.contains(r"^\d{4}-\d{2}$"))
        found = (shaped + "-01").str.to_date("%Y-%m-%d", strict=False, exact=True)
        return numbers.keep(found, found.is_between(FIRST_DAY, LAST_DAY))

    def written(self, values: pl.Series) -> pl.Series:
        """Write ``2026-10``."""
        return values.dt.to_string("%Y-%m")

    @property
    def fault(self) -> str:
        """Say what is expected."""
        return "это не месяц"

    @property
    def remedy(self) -> str:
        """Say how a month is written."""
        return "напишите месяц как 2026-10"

    @property
    def expected(self) -> str:
        """Say how a month is written."""
        return "месяц: `2026-10`"


@dataclass(frozen=True)
class Pattern(Kind):
    """A text of a fixed shape, put in order by replacements before it is judged."""

    shape: str = ""
    broken: str = ""
    cure: str = ""
    upper: bool = False
    alike: Mapping[str, str] = field(default_factory=dict)

    def parse(self, texts: pl.Series) -> pl.Series:
        """Return the texts of that shape, in capitals and with look-alikes replaced if asked."""
        tidy = texts.str.to_uppercase() if self.upper else texts
        if self.alike:
            tidy = tidy.str.replace_many(list(self.alike), list(self.alike.values()))
        return numbers.keep(tidy, tidy.str.contains(self.shape))

    @property
    def fault(self) -> str:
        """Say what is expected."""
        return self.broken

    @property
    def remedy(self) -> str:
        """Say how to put it right."""
        return self.cure

    @property
    def expected(self) -> str:
        """Say how to put it right."""
        return self.cure
