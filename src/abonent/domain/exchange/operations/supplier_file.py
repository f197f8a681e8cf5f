"""``supplier.toml``: who the bundle belongs to, its preset and its policy."""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from stdnum.ru import inn, ogrn

from abonent.common.numbers import parse_decimal
from abonent.common.periods import Period
from abonent.domain.exchange.operations.findings import Findings
from abonent.domain.exchange.operations.source import Member
from abonent.domain.exchange.rules.requisites import KPP_SHAPE, account_key_holds
from abonent.domain.exchange.rules.words import SUPPLIER_FILE
from abonent.domain.suppliers.operations import SupplierCard
from abonent.domain.suppliers.rules import (
    POLICY_CHOICES,
    POLICY_DEFAULTS,
    POLICY_RANGES,
    own_days,
)

_LIMITS = {"name": 160, "bank_name": 160}
_REQUISITES = ("inn", "kpp", "ogrn", "bic", "account_number", "correspondent_account")
_KEYS = [one.name for one in fields(SupplierCard)]
_OTHER_KEYS = ("preset", "policy")


@dataclass
class SupplierFile:
    """What the file says; ``preset`` is None when it does not say."""

    card: SupplierCard
    given: frozenset[str]
    preset: str | None = None
    general: dict[str, str] = field(default_factory=dict)
    by_service: dict[str, dict[str, str]] = field(default_factory=dict)


def read_supplier_file(member: Member, findings: Findings) -> SupplierFile | None:
    """Read and judge the file; None when something in it is wrong, with its findings."""
    before = findings.count
    data = _parsed(member, findings)
    if data is None:
        return None
    for key in data:
        if key not in _KEYS and key not in _OTHER_KEYS:
            _fail(
                findings,
                key,
                "такого ключа в файле не бывает",
                f"бывают {', '.join([*_KEYS, *_OTHER_KEYS])}",
            )
    values = {key: _text(key, data[key], findings) for key in [*_KEYS, "preset"] if key in data}
    card = _card(values, findings)
    policy = data.get("policy", {})
    if not isinstance(policy, dict):
        _fail(findings, "policy", "это не раздел", "напишите [policy] и под ним ключи")
        policy = {}
    general = {key: value for key, value in policy.items() if not isinstance(value, dict)}
    own = {key: value for key, value in policy.items() if isinstance(value, dict)}
    found = SupplierFile(
        card=card,
        given=frozenset(values) - {"preset", "code"},
        preset=values.get("preset"),
        general=_policy("policy", general, findings),
        by_service={
            service: _policy(f"policy.{service}", part, findings) for service, part in own.items()
        },
    )
    return found if findings.count == before else None


def _fail(findings: Findings, key: str, rule: str, remedy: str) -> None:
    findings.fail(SUPPLIER_FILE, rule, remedy, column=key)


def _parsed(member: Member, findings: Findings) -> dict[str, Any] | None:
    with member.open() as file:
        raw = file.read().removeprefix(b"\xef\xbb\xbf")
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("windows-1251", errors="replace")
    try:
        return tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        _fail(findings, "", f"это не TOML: {error}", 'пишите ключ = "значение", по одному в строке')
        return None


