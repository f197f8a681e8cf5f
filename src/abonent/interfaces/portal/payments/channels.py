"""Ways by which money came, in words. Pure."""

# Free text in bundles (EXCHANGE payments.csv): the usual codes have words.
_WORDS = {
    "cabinet": "личный кабинет",
    "site": "сайт",
    "app": "приложение",
    "autopay": "автоплатёж",
    "bank": "банк",
    "sber": "Сбербанк",
    "sberbank": "Сбербанк",
    "vtb": "ВТБ",
    "post": "почта",
    "cash": "касса",
    "office": "офис",
    "terminal": "терминал",
    "telepay": "терминал TelePay",
    "a3": "платёжный сервис А3",
    "qr": "QR-код счёта",
}


def channel_in_words(name: str) -> str:
    """Return the channel as people call it; what has no words is shown as it came."""
    return _WORDS.get(name.strip().lower(), name)
