"""The sheet for whoever walks through the demonstration: addresses, sign-ins, cards."""

from collections.abc import Sequence

from abonent.common.money import format_kopecks
from abonent.common.words import day_and_year
from abonent.domain.accounts import queries as accounts
from abonent.domain.payments import queries as payments
from abonent.interfaces.jobs.demo.cast import PASSWORD, USERS
from abonent.interfaces.jobs.demo.town import Town
from abonent.interfaces.jobs.demo.world import DemoAccount
from abonent.presets.load import load_preset

# The bank simulator's cards; it takes no others.
_CARDS = (
    ("5555 5555 5555 4477", "пройдёт, банк спросит код"),
    ("2200 0000 0000 0004", "пройдёт без кода"),
    ("5555 5555 5555 4600", "не хватит денег"),
    ("5555 5555 5555 4592", "банк не примет код"),
    ("5555 5555 5555 4501", "банк карты не отвечает"),
)
_SIGN_IN_NAMES = {
    "email": "почта", "phone": "телефон", "login": "логин", "account": "номер лицевого счёта",
}  # fmt: skip
_EVIDENCE_NAMES = {
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
    lines += [_free(town, account, cabinet["sign_up"]["evidence"]) for account in free]
    return [*lines, ""]


def _free(town: Town, account: DemoAccount, evidence: Sequence[str]) -> str:
    """Return the account that nobody holds yet, with all that proves a right to it."""
    house = account.house
    known = {
        "branch": house.place.branch,
        "locality": house.place.locality,
        "street": house.street,
        "house": house.number,
        "letter": house.letter,
        "flat": account.flat,
        "surname": account.name.split()[0],
        "meter_serial": _serial(account),
        "last_paid": _last_paid(town, account),
    }
    asked = [name for name in evidence if known.get(name)]
    others = [name for name in ("flat", "last_paid", "meter_serial") if name not in asked]
    told = ", ".join(
        f"{_EVIDENCE_NAMES[name]} {known[name]}" for name in [*asked, *others] if known.get(name)
    )
    return (
        f"  Свободный счёт для регистрации: {account.number}, {account.name}: {told}. "
        f"Почта в договоре {account.email}."
    )


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
