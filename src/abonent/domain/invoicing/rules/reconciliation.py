"""The reconciliation act: papers of both sides between two days, what is owed (RULES 5.6). Pure."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from abonent.common.money import NO_BREAK, format_kopecks
from abonent.common.words import day_and_year
from abonent.domain.documents.rules import Form, FormTable, Table, sum_in_words
from abonent.domain.documents.rules.wording import NOTHING, Row
from abonent.domain.documents.rules.workbook import Cell, workbook
from abonent.domain.invoicing.rules.papers import Party

_COLUMNS = ("№", "Дата", "Документ", "Дебет, ₽", "Кредит, ₽")
_WIDTHS = (0.5, 1.3, 6.0, 1.8, 1.8)
_SHEET_WIDTHS = (6, 12, 60, 16, 16)


class Verdict(StrEnum):
    """What the customer's side answers to an act."""

    AGREED = "agreed"
    DISCREPANCIES = "discrepancies"


@dataclass(frozen=True)
class ActRow:
    """A posted document; kopecks, one of the sums is zero. ``is_penalty``: of the own block."""

    day: date
    document: str
    debit: int
    credit: int
    is_penalty: bool = False


@dataclass(frozen=True)
class Act:
    """A reconciliation of an account from ``since`` to ``until``, both days included; kopecks.

    ``opening`` + debits − credits = ``closing``, which is the ledger's balance; above zero the
    customer owes.
    """

    number: str
    made_at: datetime
    since: date
    until: date
    seller: Party
    buyer: Party
    account_number: str
    contracts: tuple[str, ...]
    opening: int
    rows: tuple[ActRow, ...]
    closing: int

    @property
    def debit(self) -> int:
        """Return the turnover of the customer's debt."""
        return sum(row.debit for row in self.rows)

    @property
    def credit(self) -> int:
        """Return the turnover of what took off the debt."""
        return sum(row.credit for row in self.rows)

    @property
    def outcome(self) -> str:
        """Return the closing balance in words: how much, and in whose favour."""
        day = day_and_year(self.until)
        if not self.closing:
            return f"На {day} задолженности нет ни у одной из сторон."
        owner = self.seller if self.closing > 0 else self.buyer
        sums = f"{format_kopecks(abs(self.closing))}{NO_BREAK}₽"
        words = sum_in_words(abs(self.closing))
        return f"На {day} задолженность в пользу {owner.name}: {sums}. {words}."


def frozen_act(act: Act) -> str:
    """Write the act as it is kept."""
    return json.dumps(asdict(act), ensure_ascii=False, default=lambda value: value.isoformat())


def thawed_act(content: str) -> Act:
    """Read an act that ``frozen_act`` wrote."""
    given: dict[str, Any] = json.loads(content)
    return Act(
        **given
        | {
            "made_at": datetime.fromisoformat(given["made_at"]),
            "since": date.fromisoformat(given["since"]),
            "until": date.fromisoformat(given["until"]),
            "seller": Party(**given["seller"]),
            "buyer": Party(**given["buyer"]),
            "contracts": tuple(given["contracts"]),
            "rows": tuple(
                ActRow(**row | {"day": date.fromisoformat(row["day"])}) for row in given["rows"]
            ),
        }
    )


