"""From a closing document to the finished words of its sheet. Pure."""

from decimal import Decimal

from abonent.common.money import MINUS, NO_BREAK, format_kopecks
from abonent.common.numbers import without_zeros
from abonent.common.words import counted, day_and_year, day_in_words, grouped, month_and_year
from abonent.domain.documents.rules import Form, FormTable, Table, sum_in_words
from abonent.domain.documents.rules.wording import NOTHING, Row
from abonent.domain.invoicing.rules.papers import (
    NO_VAT,
    TITLES,
    Good,
    Paper,
    PaperKind,
    Party,
    Reference,
)

# The columns of a tax invoice bear the numbers of their official form.
_TAX_COLUMNS = (
    "№\n1", "Наименование\n1а", "Код\n2", "Ед.\n2а", "Количество\n3", "Цена, ₽\n4",
    "Без НДС, ₽\n5", "Акциз\n6", "НДС\n7", "Сумма НДС, ₽\n8", "С НДС, ₽\n9",
)  # fmt: skip
_TAX_WIDTHS = (0.6, 5.2, 0.9, 1.1, 1.9, 2.0, 2.1, 1.4, 1.3, 2.0, 2.1)
_PLAIN_COLUMNS = (
    "№", "Услуга", "Ед.", "Количество", "Цена, ₽", "Без НДС, ₽", "НДС", "Сумма НДС, ₽",
    "Всего, ₽",
)  # fmt: skip
_PLAIN_WIDTHS = (0.5, 4.4, 1.0, 1.7, 2.0, 2.0, 1.3, 1.9, 2.0)
_ADJUSTED_COLUMNS = (
    "№", "Услуга", "Показатель", "Ед.", "Количество", "Цена, ₽", "Без НДС, ₽", "НДС",
    "Сумма НДС, ₽", "С НДС, ₽",
)  # fmt: skip
_ADJUSTED_WIDTHS = (0.5, 4.2, 2.0, 1.0, 1.8, 1.9, 2.1, 1.3, 2.0, 2.1)
_TAX_NOTE = "Графы 1б, 10, 10а и 11 не заполняются: это услуги."
_SIGNED_BY_EDO = "Без подписи бумага действует вместе с электронным документом, подписанным ЭП."


def form_of(paper: Paper, *, code: str, check_url: str) -> Form:
    """Return the words of the paper; ``code`` is what its authenticity is checked by."""
    taxed = paper.kind in {PaperKind.TAX_INVOICE, PaperKind.TRANSFER}
    revision = (
        f", исправление № {paper.revision} от {day_and_year(paper.revised_on)}"
        if paper.revision and paper.revised_on
        else ""
    )
    return Form(
        title=TITLES[paper.kind],
        number=f"№{NO_BREAK}{paper.number} от {day_and_year(paper.dated_on)}{revision}",
        supplier=paper.seller.name,
        lead=_lead(paper),
        facts=_tax_facts(paper) if taxed or paper.adjusts else _plain_facts(paper),
        tables=(_table(paper),),
        column=_column(paper),
        words=_words(paper),
        signatures=_signatures(paper),
        notes=(_TAX_NOTE, _SIGNED_BY_EDO) if taxed else (),
        wide=paper.kind != PaperKind.INVOICE,
        qr_words=f"QR-код для оплаты {_due(paper)} в приложении банка",
        check_url=check_url,
        code=code,
    )


def _lead(paper: Paper) -> str:
    """Return what the paper is about, under its number."""
    month = month_and_year(paper.period.year, paper.period.month)
    if paper.adjusts:
        return f"К документу: {_reference(paper.adjusts)}. Уточнены объём или цена"
    status = "Статус 1: счёт-фактура и передаточный документ. " if (
        paper.kind == PaperKind.TRANSFER
    ) else ""  # fmt: skip
    return f"{status}За {month}, лицевой счёт {paper.account_number}"


