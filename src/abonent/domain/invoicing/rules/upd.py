"""The XML of a tax invoice, an act or both: format 5.03, windows-1251 (RULES 5.5). Pure."""

import xml.etree.ElementTree as ET
from datetime import date
from decimal import Decimal
from xml.etree.ElementTree import Element

from abonent.common.money import plain_roubles
from abonent.common.numbers import plain_decimal
from abonent.domain.invoicing.rules.papers import NO_VAT, Good, Paper, PaperKind, Party, Reference
from abonent.domain.invoicing.rules.regions import region_of

VERSION = "5.03"
PROGRAM = "Abonent"
FUNCTIONS = {
    PaperKind.TRANSFER: "СЧФДОП",
    PaperKind.TAX_INVOICE: "СЧФ",
    PaperKind.ACT: "ДОП",
}
NAMES = {
    PaperKind.TRANSFER: "Счёт-фактура и документ об оказании услуг",
    PaperKind.TAX_INVOICE: "Счёт-фактура",
    PaperKind.ACT: "Документ об оказании услуг",
}
FACT = (
    "Документ об отгрузке товаров (выполнении работ), передаче имущественных прав "
    "(документ об оказании услуг)"
)
OPERATION = "Услуги оказаны"
SERVICE = "3"  # of goods, works and services
SOLE_TRADER = 12  # digits of an INN
# What stands for a name that nobody has given; the signature names the person anyway.
UNKNOWN = "–"
ANYBODY = "Уполномоченное лицо"


def file_name(*, seller: Party, buyer: Party, made_on: date, guid: str) -> str:
    """Return the identifier of the exchange file: the receiver comes first (RULES, trap 20).

    A side is known by INN and KPP, where no operator has given it an identifier of its own.
    """
    sides = "_".join(side.inn + side.kpp for side in (buyer, seller))
    return f"ON_NSCHFDOPPR_{sides}_{made_on:%Y%m%d}_{guid}_0_0_0_0_0_00"


def upd_xml(paper: Paper) -> bytes:
    """Return the file of a paper of one of ``FUNCTIONS``; the same paper, the same bytes."""
    root = Element("Файл", ИдФайл=paper.file_name, ВерсФорм=VERSION, ВерсПрог=PROGRAM)
    document = _add(
        root, "Документ",
        КНД="1115131",
        Функция=FUNCTIONS[paper.kind],
        ПоФактХЖ=FACT,
        НаимДокОпр=NAMES[paper.kind],
        ДатаИнфПр=_day(paper.issued_at.date()),
        ВремИнфПр=f"{paper.issued_at:%H.%M.%S}",
        НаимЭконСубСост=", ".join(filter(None, (paper.seller.name, _inn_kpp(paper.seller)))),
    )  # fmt: skip
    _head(document, paper)
    _goods(document, paper)
    if paper.kind != PaperKind.TAX_INVOICE:
        _transfer(document, paper)
    _signer(document, paper)
    # A sign that the code page lacks is written by its number: nothing of a name is lost.
    written: bytes = ET.tostring(root, encoding="windows-1251", xml_declaration=True)
    return written


def _head(document: Element, paper: Paper) -> None:
    head = _add(document, "СвСчФакт", НомерДок=paper.number, ДатаДок=_day(paper.dated_on))
    if paper.revision and paper.revised_on:
        _add(head, "ИспрДок", НомИспр=str(paper.revision), ДатаИспр=_day(paper.revised_on))
    _party(head, "СвПрод", paper.seller)
    own = Reference(NAMES[paper.kind], paper.number, paper.dated_on)
    _add(head, "ДокПодтвОтгрНом", **_of(own))
    _party(head, "СвПокуп", paper.buyer)
    _add(head, "ДенИзм", КодОКВ="643", НаимОКВ="Российский рубль")


