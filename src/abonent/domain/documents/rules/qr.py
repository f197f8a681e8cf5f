"""The payment QR of a bill by ГОСТ Р 56042-2014, always in UTF-8 (RULES 5.3). Pure."""

import re
from collections.abc import Iterable

from abonent.common.periods import Period
from abonent.domain.documents.rules.requisites import NO_CORRESPONDENT, Requisites

HEADER = "ST00012"
CATEGORY = "Коммунальные услуги"
HOUSING_SERVICES = "02"
# The usual separator first; another one only when a value contains it.
SEPARATORS = "|^~;#@$&*!%+_<>[]{}`\\\"'?:/"
LENGTHS = {"Name": 160, "BankName": 45, "Purpose": 210, "Sum": 18}
# The standard sets no length for these; this keeps the code printable at 0.5 mm a module.
FREE_LENGTH = 160
_ACCOUNT, _BIC = re.compile(r"[0-9]{20}"), re.compile(r"[0-9]{9}")
_INN, _KPP = re.compile(r"[0-9]{10}(?:[0-9]{2})?"), re.compile(r"[0-9A-Z]{9}")


def payment_qr(
    requisites: Requisites,
    *,
    amount: int,
    account_number: str,
    period: Period,
    full_name: str,
    address: str,
    purpose: str = "",
) -> str:
    """Return the payload that a bank's application fills a payment from.

    ``amount`` is in kopecks; zero or less leaves the sum to the payer. ``full_name`` is a
    person's; give an empty one for an organisation. Without a usable name, bank, BIC or
    account there is nothing to pay to, and the result is empty.
    """
    mandatory = _mandatory(requisites)
    if not mandatory:
        return ""
    month = f"{period.month:02d}.{period.year:04d}"
    pairs = [
        *mandatory,
        ("PayeeINN", requisites.inn if _INN.fullmatch(requisites.inn) else ""),
        ("KPP", requisites.kpp if _KPP.fullmatch(requisites.kpp) else ""),
        ("Sum", str(amount) if amount > 0 else ""),
        ("Purpose", purpose or f"{CATEGORY} за {month} л/с {account_number}"),
        *split_full_name(full_name),
        ("PayerAddress", address),
        ("PersAcc", account_number),
        ("PaymPeriod", month.replace(".", "")),
        ("Category", CATEGORY),
        ("TechCode", HOUSING_SERVICES),
    ]
    return _join((key, _fit(key, value)) for key, value in pairs)


def split_full_name(full_name: str) -> list[tuple[str, str]]:
    """Return the parts of a person's name; «Мамедов Али Гусейн оглы» keeps its tail."""
    parts = full_name.split(maxsplit=2)
    keys = ("LastName", "FirstName", "MiddleName")
    return list(zip(keys, parts, strict=False))


def _mandatory(requisites: Requisites) -> list[tuple[str, str]]:
    """Return the five values every payload begins with, or nothing if one is unusable."""
    name, bank = _clean(requisites.name), _clean(requisites.bank_name)
    account, bic = requisites.account_number, requisites.bic
    if not (name and bank and _ACCOUNT.fullmatch(account) and _BIC.fullmatch(bic)):
        return []
    correspondent = requisites.correspondent_account
    return [
        ("Name", name),
        ("PersonalAcc", account),
        ("BankName", bank),
        ("BIC", bic),
        ("CorrespAcc", correspondent if _ACCOUNT.fullmatch(correspondent) else NO_CORRESPONDENT),
    ]


def _clean(value: str) -> str:
    """Return the value on one line without characters that cannot be printed."""
    one_line = " ".join(value.split())
    return "".join(character for character in one_line if character.isprintable())


def _fit(key: str, value: str) -> str:
    """Return the value cleaned and cut to the length its key may have."""
    return _clean(value)[: LENGTHS.get(key, FREE_LENGTH)].rstrip()


def _join(pairs: Iterable[tuple[str, str]]) -> str:
    """Join the pairs that have a value by a separator that occurs in none of them."""
    given = [(key, value) for key, value in pairs if value]
    inside = {character for _, value in given for character in value}
    separator = next((mark for mark in SEPARATORS if mark not in inside), SEPARATORS[0])
    # Only a text that uses every mark of the list at once gets here with one to replace.
    body = (f"{key}={value.replace(separator, ' ').strip()}" for key, value in given)
    return separator.join([HEADER, *body])
