"""Reading the presets that ship with the product: folders of data beside this file.

A preset is the plain one with some keys replaced. What each key means is written in
``docs/guides/preset.md``; a key that is not in ``_SHAPE`` is an error that names it.
"""

import tomllib
from copy import deepcopy
from decimal import Decimal, InvalidOperation
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from abonent.common.refusals import Refusal
from abonent.domain.accounts.rules import OPEN_PROOFS, WEAK_FIELDS
from abonent.domain.exchange.operations import GivenPreset
from abonent.domain.identity.rules import Purpose
from abonent.domain.payments.rules.sbp import is_own_code
from abonent.domain.suppliers.operations import (
    Preset,
    PresetBranch,
    PresetOffice,
    PresetService,
)
from abonent.domain.suppliers.rules import (
    POLICY_CHOICES,
    POLICY_DEFAULTS,
    POLICY_RANGES,
    Load,
    OfficeKind,
    Rulebook,
    ServiceKind,
    Unit,
)
from abonent.domain.suppliers.rules.hours import read_hours
from abonent.domain.support.rules import FaqLine, TopicKind, TopicLine

FOLDER = Path(__file__).parent
PLAIN = "plain"
EVIDENCE = (*WEAK_FIELDS, "contact_code", "bill_code")
SIGN_IN = ("email", "phone", "login", "account")
SIGN_UP_METHODS = (
    "email", "full_name_phone", "email_or_phone", "login_city", "account_last_paid",
    "account_address", "account_branch_address", "inn_representative", "organisation_email",
    "issued",
)  # fmt: skip
SIGN_UP_FIELDS = (
    "full_name", "email", "email_again", "phone", "phone_code", "login", "password",
    "password_again", "city", "account", "last_paid", "branch", "locality", "street", "house",
    "corpus", "letter", "flat", "flat_extension", "inn", "send_letter",
)  # fmt: skip
CONSENTS = tuple(Purpose)

_TEXT, _NUMBER, _YES_NO = str, int, bool
_WAY = {
    "method": SIGN_UP_METHODS,
    "title": _TEXT,
    "note": _TEXT,
    "fields": [SIGN_UP_FIELDS],
    "optional": [SIGN_UP_FIELDS],
    "consents": [CONSENTS],
    "optional_consents": [CONSENTS],
    "evidence": [EVIDENCE],
    "captcha": _YES_NO,
    "activation_days": _NUMBER,
    "failed": _TEXT,
}
_CONSENT = {"version": _TEXT, "title": _TEXT, "text": _TEXT}
_CHANNEL = {"name": _TEXT, "note": _TEXT}
_CABINET: dict[str, Any] = {
    "short_name": _TEXT,
    "city": _TEXT,
    "cities": [_TEXT],
    "legal_address": _TEXT,
    "site": _TEXT,
    "email": _TEXT,
    "hotline": _TEXT,
    "hotline_hours": _TEXT,
    "phones": [{"name": _TEXT, "phone": _TEXT, "hours": _TEXT}],
    "business": {"title": _TEXT, "phone": _TEXT, "address": _TEXT, "hours": _TEXT, "note": _TEXT},
    "sign_up": _WAY,
    "sign_up_also": [_WAY],
    "sign_up_organisation": _WAY,
    "sign_in": [SIGN_IN],
    "sign_in_help": [_TEXT],
    "recovery": {
        "identifiers": [SIGN_IN],
        "with_email": _YES_NO,
        "by": [("email", "sms")],
        "failed": _TEXT,
    },
    "advice": [_TEXT],
    "open_pages": {
        "readings": [OPEN_PROOFS],
        "payment": _YES_NO,
        "debt": _YES_NO,
        "bills": _YES_NO,
        "tariffs": _YES_NO,
    },
    "reading_note": _TEXT,
    "reading_channels": [_CHANNEL],
    "payment_channels": [_CHANNEL],
    "sbp_link": _TEXT,
    "theme": {},  # the tokens are judged by the design door
    "consents": dict.fromkeys(CONSENTS, _CONSENT),
    "personal_data": [_TEXT],
}
_SHAPE: dict[str, Any] = {
    **_CABINET,
    "faq": [{"question": _TEXT, "answer": _TEXT, "topic": _TEXT}],
    "policy": {},  # judged by _policy
    "services": [
        {
            "service": _TEXT,
            "kind": tuple(ServiceKind),
            "name": _TEXT,
            "unit": tuple(Unit),
            "vat_percent": _TEXT,
        }
    ],
    "branches": [{"branch": _TEXT, "name": _TEXT, "phone": _TEXT, "email": _TEXT}],
    "offices": [
        {
            "name": _TEXT,
            "address": _TEXT,
            "branch": _TEXT,
            "hours": _TEXT,
            "phone": _TEXT,
            "latitude": _TEXT,
            "longitude": _TEXT,
            "self_service": _YES_NO,
            "accessible": _YES_NO,
            "load": tuple(Load),
            "rush": _TEXT,
            "kind": tuple(OfficeKind),
        }
    ],
    "topics": [
        {
            "topic": _TEXT,
            "kind": tuple(TopicKind),
            "name": _TEXT,
            "hint": _TEXT,
            "department": _TEXT,
            "answer_days": _NUMBER,
        }
    ],
}
_REQUIRED = {
    "services": ("service", "kind", "name", "unit"),
    "branches": ("branch", "name"),
    "offices": ("name", "address"),
    "topics": ("topic", "kind", "name", "department", "answer_days"),
    "faq": ("question", "answer"),
}


