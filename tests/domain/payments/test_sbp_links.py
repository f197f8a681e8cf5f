"""Links of the fast payment system: four public ones hold together, a swapped one does not."""

import pytest

from abonent.domain.payments.rules.sbp import checksum, is_own_code, read_sbp_link

HOST = "https://qr.nspk.ru/"
# PROTOCOLS 6.1.
VECTORS = [
    ("https://qr.nspk.ru/AD100004BAL7227F9BNP6KNE007J9B3K?type=02&bank=100000000007&sum=1&cur=RUB",
     "AB75"),
    ("https://qr.nspk.ru/AS100001ORTF4GAF80KPJ53K186D9A3G?type=01&bank=100000000007", "0C8A"),
    (f"{HOST}BD10006LQ6LNI7R88AJBQP5AE5GEBSNT?type=02&bank=100000000015&sum=10000&cur=RUB", "B4F7"),
    (f"{HOST}AS10003P3RH0LJ2A9ROO038L6NT5RU1M?type=01&bank=000000000001&sum=10000&cur=RUB", "F3D0"),
]  # fmt: skip
OWN = "https://qr.nspk.ru/AS100001ORTF4GAF80KPJ53K186D9A3G?type=01&bank=100000000007&crc=0C8A"


@pytest.mark.parametrize(("text", "crc"), VECTORS)
def test_a_public_link_has_its_checksum(text, crc):
    assert checksum(text) == crc
    assert read_sbp_link(f"{text}&crc={crc}").static == ("type=01" in text)


def test_only_a_link_for_many_payments_and_any_sum_is_a_suppliers_own():
    assert [is_own_code(f"{text}&crc={crc}") for text, crc in VECTORS] == [
        False, True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "swapped",
    [
        OWN.replace("qr.nspk.ru", "qr-nspk.ru"),
        OWN.replace("https", "http"),
        OWN.replace("AS100001", "AS100002"),
        OWN.replace("bank=100000000007", "bank=100000000008"),
        OWN.replace("&crc=0C8A", "&crc=0C8B"),
        OWN.replace("&crc=0C8A", ""),
        f"{OWN}&sum=100",
        OWN.replace("qr.nspk.ru/", "qr.nspk.ru@evil.example/"),
        f"javascript:alert(1)//{OWN}",
        "",
    ],
)
def test_a_swapped_link_is_not_shown(swapped):
    assert read_sbp_link(swapped) is None
    assert not is_own_code(swapped)
