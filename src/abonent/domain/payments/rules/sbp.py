"""Links of the fast payment system (НСПК): what may be shown to a payer. Pure (PROTOCOLS 6.1).

We never make up a link: the supplier's bank registers it. What is shown is checked, so that
a link which somebody swapped or mistyped leads nobody's money elsewhere (TRUST T48).
"""

import re
from dataclasses import dataclass

_LINK = re.compile(
    r"https://qr\.nspk\.ru/(?P<id>[0-9A-Z]{32})\?type=(?P<type>01|02)&bank=(?P<bank>\d{12})"
    r"(?:&sum=(?P<sum>[1-9]\d{0,11})&cur=(?P<currency>RUB))?&crc=(?P<crc>[0-9A-F]{4})"
)
_POLYNOMIAL, _START, _TOP, _MASK = 0x1021, 0xFFFF, 0x8000, 0xFFFF


@dataclass(frozen=True)
class SbpLink:
    """A link that holds together; ``amount`` is kopecks, None where the payer types the sum."""

    url: str
    static: bool
    amount: int | None


def read_sbp_link(text: str) -> SbpLink | None:
    """Read a link; None for another host, another currency or a checksum that does not fit."""
    found = _LINK.fullmatch(text.strip())
    if found is None or checksum(found[0].rpartition("&crc=")[0]) != found["crc"]:
        return None
    amount = int(found["sum"]) if found["sum"] else None
    return SbpLink(found[0], static=found["type"] == "01", amount=amount)


def is_own_code(text: str) -> bool:
    """Tell whether a supplier may show this link to everybody: for many payments, any sum."""
    link = read_sbp_link(text)
    return link is not None and link.static and link.amount is None


def checksum(text: str) -> str:
    """Return CRC-16/CCITT-FALSE of the address before ``&crc=``, four upper-case digits."""
    crc = _START
    for byte in text.encode():
        crc ^= byte << 8
        for _ in range(8):
            crc = ((crc << 1) ^ _POLYNOMIAL if crc & _TOP else crc << 1) & _MASK
    return f"{crc:04X}"
