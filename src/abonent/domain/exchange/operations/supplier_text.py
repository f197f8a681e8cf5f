"""``supplier.toml`` of an export."""

import json

from abonent.domain.suppliers.queries import SupplierView
from abonent.domain.suppliers.rules import POLICY_DEFAULTS, POLICY_RANGES, Rulebook

_KEYS = (
    "code", "name", "inn", "kpp", "ogrn", "preset", "timezone", "start_period", "bank_name",
    "bic", "account_number", "correspondent_account",
)  # fmt: skip


def supplier_text(supplier: SupplierView, book: Rulebook) -> str:
    """Return the file's text; keys without a value are left out."""
    lines = []
    for key in _KEYS:
        value = getattr(supplier, key)
        text = f"{value:%Y-%m}" if key == "start_period" and value else value
        if text:
            lines.append(f"{key} = {_quoted(text)}")
    lines += _section("[policy]", book.general)
    for service in sorted(book.by_service):
        lines += _section(f"[policy.{_quoted(service)}]", book.by_service[service])
    return "\n".join(lines) + "\n"


def _section(head: str, values: dict[str, str]) -> list[str]:
    if not values:
        return []
    lines = ["", head]
    for name in (name for name in POLICY_DEFAULTS if name in values):
        value = values[name]
        lines.append(f"{name} = {value if name in POLICY_RANGES else _quoted(value)}")
    return lines


def _quoted(text: str) -> str:
    """Write a TOML string; its escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
