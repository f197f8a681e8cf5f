"""From a bill's data to the finished words of its sheet; the template only sets them. Pure."""

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from abonent.common.money import MINUS, NO_BREAK, format_kopecks
from abonent.common.numbers import plain_decimal
from abonent.common.words import MONTHS, MONTHS_IN, day_and_year, day_in_words, grouped, quantity
from abonent.domain.documents.rules.paper import (
    METHOD_WORDS,
    BillPaper,
    Instalment,
    PaperLine,
    PaperReading,
    VolumeMethod,
)

ROUBLE = f"{NO_BREAK}₽"
NOTHING = "–"
# What the shipped faces can draw; a sign outside would stop the whole bill, so it
# becomes a question mark: Latin, combining marks, Cyrillic, punctuation, money, №, Ⅰ–Ⅻ.
DRAWN = (
    range(0x20, 0x7F), range(0xA0, 0x250), range(0x300, 0x370), range(0x400, 0x500),
    range(0x2010, 0x2028), range(0x202F, 0x203B), range(0x20A0, 0x20C0),
    range(0x2116, 0x2117), range(0x2160, 0x2180), range(0x2212, 0x2213),
)  # fmt: skip
Row = tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table of finished words; ``numeric`` are the places of its columns of numbers."""

    columns: Row
    rows: tuple[Row, ...]
    numeric: tuple[int, ...]
    total: Row = ()


@dataclass(frozen=True)
class Sheet:
    """All words of a printed bill, section by section in the order of 43/пр."""

    title: str
    number: str
    supplier: str
    payer: tuple[Row, ...]
    provider: tuple[Row, ...]
    owes: bool
    total_words: str
    total: str
    until: str
    qr_words: str
    readings: Table
    charges: Table
    charges_notes: tuple[str, ...]
    reference: tuple[Row, ...]
    house: Table
    column_title: str
    column: tuple[Row, ...]
    instalments: Table
    instalments_note: str
    pay_url: str
    readings_url: str
    check_url: str
    code: str

    def plain(self) -> dict[str, object]:
        """Return the sheet as plain dictionaries, as JSON takes them, of signs that exist."""
        plain: dict[str, object] = drawable(asdict(self))
        return plain


def sheet(paper: BillPaper, code: str) -> Sheet:
    """Return the words of the bill; ``code`` is what its authenticity is checked by."""
    month = f"{MONTHS[paper.period.month - 1]}{NO_BREAK}{paper.period.year}"
    total = format_kopecks(abs(paper.due))
    return Sheet(
        title=f"Счёт за {month}",
        number=f"№ {paper.number} от {day_and_year(paper.published_at.date())}",
        supplier=paper.provider.requisites.name,
        payer=_payer(paper),
        provider=_provider(paper),
        owes=paper.due > 0,
        total_words="Переплата" if paper.due < 0 else "К оплате",
        total=total,
        until=f"до {day_and_year(paper.due_by)}" if paper.due > 0 else "платить не нужно",
        qr_words=f"QR-код для оплаты {total}{ROUBLE} в приложении банка",
        readings=_readings(paper.readings),
        charges=_charges(paper),
        charges_notes=_charges_notes(paper),
        reference=_reference(paper),
        house=_house(paper),
        column_title="К оплате" if paper.payer.is_organisation else "К оплате и рассрочка",
        column=_column(paper),
        instalments=_instalments(paper.instalments),
        instalments_note=""
        if paper.instalments or paper.payer.is_organisation
        else "Рассрочка: не предоставлялась.",
        pay_url=paper.pay_url,
        readings_url=paper.readings_url,
        check_url=f"{paper.cabinet_url.rstrip('/')}/documents/{code}/" if paper.cabinet_url else "",
        code=code,
    )


def drawable(value: Any) -> Any:
    """Return the value with every sign that no face can draw replaced, at any depth."""
    if isinstance(value, str):
        return "".join(
            sign if sign == "\n" or any(ord(sign) in signs for signs in DRAWN) else "?"
            for sign in value
        )
    if isinstance(value, dict):
        return {name: drawable(part) for name, part in value.items()}
    if isinstance(value, tuple | list):
        return [drawable(part) for part in value]
    return value


def _given(pairs: list[tuple[str, str]]) -> tuple[Row, ...]:
    """Return the pairs whose value is not empty."""
    return tuple(pair for pair in pairs if pair[1])


def _payer(paper: BillPaper) -> tuple[Row, ...]:
    """Return who pays and for which premises."""
    payer = paper.payer
    return _given([
        ("Лицевой счёт", payer.account_number),
        ("Плательщик", payer.full_name),
        ("ИНН, КПП", _joined(payer.inn, payer.kpp)),
        ("Договор" if len(payer.contracts) == 1 else "Договоры", _contracts(payer.contracts)),
        ("Адрес", payer.address),
        ("Площадь", quantity(_short(payer.area), "м²") if payer.area is not None else ""),
        ("Проживают", str(payer.residents) if payer.residents is not None else ""),
        ("ЕЛС", payer.unified_account),
        ("Код услуги", payer.service_code),
        ("Код документа", payer.document_code),
        ("Код для кабинета", payer.link_code),
    ])  # fmt: skip


def _contracts(numbers: tuple[str, ...]) -> str:
    return ", ".join(f"№{NO_BREAK}{number}" for number in numbers)


def _provider(paper: BillPaper) -> tuple[Row, ...]:
    """Return who bills, where the money goes and where to ask."""
    provider = paper.provider
    bank = provider.requisites
    codes = _joined(
        f"ИНН{NO_BREAK}{bank.inn}" if bank.inn else "",
        f"КПП{NO_BREAK}{bank.kpp}" if bank.kpp else "",
        f"ОГРН{NO_BREAK}{provider.ogrn}" if provider.ogrn else "",
    )
    return _given([
        ("Исполнитель", _joined(bank.name, codes)),
        ("Расчётный счёт", bank.account_number),
        ("Банк", _joined(bank.bank_name, f"БИК{NO_BREAK}{bank.bic}" if bank.bic else "")),
        ("Корр. счёт", bank.correspondent_account),
        ("Адрес", provider.address),
        ("Телефон", _joined(provider.phone, provider.hours)),
        ("Диспетчер", provider.dispatcher),
        ("Почта, сайт", _joined(provider.email, provider.site)),
    ])  # fmt: skip


def _readings(readings: tuple[PaperReading, ...]) -> Table:
    """Return the readings of individual meters: was, is, used."""
    rows = tuple(
        (
            _joined(_named(reading.service, reading.zone), f"№{NO_BREAK}{reading.serial}"),
            _reading(reading.previous, reading.previous_on),
            _reading(reading.current, reading.current_on),
            NOTHING if reading.volume is None else quantity(reading.volume, reading.unit),
            day_and_year(reading.verified_until) if reading.verified_until else NOTHING,
        )
        for reading in readings
    )
    columns = ("Счётчик", "Было", "Стало", "Расход", "Поверка до")
    return Table(columns, rows, numeric=(1, 2, 3))


def _reading(value: Decimal | None, on: object) -> str:
    """Return a value of a register, its day before it on a line of its own, or a dash."""
    if value is None:
        return NOTHING
    return f"{on:%d.%m}\n{grouped(value)}" if on else grouped(value)


def _charges(paper: BillPaper) -> Table:
    """Return the calculation; columns that hold nothing in this month are left out."""
    lines = paper.lines
    corrects = any(line.method is VolumeMethod.CORRECTION for line in lines)
    extra = [
        ("Повышение", any(line.excess for line in lines)),
        ("Перерасчёт", corrects),
        ("Льгота", any(line.benefit for line in lines)),
    ]
    shown = [name for name, wanted in extra if wanted]
    middle = ["Начислено", *shown] if shown else []
    columns = ("Услуга", "Объём", "Как посчитан", "Цена,\u00a0₽", *middle, "Итого,\u00a0₽")
    rows = tuple(_charge(line, shown) for line in lines)
    label = f"Начислено за {MONTHS[paper.period.month - 1]}"
    total = (label, *[""] * (len(columns) - 2), format_kopecks(paper.charged))
    numeric = (1, *range(3, len(columns)))
    return Table(columns, rows, numeric, total)


def _charge(line: PaperLine, shown: list[str]) -> Row:
    """Return one line of the calculation with the extra columns of this bill."""
    correction = line.method is VolumeMethod.CORRECTION
    plain = 0 if correction else line.amount - line.excess + line.benefit
    extra = {
        "Повышение": line.excess,
        "Перерасчёт": line.amount if correction else 0,
        "Льгота": -line.benefit,
    }
    sums = [plain, *(extra[name] for name in shown)] if shown else []
    return (
        _named(line.service, line.detail),
        NOTHING if line.volume is None else quantity(line.volume, line.unit),
        _method(line),
        NOTHING if line.rate is None else grouped(line.rate),
        *(format_kopecks(amount) if amount else NOTHING for amount in sums),
        format_kopecks(line.amount),
    )


def _method(line: PaperLine) -> str:
    """Return how the volume was found, with the multiplier or the reason of a correction."""
    words = METHOD_WORDS[line.method]
    for told in (line.days, line.reason):
        words = f"{words} {told}" if told else words
    if line.multiplier != 1:
        words = f"{words}, коэффициент{NO_BREAK}{grouped(_short(line.multiplier))}"
    return words


def _charges_notes(paper: BillPaper) -> tuple[str, ...]:
    """Return what a reader may miss in the table: tax inside, and what there was none of."""
    vat = sum(line.vat for line in paper.lines)
    absent = [
        ("повышающего коэффициента", any(line.excess for line in paper.lines)),
        ("перерасчётов", any(line.method is VolumeMethod.CORRECTION for line in paper.lines)),
        ("льгот", any(line.benefit for line in paper.lines)),
    ]
    names = [name for name, present in absent if not present]
    notes = _whys(paper)
    if vat:
        notes.append(f"В том числе НДС {format_kopecks(vat)}{ROUBLE}.")
    if any(line.vat_over for line in paper.lines):
        notes.append("Цены указаны без НДС, он добавлен в итог строки.")
    # What was not charged order 43/пр wants to be said, and it is for households.
    if names and not paper.payer.is_organisation:
        listed = " и ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
        notes.append(f"В этом месяце нет {listed}.")
    return tuple(notes)


def _whys(paper: BillPaper) -> list[str]:
    """Return by which rules services were charged; what a meter counted needs no words."""
    services: dict[str, dict[str, None]] = {}
    for line in paper.lines:
        if line.why and line.method is not VolumeMethod.METER:
            services.setdefault(line.why, {})[line.service] = None
    return [f"{', '.join(of)}: {why[0].lower()}{why[1:]}" for why, of in services.items()]


def _reference(paper: BillPaper) -> tuple[Row, ...]:
    """Return debt, advance, penalty, the last payment and the norms."""
    first = day_in_words(paper.period.first_day)
    opening = f"{format_kopecks(abs(paper.opening))}{ROUBLE}"
    none = f"0,00{ROUBLE}"
    last = paper.last_payment
    paid = f"{format_kopecks(last.amount)}{ROUBLE}, {day_and_year(last.paid_on)}" if last else ""
    return _given([
        (f"Долг на {first}", opening if paper.opening > 0 else none),
        (f"Аванс на {first}", opening if paper.opening < 0 else none),
        ("Пени", f"{format_kopecks(paper.penalty)}{ROUBLE}"),
        ("Последняя оплата", paid or "не было"),
        *(
            (f"Норматив: {norm.service.lower()}", quantity(_short(norm.volume), norm.unit))
            for norm in paper.norms
        ),
    ])  # fmt: skip


def _house(paper: BillPaper) -> Table:
    """Return what the shared meters of the house counted."""
    rows = tuple(
        (
            row.service,
            quantity(row.volume, row.unit),
            NOTHING if row.rooms is None else quantity(row.rooms, row.unit),
            NOTHING if row.common is None else quantity(row.common, row.unit),
        )
        for row in paper.house
    )
    columns = ("Общедомовой счётчик", "Весь дом", "В помещениях", "На общее имущество")
    return Table(columns, rows, numeric=(1, 2, 3))


def _column(paper: BillPaper) -> tuple[Row, ...]:
    """Return the sum as a column: was, charged, penalty, paid, and what is left to pay."""
    month = MONTHS[paper.period.month - 1]
    was = "Переплата" if paper.opening < 0 else "Долг"
    paid_in = f"Заплачено в{NO_BREAK}{MONTHS_IN[paper.period.month - 1]}"
    return (
        (f"{was} на {day_in_words(paper.period.first_day)}", _signed(paper.opening)),
        (f"Начислено за {month}", _signed(paper.charged, plus=f"+{NO_BREAK}")),
        ("Пени", _signed(paper.penalty, plus=f"+{NO_BREAK}")),
        (paid_in, _signed(-paper.paid, plus=f"+{NO_BREAK}")),
        ("К оплате" if paper.due >= 0 else "Переплата", format_kopecks(abs(paper.due))),
    )


def _signed(amount: int, *, plus: str = "") -> str:
    """Return a sum of a column: its sign stands before it with a space."""
    if amount < 0:
        return f"{MINUS}{NO_BREAK}{format_kopecks(-amount)}"
    return f"{plus if amount else ''}{format_kopecks(amount)}"


def _instalments(parts: tuple[Instalment, ...]) -> Table:
    """Return the services paid in parts (ПП 354 p. 72)."""
    rows = tuple(
        (
            part.service,
            format_kopecks(part.this_month),
            format_kopecks(part.earlier),
            f"{grouped(_short(part.percent))}{NO_BREAK}%",
            format_kopecks(part.interest),
            format_kopecks(part.this_month + part.earlier + part.interest),
        )
        for part in parts
    )
    columns = (
        "Рассрочка",
        "За месяц",
        "За прошлые",
        "Процент",
        "Проценты,\u00a0₽",
        "Итого,\u00a0₽",
    )
    return Table(columns, rows, numeric=(1, 2, 3, 4, 5))


def _short(value: Decimal) -> Decimal:
    """Return the value without needless zeros at its end."""
    return Decimal(plain_decimal(value))


def _named(service: str, detail: str) -> str:
    """Return a service with what it is of it: «Электричество: день»."""
    return f"{service}: {detail}" if detail else service


def _joined(*parts: str) -> str:
    """Join the parts that are not empty by commas."""
    return ", ".join(part for part in parts if part)
