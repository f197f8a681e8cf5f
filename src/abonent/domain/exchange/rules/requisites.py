"""Requisites of organisations and people: check digits and normal forms (RULES 5.2, 5.3). Pure."""

from dataclasses import dataclass

import polars as pl

from abonent.domain.exchange.rules import numbers
from abonent.domain.exchange.rules.kinds import Kind, Pattern

INN_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
INN_12_FIRST = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
INN_12_SECOND = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
KPP_SHAPE = r"^\d{4}[\dA-Z]{2}\d{3}$"

# Letters that look alike in both alphabets: the unified account has Cyrillic ones.
LOOK_ALIKES = dict(zip("ABCEHKMOPTXY", "АВСЕНКМОРТХУ", strict=True))
UNIFIED_SHAPE = r"^\d{2}[А-Я]{2}\d{6}(-\d{2}(-\d(0[1-9]|1[0-2])\d)?)?$"


def _control(column: str, weights: tuple[int, ...]) -> pl.Expr:
    """Return the control digit that these weights give over the first digits."""
    digits = [pl.col(column).str.slice(place, 1).cast(pl.Int32) for place in range(len(weights))]
    total = pl.sum_horizontal(digit * weight for digit, weight in zip(digits, weights, strict=True))
    return total % 11 % 10


def _digit(column: str, place: int) -> pl.Expr:
    return pl.col(column).str.slice(place, 1).cast(pl.Int32)


def valid_inn(texts: pl.Series) -> pl.Series:
    """Say of each text whether it is an INN of ten or twelve digits with right check digits."""
    frame = texts.to_frame("inn")
    ten = pl.col("inn").str.contains(r"^\d{10}$")
    twelve = pl.col("inn").str.contains(r"^\d{12}$")
    shaped = frame.select(
        pl.when(ten | twelve).then(pl.col("inn").str.pad_end(12, "0")).otherwise(pl.lit("0" * 12)),
        ten.alias("ten"),
        twelve.alias("twelve"),
    )
    short = _control("inn", INN_10) == _digit("inn", 9)
    long = (_control("inn", INN_12_FIRST) == _digit("inn", 10)) & (
        _control("inn", INN_12_SECOND) == _digit("inn", 11)
    )
    judged = shaped.select(((pl.col("ten") & short) | (pl.col("twelve") & long)).alias("valid"))
    return judged.to_series()


@dataclass(frozen=True)
class Inn(Kind):
    """An INN of an organisation or of a person."""

    limit: int = 12

    def parse(self, texts: pl.Series) -> pl.Series:
        """Return the INNs whose check digits are right."""
        if texts.null_count() == texts.len():
            return texts
        return numbers.keep(texts, valid_inn(texts))

    def rule(self, text: str) -> str:
        """Say what is wrong."""
        if not (text.isdecimal() and len(text) in {10, 12}):
            return "в ИНН 10 цифр у организации и 12 у человека"
        return "контрольные цифры ИНН не сходятся"

    @property
    def remedy(self) -> str:
        """Say how to put it right."""
        return "сверьте ИНН с документом или оставьте пустым"

    @property
    def expected(self) -> str:
        """Say what may stand here."""
        return "ИНН, 10 или 12 цифр, контрольные цифры проверяются"


KPP = Pattern(
    limit=9,
    shape=KPP_SHAPE,
    broken="в КПП 9 знаков: цифры, пятый и шестой могут быть латинскими буквами",
    cure="КПП, 9 знаков; у людей и предпринимателей пусто",
    upper=True,
)
UNIFIED_ACCOUNT = Pattern(
    limit=18,
    shape=UNIFIED_SHAPE,
    broken="ЕЛС состоит из 2 цифр, 2 русских букв и 6 цифр",
    cure="ЕЛС из ГИС ЖКХ, например 75ДА533315, или пусто",
    upper=True,
    alike=LOOK_ALIKES,
)
EMAIL = Pattern(
    limit=254,
    shape=r"^[^@\s]{1,64}@[^@\s]+\.[^@\s]{2,}$",
    broken="это не адрес электронной почты",
    cure="адрес вида имя@домен.ру или пусто",
)


@dataclass(frozen=True)
class Phone(Kind):
    """A phone number; Russian ones are kept as +7 and ten digits, others as written."""

    limit: int = 100

    def parse(self, texts: pl.Series) -> pl.Series:
        """Return numbers in one form."""
        if texts.null_count() == texts.len():
            return texts
        bare = texts.str.replace_all(r"[\s\u00a0()\-]", "")
        russian = bare.str.extract(r"^(?:\+7|8|7)?(\d{10})$")
        tidy = pl.select(pl.coalesce(pl.lit("+7") + russian, texts)).to_series()
        return super().parse(tidy)

    @property
    def expected(self) -> str:
        """Say what may stand here."""
        return "телефон: `+7 912 000-00-15`, `89120000015`"


def account_key_holds(bic: str, account: str, *, correspondent: bool) -> bool:
    """Check the key digit of a bank account against its BIC (RULES 5.3)."""
    head = f"0{bic[4:6]}" if correspondent else bic[-3:]
    digits = head + account
    total = sum(int(digit) * (7, 1, 3)[place % 3] % 10 for place, digit in enumerate(digits))
    return total % 10 == 0