class UnknownPreset(Refusal):
    """No preset of this name is shipped."""


class UnfitPreset(Refusal):
    """A preset's files hold something that the product does not understand."""


def shipped_codes() -> list[str]:
    """Return the names a bundle may give as its preset."""
    return sorted(folder.parent.name for folder in FOLDER.glob("*/supplier.toml"))


def load_preset(code: str) -> GivenPreset:
    """Return a shipped preset; an empty name means the plain one.

    Refuses with UnknownPreset, and with UnfitPreset when its data are wrong.
    """
    name = code or PLAIN
    if name not in shipped_codes():
        names = ", ".join(shipped_codes())
        raise UnknownPreset(f"Пресета «{code}» нет. Есть: {names}.", field="preset")
    # A copy: whoever changes its dictionaries changes nobody else's preset.
    return deepcopy(read_preset(FOLDER / name))


@cache
def read_preset(folder: Path) -> GivenPreset:
    """Read one folder over the plain preset; refuses with UnfitPreset, naming every fault."""
    plain, _ = _read_files(FOLDER / PLAIN)
    own, digest = _read_files(folder)
    data = {**plain, **own, "consents": {**plain["consents"], **own.get("consents", {})}}
    # What has a wrong shape cannot be looked into further.
    problems = _unlike(own, _SHAPE, folder.name) or (
        _missing(own) + _policy_faults(own) + _dangling(data)
    )
    if problems:
        raise UnfitPreset("; ".join(problems))
    return GivenPreset(
        preset=Preset(
            code="" if folder.name == PLAIN else folder.name,
            version=digest,
            cabinet=_cabinet(data),
            policy=_policy(data.get("policy", {})),
            services=[_service(row) for row in data["services"]],
            branches=[_branch(row) for row in data["branches"]],
            offices=[_office(row) for row in data["offices"]],
        ),
        topics=tuple(_topic(row) for row in data["topics"]),
        faq=tuple(FaqLine(**row) for row in data["faq"]),
    )


def _read_files(folder: Path) -> tuple[dict[str, Any], str]:
    """Return all keys of a folder's TOML files and a digest of what the preset is made of."""
    data: dict[str, Any] = {}
    content = sha256()
    for path in sorted((FOLDER / PLAIN).glob("*.toml")):
        content.update(path.read_bytes())
    for path in sorted(folder.glob("*.toml")):
        text = path.read_bytes()
        content.update(text)
        try:
            found = tomllib.loads(text.decode())
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UnfitPreset(f"{folder.name}/{path.name}: {error}") from error
        twice = sorted(set(found) & set(data))
        if twice:
            raise UnfitPreset(f"{folder.name}/{path.name}: ключ {twice[0]} уже задан рядом")
        data.update(found)
    return data, content.hexdigest()[:16]


def _unlike(value: Any, shape: Any, where: str) -> list[str]:
    """Return in what a value differs from its shape: unknown keys, wrong types or words."""
    if isinstance(shape, dict):
        return _unlike_table(value, shape, where)
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{where}: нужен список"]
        parts = (_unlike(part, shape[0], f"{where}[{at}]") for at, part in enumerate(value))
        return [fault for part in parts for fault in part]
    if isinstance(shape, tuple):
        return [] if value in shape else [f"{where}: «{value}» нельзя. Можно: {', '.join(shape)}"]
    names = {str: "текст", int: "целое число", bool: "true или false"}
    return [] if type(value) is shape else [f"{where}: нужно значение вида «{names[shape]}»"]


def _unlike_table(value: Any, shape: dict[str, Any], where: str) -> list[str]:
    """Return in what a table differs from its shape; an empty shape takes any table."""
    if not isinstance(value, dict):
        return [f"{where}: нужна таблица"]
    if not shape:
        return []
    faults = [
        f"{where}: неизвестный ключ {key}. Есть: {', '.join(shape)}"
        for key in value
        if key not in shape
    ]
    for key, part in shape.items():
        if key in value:
            faults += _unlike(value[key], part, f"{where}.{key}")
    return faults


def _missing(data: dict[str, Any]) -> list[str]:
    """Return the rows of lists that lack a key they cannot do without."""
    return [
        f"{name}[{at}]: не хватает ключа {key}"
        for name, keys in _REQUIRED.items()
        for at, row in enumerate(data.get(name, []))
        for key in keys
        if isinstance(row, dict) and key not in row
    ]