def _tax_facts(paper: Paper) -> tuple[tuple[Row, ...], ...]:
    """Return the lines of a tax invoice with the numbers of its official form."""
    seller, buyer = paper.seller, paper.buyer
    places = f"1–{len(paper.goods)}" if paper.goods[1:] else "1"
    shipped = f"№{NO_BREAK}п/п {places}, {_reference(_own(paper))}"
    goods = (
        ("Грузоотправитель (3)", NOTHING),
        ("Грузополучатель (4)", NOTHING),
        ("К платёжному документу (5)", NOTHING),
        ("Документ об отгрузке (5а)", shipped),
    )
    return (
        (
            ("Продавец (2)", seller.name),
            ("Адрес (2а)", seller.address or NOTHING),
            ("ИНН/КПП продавца (2б)", seller.codes or NOTHING),
            *(() if paper.adjusts else goods),
        ),
        (
            ("Покупатель (6)", buyer.name),
            ("Адрес (6а)", buyer.address or NOTHING),
            ("ИНН/КПП покупателя (6б)", buyer.codes or NOTHING),
            ("Валюта (7)", "российский рубль, 643"),
            *(() if paper.adjusts else (("Госконтракт (8)", NOTHING),)),
            ("Основание", _contract(paper)),
            *(() if paper.adjusts else (("Период", _span(paper)),)),
        ),
    )


def _plain_facts(paper: Paper) -> tuple[tuple[Row, ...], ...]:
    seller = paper.seller
    bank = (
        ("Банк", f"{seller.bank_name}, БИК{NO_BREAK}{seller.bic}"),
        ("Счёт", seller.account_number),
        ("Корр. счёт", seller.correspondent_account),
    )
    facts = (
        ("Исполнитель", _named(seller)),
        ("Адрес", seller.address),
        *(bank if seller.account_number and paper.settlement else ()),
        ("Заказчик", _named(paper.buyer)),
        ("Адрес заказчика", paper.buyer.address),
        ("Основание", _contract(paper)),
        ("Период", _span(paper)),
    )
    return (tuple(row for row in facts if row[1]),)


def _named(party: Party) -> str:
    return f"{party.name}, ИНН/КПП{NO_BREAK}{party.codes}" if party.inn else party.name


def _contract(paper: Paper) -> str:
    return _reference(paper.contract) if paper.contract else NOTHING


def _own(paper: Paper) -> Reference:
    return Reference("документ", paper.number, paper.dated_on)


def _reference(reference: Reference) -> str:
    day = f" от {day_and_year(reference.dated_on)}" if reference.dated_on else ""
    return f"{reference.title} №{NO_BREAK}{reference.number}{day}"


def _span(paper: Paper) -> str:
    return f"{day_in_words(paper.period.first_day)} – {day_and_year(paper.period.last_day)}"


def _table(paper: Paper) -> FormTable:
    total = (
        format_kopecks(paper.net),
        format_kopecks(paper.vat) if _is_taxed(paper) else NO_VAT,
        format_kopecks(paper.amount),
    )
    if paper.adjusts:
        return FormTable(_adjusted(paper, total), _ADJUSTED_WIDTHS)
    if paper.kind in {PaperKind.TAX_INVOICE, PaperKind.TRANSFER}:
        rows = tuple(_tax_row(place, good) for place, good in enumerate(paper.goods, start=1))
        last = ("", "Всего к оплате", "", "", "", "", total[0], "", "", total[1], total[2])
        table = Table(_TAX_COLUMNS, rows, (4, 5, 6, 9, 10), last)
        return FormTable(table, _TAX_WIDTHS)
    rows = tuple(_plain_row(place, good) for place, good in enumerate(paper.goods, start=1))
    sums: Row = ("", "Итого", "", "", "", total[0], "", total[1], total[2])
    return FormTable(Table(_PLAIN_COLUMNS, rows, (3, 4, 5, 7, 8), sums), _PLAIN_WIDTHS)


def _is_taxed(paper: Paper) -> bool:
    return any(good.vat_rate != NO_VAT for good in paper.goods)


def _tax_row(place: int, good: Good) -> Row:
    return (
        str(place), good.name, good.okei, good.unit, _exact(good.quantity), _exact(good.price),
        format_kopecks(good.net), "без акциза", good.vat_rate, _vat(good),
        format_kopecks(good.amount),
    )  # fmt: skip


def _plain_row(place: int, good: Good) -> Row:
    return (
        str(place), good.name, good.unit, _exact(good.quantity), _exact(good.price),
        format_kopecks(good.net), good.vat_rate, _vat(good), format_kopecks(good.amount),
    )  # fmt: skip