def _text(key: str, value: Any, findings: Findings) -> str:
    """Return a value as text: numbers and dates written without quotes are taken too."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool | list | dict | float):
        _fail(findings, key, "ожидается текст", f'напишите {key} = "…"')
        return ""
    return str(value)


def _card(values: dict[str, str], findings: Findings) -> SupplierCard:
    code = values.get("code", "")
    if not re.fullmatch(r"[a-z0-9-]{1,64}", code):
        _fail(
            findings,
            "code",
            "код поставщика — от 1 до 64 знаков a–z, 0–9 и дефис",
            "исправьте code",
        )
    for key, limit in _LIMITS.items():
        if len(values.get(key, "")) > limit:
            _fail(findings, key, f"длиннее {limit} знаков", "сократите значение")
    _requisites(values, findings)
    zone = values.get("timezone", "") or "Europe/Moscow"
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        _fail(
            findings,
            "timezone",
            f"часового пояса «{zone}» нет",
            "напишите, например, Asia/Yekaterinburg",
        )
    start = None
    if values.get("start_period"):
        try:
            start = Period.parse(values["start_period"]).first_day
        except ValueError:
            _fail(findings, "start_period", "это не месяц", "напишите месяц как 2026-10")
    texts = {key: values.get(key, "") for key in _KEYS if key not in {"timezone", "start_period"}}
    return SupplierCard(**texts, timezone=zone, start_period=start)


def _requisites(values: dict[str, str], findings: Findings) -> None:
    """Check the requisites by their shapes and check digits (RULES 5.3)."""
    bic = values.get("bic", "")
    known = bic if _digits(bic, 9) else ""

    def account(text: str) -> bool:
        fits = not known or account_key_holds(known, text, correspondent=False)
        return _digits(text, 20) and fits

    def correspondent(text: str) -> bool:
        if text == "0":
            return True
        return _digits(text, 20) and (
            not known or account_key_holds(known, text, correspondent=True)
        )

    checks: dict[str, tuple[Callable[[str], bool], str]] = {
        "inn": (
            lambda text: text.isdecimal() and bool(inn.is_valid(text)),
            "ИНН: 10 или 12 цифр с верными контрольными",
        ),
        "kpp": (
            lambda text: bool(re.fullmatch(KPP_SHAPE, text)),
            "КПП: 9 знаков, цифры; пятый и шестой могут быть A–Z",
        ),
        "ogrn": (
            lambda text: text.isdecimal() and bool(ogrn.is_valid(text)),
            "ОГРН: 13 или 15 цифр с верной контрольной",
        ),
        "bic": (lambda text: _digits(text, 9), "БИК: 9 цифр"),
        "account_number": (account, "расчётный счёт: 20 цифр, ключ сходится с БИК"),
        "correspondent_account": (
            correspondent,
            "корреспондентский счёт: 20 цифр, ключ сходится с БИК",
        ),
    }
    for key in _REQUISITES:
        text = values.get(key, "")
        check, rule = checks[key]
        if text and not check(text):
            findings.fail(
                SUPPLIER_FILE, f"«{text}» неверно ({rule})", "сверьте с карточкой организации",
                column=key,
            )  # fmt: skip


def _digits(text: str, count: int) -> bool:
    return bool(re.fullmatch(rf"[0-9]{{{count}}}", text))


def _policy(section: str, part: dict[str, Any], findings: Findings) -> dict[str, str]:
    """Judge the keys and values of one policy section; values become texts."""
    values: dict[str, str] = {}
    for name, given in part.items():
        place = f"{section}.{name}"
        if name not in POLICY_DEFAULTS:
            known = ", ".join(POLICY_DEFAULTS)
            _fail(findings, place, "такого ключа политики нет", f"бывают {known}")
            continue
        value = str(given).strip() if isinstance(given, str | int | float) else ""
        fault = _policy_fault(name, value, given)
        if fault:
            findings.fail(SUPPLIER_FILE, f"«{given}» не подходит", fault, column=place)
        values[name] = value
    first, last = values.get("window_from_day"), values.get("window_to_day")
    if first and last and first.isdecimal() and last.isdecimal() and int(first) > int(last):
        _fail(findings, f"{section}.window_to_day", "окно кончается раньше, чем начинается",
              "сделайте window_to_day не меньше window_from_day")  # fmt: skip
    return values


def _policy_fault(name: str, value: str, given: object) -> str:
    """Return how to put a policy value right, or an empty text when it is right."""
    if isinstance(given, bool | list | dict):
        return "напишите текст или число"
    if name in POLICY_CHOICES and value not in POLICY_CHOICES[name]:
        return f"укажите одно из: {', '.join(POLICY_CHOICES[name])}"
    if name in POLICY_RANGES:
        low, high = POLICY_RANGES[name]
        if not value.isdecimal() or not low <= int(value) <= high:
            return f"напишите целое число от {low} до {high}"
    if name == "production_calendar":
        try:
            own_days(value)
        except ValueError:
            return (
                "напишите дни, которые отличаются от поставляемого календаря, каждый один раз: "
                "2026-08-21 – не рабочий, +2026-12-26 – рабочий"
            )
    if name in {"minimum_payment", "refund_alone_limit"}:
        try:
            good = parse_decimal(value) >= 0
        except ValueError:
            good = False
        return "" if good else "напишите сумму в рублях, например 1"
    return ""
