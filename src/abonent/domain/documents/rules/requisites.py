"""Bank details and their check digits (RULES 5.3). Pure."""

import re
from dataclasses import dataclass
from itertools import cycle

_INN_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_11 = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_12 = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_KEY = (7, 1, 3)
_INN = re.compile(r"[0-9]{10}(?:[0-9]{2})?")
_KPP = re.compile(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}")
_BIC = re.compile(r"[0-9]{9}")
_ACCOUNT = re.compile(r"[0-9]{20}")
NO_CORRESPONDENT = "0"


@dataclass(frozen=True)
class Requisites:
    """Where money for a supplier goes.

    ``correspondent_account`` is empty or ``0`` when the bank has none.
    """

    name: str
    inn: str
    kpp: str
    bank_name: str
    bic: str
    account_number: str
    correspondent_account: str = ""


def is_inn(text: str) -> bool:
    """Tell whether the text is an INN of 10 or 12 digits with right check digits."""
    if not _INN.fullmatch(text):
        return False
    if len(text) == len(_INN_10) + 1:
        return _checks(text, _INN_10)
    return _checks(text, _INN_11) and _checks(text, _INN_12)


def is_account_of(account: str, bic: str) -> bool:
    """Tell whether a 20-digit account belongs to a bank: its key digit fits the BIC."""
    return _key_fits(account, bic, bic[-3:])


def is_correspondent_of(account: str, bic: str) -> bool:
    """Tell whether a 20-digit correspondent account fits the BIC by its key digit."""
    return _key_fits(account, bic, f"0{bic[4:6]}")


def requisite_faults(requisites: Requisites) -> list[str]:
    """Return what is wrong with the details, in Russian; an empty list when all is well.

    An absent value is a fault only where the payment QR needs it.
    """
    faults = []
    if not requisites.name.strip():
        faults.append("Нет названия получателя.")
    if requisites.inn and not is_inn(requisites.inn):
        faults.append(f"ИНН «{requisites.inn}»: контрольная цифра не сходится.")
    if requisites.kpp and not _KPP.fullmatch(requisites.kpp):
        faults.append(f"КПП «{requisites.kpp}»: нужно девять знаков.")
    if not requisites.bank_name.strip():
        faults.append("Нет названия банка.")
    faults.extend(_account_faults(requisites))
    return faults


def _account_faults(requisites: Requisites) -> list[str]:
    """Return the faults of the BIC and of both accounts."""
    bic, account = requisites.bic, requisites.account_number
    if not _BIC.fullmatch(bic):
        return [f"БИК «{bic}»: нужно девять цифр."]
    faults = []
    if not is_account_of(account, bic):
        faults.append(f"Расчётный счёт «{account}» не подходит к БИК {bic}: проверьте цифры.")
    correspondent = requisites.correspondent_account
    if correspondent not in {"", NO_CORRESPONDENT} and not is_correspondent_of(correspondent, bic):
        faults.append(f"Корреспондентский счёт «{correspondent}» не подходит к БИК {bic}.")
    return faults


def _checks(digits: str, weights: tuple[int, ...]) -> bool:
    """Tell whether the digit that follows the weighted ones is their check digit."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))
    return total % 11 % 10 == int(digits[len(weights)])


def _key_fits(account: str, bic: str, prefix: str) -> bool:
    """Tell whether prefix and account, weighted 7, 1, 3 by turns, end in zero."""
    if not (_ACCOUNT.fullmatch(account) and _BIC.fullmatch(bic)):
        return False
    pairs = zip(prefix + account, cycle(_KEY), strict=False)
    return sum(int(digit) * weight % 10 for digit, weight in pairs) % 10 == 0
