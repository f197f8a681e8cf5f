"""The sheet for whoever walks through the demonstration: addresses, sign-ins, cards."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from abonent.common.money import format_kopecks
from abonent.common.words import day_and_year
from abonent.domain.accounts import queries as accounts
from abonent.domain.identity.rules import ROLE_NAMES
from abonent.domain.payments import queries as payments
from abonent.interfaces.jobs.demo.cast import PASSWORD, STAFF, USERS
from abonent.interfaces.jobs.demo.town import Town
from abonent.interfaces.jobs.demo.world import DemoAccount
from abonent.presets.load import load_preset

# The bank simulator's cards; it takes no others.
_CARDS = (
    ("5555 5555 5555 4477", "пройдёт, банк спросит код"),
    ("2200 0000 0000 0004", "карта «Мир», тоже с кодом: без него платежи не принимаются"),
    ("5555 5555 5555 4600", "не хватит денег"),
    ("5555 5555 5555 4592", "банк не примет код"),
    ("5555 5555 5555 4501", "банк карты не отвечает"),
)
_SIGN_IN_NAMES = {
    "email": "почта", "phone": "телефон", "login": "логин", "account": "номер лицевого счёта",
}  # fmt: skip
EVIDENCE_NAMES = {
    "branch": "филиал", "locality": "город", "street": "улица", "house": "дом",
    "letter": "литера", "flat": "квартира", "last_paid": "последняя оплата",
    "surname": "фамилия", "meter_serial": "номер счётчика",
}  # fmt: skip


def sheet_of(towns: Sequence[Town], url: str) -> str:
    """Return the sheet in Russian; ``url`` is the address of the site without a slash."""
    parts = [
        "Демонстрационный город: люди, адреса и суммы вымышлены.",
        f"Пароль у всех один: {PASSWORD}",
        f"Письма и СМС никуда не уходят, их видно здесь: {url}/outbox/",
        "",
        "Люди",
        *(
            f"  {user.full_name} – {user.story}. Логин {user.login}, {user.email}, {user.phone}."
            for user in USERS
        ),
        *(
            f"  {member.full_name} – сотрудник ({ROLE_NAMES[member.role]}) у каждого поставщика: "
            f"после входа откройте /office/. Логин {member.login}, {member.email}."
            for member in STAFF
        ),
        "",
        *(line for town in towns for line in _supplier(town, url)),
        "Карты (год любой будущий, код любой; код из СМС виден на странице банка)",
        *(f"  {number} – {fate}" for number, fate in _CARDS),
    ]
    return "\n".join(parts) + "\n"


def _supplier(town: Town, url: str) -> list[str]:
    """Return what is to be known of one supplier."""
    cabinet = load_preset(town.plan.code).preset.cabinet
    names = ", ".join(_SIGN_IN_NAMES[name] for name in cabinet["sign_in"])
    lines = [f"{town.plan.name}: {url}/{town.plan.code}/", f"  Вход: {names}."]
    for user in USERS:
        numbers = [account.number for account in town.accounts if account.cast in user.casts]
        if numbers:
            lines.append(f"  {user.full_name.split()[1]}: {', '.join(numbers)}")
    free = [account for account in town.accounts if account.cast == "free"]
    return [*lines, *(line for account in free for line in _free(town, account, cabinet)), ""]


def _free(town: Town, account: DemoAccount, cabinet: Mapping[str, Any]) -> list[str]:
    """Return the account that nobody holds yet, with all that proves a right to it."""
    house = account.house
    evidence = cabinet["sign_up"]["evidence"]
    # A form without a field for the letter takes it with the number: 12А.
    apart = "letter" in evidence
    known = {
        "branch": _branch(town.plan.code, house.place.branch),
        "locality": house.place.locality,
        "street": house.street,
        "house": house.number if apart else house.number + house.letter,
        "letter": house.letter if apart else "",
        "flat": account.flat,
        "surname": account.name.split()[0] if account.kind == "household" else "",
        "meter_serial": _serial(account),
        "last_paid": _last_paid(town, account),
    }
    asked = [name for name in evidence if known.get(name)]
    others = [name for name in known if name not in asked and known[name]]
    lines = [f"  Свободный счёт, чтобы зарегистрироваться: {account.number}, {account.name}"]
    if asked:
        lines.append(f"    кабинет спросит: {_told(known, asked)}")
    lines.append(f"    ещё известно: {_told(known, others)}, почта в договоре {account.email}")
    return lines


def _told(known: Mapping[str, str], names: Iterable[str]) -> str:
    """Return facts about an account in words."""
    return ", ".join(f"{EVIDENCE_NAMES[name]} {known[name]}" for name in names)


def _branch(code: str, branch: str) -> str:
    """Return the name of a branch as the sign-up form lists it."""
    names = {one.code: one.name for one in load_preset(code).preset.branches}
    return f"«{names[branch]}»"


def _serial(account: DemoAccount) -> str:
    """Return the number of a meter of the account."""
    return next((meter.serial for point in account.points for meter in point.meters), "")


def _last_paid(town: Town, account: DemoAccount) -> str:
    """Return the sum and the day of the last payment of the account."""
    account_id = accounts.account_id_of(supplier_id=town.supplier_id, number=account.number)
    found = payments.payments_of(
        supplier_id=town.supplier_id, account_ids=[account_id or 0], limit=1
    )
    if not found or found[0].paid_on is None:
        return ""
    return f"{format_kopecks(found[0].amount)} ₽ ({day_and_year(found[0].paid_on)})"
