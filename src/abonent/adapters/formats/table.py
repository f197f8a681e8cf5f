"""A registry as lines of fields: where each value stands is data (RULES 6.3)."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from abonent.domain.exchange.ports import UnreadableRegistry
from abonent.domain.exchange.rules.bank_registries import RegistryFile, RegistryLine

_SUM = re.compile(r"-?\d{1,12}(\.\d{1,2})?\Z", re.ASCII)
_MOST_PROBLEMS = 20
_NUMBER_SIGNS, _ACCOUNT_SIGNS = 128, 200


class TableFormat:
    """One description of ``registries/*.toml``."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self._told = told
        self._columns: Mapping[str, int] = told["columns"]
        self._tail: Mapping[str, str] = told.get("tail", {})
        self._footer = re.compile(told["footer"]) if "footer" in told else None
        self._skip = re.compile(told.get("skip", r"^\s*$"))
        self._only = re.compile(told.get("only", ""))

    def read(self, raw: bytes) -> RegistryFile:
        """Read a file; every line that is not of the layout is named."""
        problems: list[str] = []
        lines: list[RegistryLine] = []
        footer: dict[str, str] = {}
        for place, text in enumerate(decoded(raw, self._told.get("encoding", "")).splitlines(), 1):
            found = self._footer.match(text) if self._footer else None
            if found:
                footer = found.groupdict()
            elif not self._skip.match(text) and self._only.search(text):
                try:
                    lines.append(self._line(place, text.split(self._told["delimiter"])))
                except ValueError as error:
                    problems.append(f"строка {place}: {error}")
        if self._footer and not footer:
            problems.append("нет итоговой строки")
        if problems:
            raise UnreadableRegistry(problems[:_MOST_PROBLEMS])
        return RegistryFile(
            lines=tuple(lines),
            count=int(footer["count"]) if "count" in footer else None,
            total=self._stated(footer, "total"),
            net=self._stated(footer, "net"),
            fee=self._stated(footer, "fee"),
            order=footer.get("order", ""),
        )

    def _line(self, place: int, fields: list[str]) -> RegistryLine:
        if len(fields) < self._told["fields"]:
            raise ValueError(f"полей {len(fields)}, должно быть {self._told['fields']}")
        tail = dict(part.split(":", 1) for part in fields if ":" in part) if self._tail else {}
        told = {name: tail.get(tag, "").strip() for name, tag in self._tail.items()}
        for name, column in self._columns.items():
            told[name] = fields[column - 1 if column > 0 else column].strip()
        if not told["account"]:
            raise ValueError("нет лицевого счёта")
        if "number" in told and not 0 < len(told["number"]) <= _NUMBER_SIGNS:
            raise ValueError("нет номера операции")
        return RegistryLine(
            line=place,
            number=told.get("number", ""),
            account=told["account"][:_ACCOUNT_SIGNS],
            amount=self._kopecks(told["amount"]),
            paid_on=self._day(told["date"]),
            document=told.get("document", ""),
        )

    def _stated(self, footer: Mapping[str, str], name: str) -> int | None:
        return self._kopecks(footer[name]) if name in footer else None

    def _kopecks(self, text: str) -> int:
        plain = text.strip().replace(self._told["decimal"], ".")
        if not _SUM.match(plain):
            raise ValueError(f"сумма «{text}» не читается")
        return int(Decimal(plain) * 100)

    def _day(self, text: str) -> date:
        try:
            return datetime.strptime(text, self._told["date_format"]).date()  # noqa: DTZ007  (a day of the bank's own calendar)
        except ValueError:
            raise ValueError(f"дата «{text}» не читается") from None


def decoded(raw: bytes, encoding: str) -> str:
    """Turn a file into text: by its own encoding, else UTF-8 when it is that, else 1251."""
    for one in [encoding] if encoding else ["utf-8-sig", "cp1251"]:
        try:
            return raw.decode(one)
        except UnicodeDecodeError:
            continue
    raise UnreadableRegistry([f"файл не в кодировке {encoding or 'UTF-8 или windows-1251'}"])
