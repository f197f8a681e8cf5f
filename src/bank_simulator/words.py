"""What the payer page says: sums, times and reasons in Russian."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bank_simulator.clock import MOSCOW

if TYPE_CHECKING:
    from datetime import datetime

REASONS = {
    "insufficient_funds": "На карте не хватает денег",
    "3d_secure_failed": "Код подтверждения не подошёл",
    "card_expired": "Срок действия карты истёк",
    "fraud_suspected": "Банк заподозрил мошенничество",
    "issuer_unavailable": "Банк, выпустивший карту, не отвечает",
    "call_issuer": "Банк, выпустивший карту, просит позвонить ему",
    "country_forbidden": "Карта выпущена в стране, откуда платежи не принимаются",
    "general_decline": "Банк отказал без объяснения причины",
    "identification_required": "Нужно подтвердить личность",
    "internal_timeout": "Банк не успел ответить вовремя",
    "invalid_card_number": "Номер карты неверен",
    "invalid_csc": "Код с оборота карты неверен",
    "payment_method_limit_exceeded": "Превышен предел платежей по карте",
    "payment_method_restricted": "Оплата этой картой запрещена",
    "permission_revoked": "Вы отозвали разрешение на списания",
    "deal_expired": "Истёк срок сделки",
    "unsupported_mobile_operator": "Оператор связи не обслуживается",
    "canceled_by_merchant": "Магазин отменил платёж",
    "expired_on_capture": "Магазин не подтвердил списание, деньги вернулись на карту",
    "expired_on_confirmation": "Время на оплату вышло",
}
"""Every reason a payment of the vendor ends with (PROTOCOLS 1.5)."""

NOT_BY_PAYER = ("canceled_by_merchant", "expired_on_capture", "expired_on_confirmation")
"""Reasons that come from the shop or from the clock, so a payer cannot cause them."""


def declinable() -> dict[str, str]:
    """Return the reasons with which a payment can be declined on order."""
    return {word: text for word, text in REASONS.items() if word not in NOT_BY_PAYER}


def sum_of(kopecks: int) -> str:
    """Return the sum as people write it, with no-break spaces: ``1 234,50 ₽``."""
    roubles = f"{kopecks // 100:,}".replace(",", "\u00a0")
    return f"{roubles},{kopecks % 100:02d}\u00a0₽"


def time_of(moment: datetime) -> str:
    """Return the time of day in Moscow."""
    return moment.astimezone(MOSCOW).strftime("%H:%M")


def tries_left(count: int) -> str:
    """Return how many tries are left, the verb and the noun agreeing with the number."""
    if count == 1:
        return "Осталась одна попытка."
    return f"Осталось попыток: {count}."