def _adjusted(paper: Paper, total: tuple[str, str, str]) -> Table:
    """Return each line as it was, as it is, and the difference, as the form of an adjustment."""
    rows: list[Row] = []
    for place, (was, now) in enumerate(zip(paper.before, paper.goods, strict=True), start=1):
        for name, good in (("до изменения", was), ("после изменения", now)):
            head = (str(place), good.name) if good is was else ("", "")
            rows.append((
                *head, name, good.unit,
                _exact(good.quantity), _exact(good.price), format_kopecks(good.net), good.vat_rate,
                _vat(good), format_kopecks(good.amount),
            ))  # fmt: skip
        word = "увеличение" if now.amount >= was.amount else "уменьшение"
        rows.append((
            "", "", word, "", "", "", format_kopecks(abs(now.net - was.net)), "",
            format_kopecks(abs(now.vat - was.vat)), format_kopecks(abs(now.amount - was.amount)),
        ))  # fmt: skip
    last = ("", "Всего изменение", "", "", "", "", total[0], "", total[1], total[2])
    return Table(_ADJUSTED_COLUMNS, tuple(rows), (4, 5, 6, 8, 9), last)


def _exact(value: Decimal | None) -> str:
    return NOTHING if value is None else grouped(without_zeros(value))


def _vat(good: Good) -> str:
    return NO_VAT if good.vat_rate == NO_VAT else format_kopecks(good.vat)


def _column(paper: Paper) -> tuple[Row, ...]:
    """Return how the sum of an invoice is made: was, charged, penalty, paid, to pay."""
    asked = paper.settlement
    if asked is None:
        return ()
    first = day_in_words(paper.period.first_day)
    rows = [
        (f"{'Аванс' if asked.opening < 0 else 'Долг'} на {first}", _signed(asked.opening)),
        (f"Начислено за {month_and_year(paper.period.year, paper.period.month)}",
         _signed(paper.amount)),
        ("Пени, НДС не облагаются", _signed(asked.penalty)),
        ("Заплачено за месяц", _signed(-asked.paid)),
    ]  # fmt: skip
    word = "К оплате" if asked.due >= 0 else "Переплата"
    return (
        *(row for row in rows if row[1] != format_kopecks(0)),
        (word, f"{format_kopecks(abs(asked.due))}{NO_BREAK}₽"),
    )


def _signed(amount: int) -> str:
    return f"{MINUS}{NO_BREAK}{format_kopecks(-amount)}" if amount < 0 else format_kopecks(amount)


def _due(paper: Paper) -> str:
    return f"{format_kopecks(paper.settlement.due if paper.settlement else 0)}{NO_BREAK}₽"


def _words(paper: Paper) -> tuple[str, ...]:
    """Return the sums in words."""
    if paper.settlement:
        asked = paper.settlement
        if asked.due <= 0:
            return ("Платить по этому счёту не нужно.",)
        until = day_and_year(asked.due_by)
        return (f"К оплате: {sum_in_words(asked.due)}. Оплатите до {until}.",)
    lines = counted(len(paper.goods), ("строка", "строки", "строк"))
    if paper.adjusts:
        change = "увеличилась" if paper.amount >= 0 else "уменьшилась"
        return (f"Стоимость с НДС {change}. Разница: {sum_in_words(abs(paper.amount))}.",)
    vat = f", в том числе НДС {format_kopecks(paper.vat)}{NO_BREAK}₽" if _is_taxed(paper) else ""
    done = (
        () if paper.kind == PaperKind.TAX_INVOICE
        else ("Услуги оказаны полностью и в срок. Претензий по объёму, качеству и сроку нет.",)
    )  # fmt: skip
    return (f"Всего {lines} на сумму: {sum_in_words(paper.amount)}{vat}.", *done)


def _signatures(paper: Paper) -> tuple[tuple[Row, ...], ...]:
    """Return the places to sign: of the seller alone, or of both sides."""
    named = ", ".join(filter(None, (paper.signer_position, paper.signer_name)))
    mine = named or "должность, подпись, фамилия"
    if paper.kind in {PaperKind.TRANSFER, PaperKind.ACT}:
        return (
            (("Услуги сдал", mine), (f"Исполнитель: {paper.seller.name}", "печать, дата")),
            (
                ("Услуги принял", "должность, подпись, фамилия"),
                (f"Заказчик: {paper.buyer.name}", "печать, дата"),
            ),
        )
    return (
        (("Руководитель или уполномоченное лицо", mine),),
        (("Главный бухгалтер или уполномоченное лицо", "подпись, фамилия"),),
    )
