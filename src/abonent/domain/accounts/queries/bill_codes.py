"""The code printed on a paper bill: whoever holds the bill may link the account with it."""

import hmac
from hashlib import sha256

from django.conf import settings

from abonent.common.periods import Period

# No letters that look alike; 32 signs, so that each takes five bits.
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 8
_READ_AS = str.maketrans({"O": "0", "О": "0", "I": "1", "L": "1"})


def bill_code_for(*, supplier_id: int, account_id: int, period: Period) -> str:
    """Return the code to print on the bill of a month, as ``7F3A-91C2``.

    It is derived from the account, the month and the house's own key, so a reprint bears
    the same code and a million bills store nothing; what is stored is that a code was
    spent. Forty bits.
    """
    text = f"bill code|{supplier_id}|{account_id}|{period}"
    digest = hmac.new(settings.SECRET_KEY.encode(), text.encode(), sha256).digest()
    number = int.from_bytes(digest[:5], "big")
    code = "".join(_SIGNS[number >> 5 * place & 31] for place in range(_LENGTH))
    return f"{code[:4]}-{code[4:]}"


def comparable_bill_code(text: str) -> str:
    """Return a typed code without spaces and dashes, look-alike letters read as digits."""
    return "".join(text.upper().translate(_READ_AS).replace("-", " ").split())