def _party(head: Element, name: str, party: Party) -> None:
    place = _add(head, name)
    identity = _add(place, "ИдСв")
    if len(party.inn) == SOLE_TRADER:
        trader = _add(identity, "СвИП", ИННФЛ=party.inn)
        _person(
            trader, party.name.removeprefix("ИП ").removeprefix("Индивидуальный предприниматель ")
        )
    else:
        _add(identity, "СвЮЛУч", НаимОрг=party.name, ИННЮЛ=party.inn, КПП=party.kpp)
    code, region = region_of(party.inn)
    address = _add(place, "Адрес")
    _add(address, "АдрРФ", КодРегион=code, НаимРегион=region, ИныеСвед=party.address[:255])
    if party.account_number:
        bank = _add(place, "БанкРекв", НомерСчета=party.account_number)
        _add(
            bank, "СвБанк",
            НаимБанк=party.bank_name, БИК=party.bic, КорСчет=party.correspondent_account,
        )  # fmt: skip


def _goods(document: Element, paper: Paper) -> None:
    table = _add(document, "ТаблСчФакт")
    for place, good in enumerate(paper.goods, start=1):
        row = _add(
            table, "СведТов",
            НомСтр=str(place), НаимТов=good.name, ОКЕИ_Тов=good.okei, НаимЕдИзм=good.unit,
            КолТов=_exact(good.quantity), ЦенаТов=_exact(good.price),
            СтТовБезНДС=plain_roubles(good.net), НалСт=good.vat_rate,
            СтТовУчНал=plain_roubles(good.amount),
        )  # fmt: skip
        _text(_add(row, "Акциз"), "БезАкциз", "без акциза")
        _tax(_add(row, "СумНал"), good)
        _add(row, "ДопСведТов", ПрТовРаб=SERVICE)
    total = _add(
        table, "ВсегоОпл",
        СтТовБезНДСВсего=plain_roubles(paper.net), СтТовУчНалВсего=plain_roubles(paper.amount),
    )  # fmt: skip
    taxed = any(good.vat_rate != NO_VAT for good in paper.goods)
    whole = _add(total, "СумНалВсего")
    if taxed:
        _text(whole, "СумНал", plain_roubles(paper.vat))
    else:
        _text(whole, "БезНДС", NO_VAT)


def _tax(place: Element, good: Good) -> None:
    if good.vat_rate == NO_VAT:
        _text(place, "БезНДС", NO_VAT)
    else:
        _text(place, "СумНал", plain_roubles(good.vat))


def _transfer(document: Element, paper: Paper) -> None:
    transfer = _add(
        _add(document, "СвПродПер"), "СвПер",
        СодОпер=OPERATION, ДатаПер=_day(paper.period.last_day),
        ДатаНачПер=_day(paper.period.first_day), ДатаОконПер=_day(paper.period.last_day),
    )  # fmt: skip
    if paper.contract and paper.contract.dated_on:
        _add(transfer, "ОснПер", **_of(paper.contract))
    else:
        _text(transfer, "БезДокОснПер", "1")


def _signer(document: Element, paper: Paper) -> None:
    signer = _add(document, "Подписант", Должн=paper.signer_position or ANYBODY, СпосПодтПолном="1")
    _person(signer, paper.signer_name)


def _person(place: Element, name: str) -> None:
    surname, first, rest = [*name.split(maxsplit=2), "", "", ""][:3]
    given = {"Фамилия": surname or UNKNOWN, "Имя": first or UNKNOWN, "Отчество": rest}
    _add(place, "ФИО", **{key: value[:60] for key, value in given.items()})


def _of(reference: Reference) -> dict[str, str]:
    return {
        "РеквНаимДок": reference.title,
        "РеквНомерДок": reference.number,
        "РеквДатаДок": _day(reference.dated_on) if reference.dated_on else "",
    }


def _inn_kpp(party: Party) -> str:
    return f"ИНН/КПП {party.codes}" if party.inn else ""


def _add(place: Element, name: str, **attributes: str) -> Element:
    """Add an element with those attributes that say something."""
    given = {key: _legal(value) for key, value in attributes.items() if value}
    return ET.SubElement(place, name, given)


def _text(place: Element, name: str, words: str) -> None:
    _add(place, name).text = words


def _legal(value: str) -> str:
    """Return the value without the signs that XML has no way to write, on one line."""
    kept = "".join(sign if sign.isprintable() else " " for sign in value)
    return " ".join(kept.split()) or UNKNOWN


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y}"


def _exact(value: Decimal | None) -> str:
    return "" if value is None else plain_decimal(value)
