"""The bank's statement as 1C exchanges it, 1CClientBankExchange (RULES 6.4).

Lines of ``key=value`` in sections. A value may hold ``=``; keys that we do not know are passed
over; what a document is about stands in its purpose, in the words of whoever paid.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from abonent.common.money import format_kopecks
from abonent.domain.exchange.ports import UnreadableRegistry
from abonent.domain.exchange.rules.bank_registries import RegistryFile, RegistryLine

_FIRST, _LAST = "1CClientBankExchange", "КонецФайла"
_SUM = re.compile(r"-?\d{1,12}(\.\d{1,2})?\Z", re.ASCII)
# «л/с 0010012345», «лицевой счет № 0010012345»: what people write before the number.
_ACCOUNT = re.compile(
    r"(?:\bл\.?\s?/?\s?с\b\.?|\bлицев\w*\s+сч[её]т\w*)\s*(?:№|N|номер)?\s*:?\s*([\w/-]{4,64})",
    re.IGNORECASE,
)
_MOST_TEXT = 200
Section = dict[str, str]


@dataclass
class _Read:
    """A statement in its sections."""

    ours: set[str] = field(default_factory=set)
    accounts: list[Section] = field(default_factory=list)
    # A document with the line on which it begins.
    documents: list[tuple[int, Section]] = field(default_factory=list)


class OneCStatement:
    """The only layout that is not a table."""

    def read(self, raw: bytes) -> RegistryFile:
        """Read the money that came; what the statement says of itself is held against it."""
        text = _decoded(raw)
        lines = [line.strip() for line in text.splitlines()]
        told = [line for line in lines if line]
        if not told or told[0] != _FIRST:
            raise UnreadableRegistry([f"первая строка – не {_FIRST}"])
        if told[-1] != _LAST:
            raise UnreadableRegistry([f"файл оборван: нет строки {_LAST}"])
        read = _sections(lines)
        try:
            came = tuple(_incoming(read))
            problems = _denied(read.accounts, sum(one.amount for one in came))
        except ValueError as error:
            raise UnreadableRegistry([str(error)]) from None
        return RegistryFile(lines=came, problems=tuple(problems))


def _decoded(raw: bytes) -> str:
    """Turn a statement into text: by a mark, by what it declares, else windows-1251."""
    if raw.startswith(b"\xef\xbb\xbf"):
        return raw[3:].decode("utf-8", "replace")
    if "Кодировка=DOS".encode("cp866") in raw:
        return raw.decode("cp866")
    return raw.decode("cp1251", "replace")


def _sections(lines: list[str]) -> _Read:
    read, current = _Read(), Section()
    for place, line in enumerate(lines, start=1):
        key, _, value = line.partition("=")
        value = value.strip()
        if key == "СекцияДокумент":
            current = Section()
            read.documents.append((place, current))
        elif key == "СекцияРасчСчет":
            current = Section()
            read.accounts.append(current)
        elif key in {"КонецДокумента", "КонецРасчСчет"}:
            current = Section()
        else:
            if key == "РасчСчет" and value:
                read.ours.add(value)
            current[key] = value
    return read


def _incoming(read: _Read) -> Iterator[RegistryLine]:
    """Return the documents by which money came to an account of ours."""
    for place, told in read.documents:
        payee = told.get("ПолучательРасчСчет") or told.get("ПолучательСчет", "")
        came_on = told.get("ДатаПоступило", "")
        # Some banks leave the payee's account out of what has come.
        outside = payee not in read.ours if payee else bool(told.get("ДатаСписано"))
        if not came_on or outside:
            continue
        payer = told.get("ПлательщикРасчСчет") or told.get("ПлательщикСчет", "")
        parts = (told.get("Номер", ""), told.get("Дата", ""), told.get("Сумма", ""), payer)
        purpose = _purpose(told)
        named = _ACCOUNT.search(purpose)
        yield RegistryLine(
            line=place,
            # Number and date alone are not a key (RULES trap 25).
            number="/".join((*parts, told.get("ПлательщикБИК", "")))[:128],
            account=named[1] if named else purpose[:_MOST_TEXT],
            amount=_kopecks(told.get("Сумма", ""), place),
            paid_on=_day(came_on, place),
            # Who pays for a named account need not be its owner.
            payer_inn="" if named else told.get("ПлательщикИНН", ""),
            order=told.get("Номер", ""),
        )


def _purpose(told: Mapping[str, str]) -> str:
    whole = told.get("НазначениеПлатежа", "")
    return whole or " ".join(told.get(f"НазначениеПлатежа{place}", "") for place in range(1, 7))


def _denied(accounts: list[Section], came: int) -> list[str]:
    """Name what the statement says of its balances and turnovers and its documents deny."""
    found = []
    stated = [account for account in accounts if "ВсегоПоступило" in account]
    for account in stated:
        names = ("НачальныйОстаток", "ВсегоПоступило", "ВсегоСписано", "КонечныйОстаток")
        opening, received, spent, closing = (_kopecks(account.get(name, "0"), 0) for name in names)
        if opening + received - spent != closing:
            found.append(f"остатки и обороты счёта {account.get('РасчСчет', '')} не сходятся")
    received = sum(_kopecks(account["ВсегоПоступило"], 0) for account in stated)
    if stated and received != came:
        told = format_kopecks(received)
        found.append(f"поступило {told}, в документах {format_kopecks(came)}")
    return found


def _kopecks(text: str, place: int) -> int:
    if not _SUM.match(text):
        raise ValueError(f"строка {place}: сумма «{text}» не читается")
    return int(Decimal(text) * 100)


def _day(text: str, place: int) -> date:
    try:
        return datetime.strptime(text, "%d.%m.%Y").date()  # noqa: DTZ007  (a day of the bank's own calendar)
    except ValueError:
        raise ValueError(f"строка {place}: дата «{text}» не читается") from None