def _dangling(data: dict[str, Any]) -> list[str]:
    """Return names that point at nothing: branches of offices, services of the policy."""
    branches = {row.get("branch") for row in data["branches"]}
    services = {row.get("service") for row in data["services"]}
    faults = [
        f"offices: филиала {office['branch']} нет среди branches"
        for office in data["offices"]
        if office.get("branch") and office["branch"] not in branches
    ]
    faults += [
        f"offices: «{text}» не прочитать. Пишите так: пн–пт 8:00–20:00, сб 9:00–16:00"
        for office in data["offices"]
        for text in filter(None, [office.get("hours")])
        if read_hours(text) is None
    ]
    topics = {row.get("topic") for row in data["topics"]}
    faults += [
        f"faq: темы {row['topic']} нет среди topics"
        for row in data["faq"]
        if row.get("topic") and row["topic"] not in topics
    ]
    if data.get("sbp_link") and not is_own_code(data["sbp_link"]):
        faults.append("sbp_link: нужна ссылка qr.nspk.ru с type=01, без суммы и с верной crc")
    faults += [
        f"policy.{name}: услуги {name} нет среди services"
        for name, value in data.get("policy", {}).items()
        if isinstance(value, dict) and name not in services
    ]
    return faults


def _policy_faults(data: dict[str, Any]) -> list[str]:
    """Return the policy values that no supplier may have."""
    policy = _policy(data.get("policy", {}))
    faults = []
    for values in (policy.general, *policy.by_service.values()):
        for name, value in values.items():
            if name not in POLICY_DEFAULTS:
                known = ", ".join(POLICY_DEFAULTS)
                faults.append(f"policy: неизвестный ключ {name}. Есть: {known}")
            elif name in POLICY_CHOICES and value not in POLICY_CHOICES[name]:
                choices = ", ".join(POLICY_CHOICES[name])
                faults.append(f"policy.{name}: «{value}» нельзя. Можно: {choices}")
            elif name in POLICY_RANGES:
                low, high = POLICY_RANGES[name]
                if not value.isdigit() or not low <= int(value) <= high:
                    faults.append(f"policy.{name}: нужно число от {low} до {high}")
    return faults


def _policy(table: dict[str, Any]) -> Rulebook:
    """Return the policy as a rulebook: a table inside it belongs to the service it names."""
    return Rulebook(
        general={name: str(value) for name, value in table.items() if not isinstance(value, dict)},
        by_service={
            name: {key: str(part) for key, part in value.items()}
            for name, value in table.items()
            if isinstance(value, dict)
        },
    )


def _cabinet(data: dict[str, Any]) -> dict[str, Any]:
    """Return the cabinet's keys, with the preset's own words put into the consents."""
    cabinet = {key: data[key] for key in _CABINET if key in data}
    words = {
        "{personal_data}": "; ".join(data["personal_data"]),
        "{address}": data["legal_address"],
        "{email}": data["email"],
        "{hotline}": data["hotline"],
    }
    consents = {}
    for purpose, consent in data["consents"].items():
        text = consent["text"].strip()
        for word, meaning in words.items():
            text = text.replace(word, meaning)
        consents[purpose] = {**consent, "text": text}
    services = [row["service"] for row in data["services"]]
    return {**cabinet, "consents": consents, "services": services}


def _service(row: dict[str, Any]) -> PresetService:
    """Return one service of the preset."""
    return PresetService(
        code=row["service"],
        kind=ServiceKind(row["kind"]),
        name=row["name"],
        unit=Unit(row["unit"]),
        vat_percent=_decimal(row, "vat_percent"),
    )


def _branch(row: dict[str, Any]) -> PresetBranch:
    """Return one branch of the preset."""
    return PresetBranch(
        code=row["branch"], name=row["name"], phone=row.get("phone", ""), email=row.get("email", "")
    )


def _office(row: dict[str, Any]) -> PresetOffice:
    """Return one office of the preset."""
    place = {name: _decimal(row, name) for name in ("latitude", "longitude")}
    kind = OfficeKind(row.get("kind", OfficeKind.OFFICE))
    return PresetOffice(**{**row, **place, "kind": kind})


def _topic(row: dict[str, Any]) -> TopicLine:
    """Return one line of the classifier."""
    return TopicLine(
        code=row["topic"],
        kind=TopicKind(row["kind"]),
        name=row["name"],
        hint=row.get("hint", ""),
        department=row["department"],
        answer_days=row["answer_days"],
    )


def _decimal(row: dict[str, Any], key: str) -> Decimal | None:
    """Return a decimal written as text, or None when it is not given."""
    if not row.get(key):
        return None
    try:
        return Decimal(row[key])
    except InvalidOperation as error:
        raise UnfitPreset(f"{key}: «{row[key]}» не число") from error