def act_form(act: Act, *, code: str, check_url: str) -> Form:
    """Return the words of the act's sheet."""
    numbered = list(enumerate(act.rows, start=1))
    main = [(place, row) for place, row in numbered if not row.is_penalty]
    penalties = [(place, row) for place, row in numbered if row.is_penalty]
    tables = [FormTable(_table(main, act.opening, act.since), _WIDTHS)]
    if penalties:
        tables.append(FormTable(_table(penalties), _WIDTHS, "Пени"))
    return Form(
        title="Акт сверки взаимных расчётов",
        number=f"№{NO_BREAK}{act.number} от {day_and_year(act.made_at)}",
        supplier=act.seller.name,
        lead=f"С {day_and_year(act.since)} по {day_and_year(act.until)}, российские рубли",
        facts=(
            _side("Исполнитель", act.seller),
            (
                *_side("Заказчик", act.buyer),
                (
                    "Договор",
                    ", ".join(f"№{NO_BREAK}{number}" for number in act.contracts) or NOTHING,
                ),
                ("Лицевой счёт", act.account_number),
            ),
        ),
        tables=tuple(tables),
        column=(
            (f"Сальдо на {day_and_year(act.since)}", _signed(act.opening)),
            ("Обороты по дебету", format_kopecks(act.debit)),
            ("Обороты по кредиту", format_kopecks(act.credit)),
            (f"Сальдо на {day_and_year(act.until)}", _signed(act.closing)),
        ),
        words=(act.outcome, "Расхождения: ______________________________________________"),
        notes=("Дебет – долг заказчика растёт, кредит – уменьшается.",)
        + (("Оплата пеней входит в платежи.",) if penalties else ()),
        signatures=(
            ((f"От исполнителя: {act.seller.name}", "должность, подпись, фамилия, печать"),),
            ((f"От заказчика: {act.buyer.name}", "должность, подпись, фамилия, печать"),),
        ),
        wide=False,
        check_url=check_url,
        code=code,
    )


def act_workbook(act: Act) -> bytes:
    """Return the act as XLSX: the same rows, sums as numbers."""
    rows: list[tuple[Cell, ...]] = [
        (None, None, f"Акт сверки № {act.number} от {_day(act.made_at.date())}"),
        (None, None, f"{act.seller.name}, ИНН/КПП {act.seller.codes}"),
        (None, None, f"{act.buyer.name}, ИНН/КПП {act.buyer.codes}"),
        (None, None, f"С {_day(act.since)} по {_day(act.until)}, л/с {act.account_number}"),
        (*_COLUMNS, "Пени"),
        (None, _day(act.since), "Сальдо на начало", *_split(act.opening)),
        *(
            (
                place, _day(row.day), row.document, _roubles(row.debit), _roubles(row.credit),
                "да" if row.is_penalty else None,
            )
            for place, row in enumerate(act.rows, start=1)
        ),
        (None, None, "Обороты", _roubles(act.debit), _roubles(act.credit)),
        (None, _day(act.until), "Сальдо на конец", *_split(act.closing)),
        (None, None, act.outcome),
    ]  # fmt: skip
    return workbook(rows, sheet="Акт сверки", widths=_SHEET_WIDTHS)


def _side(name: str, party: Party) -> tuple[Row, ...]:
    return (
        (name, party.name),
        ("ИНН/КПП", party.codes or NOTHING),
        ("Адрес", party.address or NOTHING),
    )


def _table(
    rows: Sequence[tuple[int, ActRow]], opening: int | None = None, since: date | None = None
) -> Table:
    lines: list[Row] = []
    if since is not None and opening is not None:
        debit, credit = max(opening, 0), max(-opening, 0)
        lines.append(("", f"{since:%d.%m.%Y}", "Сальдо на начало", _sum(debit), _sum(credit)))
    lines += [
        (str(place), f"{row.day:%d.%m.%Y}", row.document, _sum(row.debit), _sum(row.credit))
        for place, row in rows
    ]
    debit, credit = (sum(getattr(row, name) for _, row in rows) for name in ("debit", "credit"))
    total = ("", "", "Обороты за период", format_kopecks(debit), format_kopecks(credit))
    return Table(_COLUMNS, tuple(lines), (3, 4), total)


def _sum(amount: int) -> str:
    return format_kopecks(amount) if amount else ""


def _signed(amount: int) -> str:
    word = "дебет " if amount > 0 else "кредит " if amount < 0 else ""
    return f"{word}{format_kopecks(abs(amount))}"


def _split(amount: int) -> tuple[Cell, Cell]:
    return _roubles(max(amount, 0)), _roubles(max(-amount, 0))


def _roubles(kopecks: int) -> Cell:
    return Decimal(kopecks).scaleb(-2) if kopecks else None


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y}"
