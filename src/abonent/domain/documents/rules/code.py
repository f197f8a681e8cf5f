"""The code by which anybody may check that a paper came from here. Pure."""

_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH, _GROUP = 12, 4
_LOOKALIKES = str.maketrans("OILАВЕКМНОРСТХ", "011ABEKMH0PCTX")


def authenticity_code(digest: bytes) -> str:
    """Return sixty bits of a keyed digest to be read aloud: ``7F3A-91C2-5D04``."""
    number = int.from_bytes(digest[:8], "big")
    signs = "".join(_SIGNS[number >> 5 * place & 31] for place in range(_LENGTH))
    return "-".join(signs[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))


def normal_code(typed: str) -> str:
    """Return the code as it is kept, from what a person typed off a paper.

    Case, spaces and hyphens do not matter, Cyrillic letters count as their look-alikes,
    O is zero, I and L are one.
    """
    signs = "".join(sign for sign in typed.upper() if sign.isalnum()).translate(_LOOKALIKES)
    return "-".join(signs[start : start + _GROUP] for start in range(0, len(signs), _GROUP))
