"""The detailed statement of an account and the blank form of a receipt, as data and words. Pure.

Rooms above fill the data; ``paper/statement.typ`` and ``paper/blank.typ`` only place the words.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from abonent.common.money import NO_BREAK, format_kopecks
from abonent.common.periods import Period
from abonent.common.words import day_and_year, month_and_year
from abonent.domain.documents.rules.requisites import Requisites
from abonent.domain.documents.rules.wording import drawable


@dataclass(frozen=True)
class StatementRow:
    """What moved the account on a day: kopecks charged or paid, and what was owed after it."""

    on: date
    text: str
    charged: int
    paid: int
    balance: int


@dataclass(frozen=True)
class StatementPaper:
    """The statement of an account from one month to another, both included; sums in kopecks.

    A balance above zero is a debt. ``made_at`` is aware and becomes the file's own date.
    """

    since: Period
    until: Period
    made_at: datetime
    made_on: date
    supplier: Requisites
    account_number: str
    full_name: str
    address: str
    opening: int
    rows: tuple[StatementRow, ...]
    cabinet_url: str = ""

    @property
    def closing(self) -> int:
        """Return what is owed at the end."""
        return self.rows[-1].balance if self.rows else self.opening

    @property
    def title(self) -> str:
        """Return «Выписка за январь 2026 – октябрь 2026»."""
        first = month_and_year(self.since.year, self.since.month)
        last = month_and_year(self.until.year, self.until.month)
        return f"Выписка за {first}" if first == last else f"Выписка за {first} – {last}"


@dataclass(frozen=True)
class BlankPaper:
    """A receipt to be filled in by hand: to whom and for which account, everything else empty."""

    supplier: Requisites
    account_number: str
    full_name: str
    address: str
    services: tuple[str, ...]
    qr: str
    made_at: datetime


def statement_words(paper: StatementPaper, code: str) -> dict[str, Any]:
    """Return the words of a statement; ``code`` is what its authenticity is checked by."""
    url = f"{paper.cabinet_url.rstrip('/')}/documents/{code}/" if paper.cabinet_url else ""
    charged = sum(row.charged for row in paper.rows)
    paid = sum(row.paid for row in paper.rows)
    words = {
        "title": paper.title,
        "made": f"Составлена {day_and_year(paper.made_on)}",
        "supplier": paper.supplier.name,
        "facts": [
            ("Лицевой счёт", paper.account_number),
            ("Плательщик", paper.full_name),
            ("Адрес", paper.address),
            ("Исполнитель", f"{paper.supplier.name}, ИНН {paper.supplier.inn}"),
        ],
        "columns": ["День", "Что", "Начислено, ₽", "Заплачено, ₽", "Остаток, ₽"],
        "rows": [
            ("", f"На {day_and_year(paper.since.first_day)}", "", "", _owed(paper.opening)),
            *(
                (
                    f"{row.on:%d.%m.%Y}",
                    row.text,
                    _sum(row.charged),
                    _sum(row.paid),
                    _owed(row.balance),
                )
                for row in paper.rows
            ),
        ],
        "total": ["", "Всего", format_kopecks(charged), format_kopecks(paid), _owed(paper.closing)],
        "note": "Остаток больше нуля – долг, со словом «переплата» – деньги впрок.",
        "code": code,
        "check_url": url,
    }
    found: dict[str, Any] = drawable(words)
    return found


def blank_words(paper: BlankPaper) -> dict[str, Any]:
    """Return the words of a blank receipt."""
    bank = paper.supplier
    words = {
        "title": "Бланк квитанции",
        "supplier": bank.name,
        "payee": [
            ("Получатель", bank.name),
            ("ИНН / КПП", " / ".join(part for part in (bank.inn, bank.kpp) if part)),
            ("Счёт", bank.account_number),
            ("Банк", bank.bank_name),
            ("БИК", bank.bic),
            ("Корр. счёт", bank.correspondent_account),
        ],
        "payer": [
            ("Лицевой счёт", paper.account_number),
            ("Плательщик", paper.full_name),
            ("Адрес", paper.address),
        ],
        "services": list(paper.services),
        "qr_words": "QR-код с реквизитами, сумму впишете в приложении банка",
    }
    found: dict[str, Any] = drawable(words)
    return found


def _sum(kopecks: int) -> str:
    return format_kopecks(kopecks) if kopecks else ""


def _owed(kopecks: int) -> str:
    if kopecks < 0:
        return f"переплата{NO_BREAK}{format_kopecks(-kopecks)}"
    return format_kopecks(kopecks)
