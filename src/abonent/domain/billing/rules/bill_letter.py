"""The letter that brings a bill: what is to pay, links that do one thing each. Pure."""

from dataclasses import dataclass
from datetime import date

from abonent.common.money import NO_BREAK, format_kopecks
from abonent.common.periods import Period
from abonent.common.words import day_and_year, month_and_year
from abonent.domain.messaging.rules.letters import Letter, Paragraph, Part, Pointer, Press, Total


@dataclass(frozen=True)
class BillNews:
    """What a letter says of a bill; ``due`` in kopecks, ``account`` is the masked number."""

    sender: str
    account: str
    period: Period
    due: int
    due_by: date


@dataclass(frozen=True)
class BillLinks:
    """Where a letter leads; an empty address has no link."""

    pay: str = ""
    readings: str = ""
    end: str = ""


def bill_letter(news: BillNews, links: BillLinks, why: str) -> Letter:
    """Return the letter; neither subject nor words name an address or a person (TRUST T3)."""
    month = month_and_year(news.period.year, news.period.month)
    return Letter(
        subject=f"Счёт за {month}",
        parts=(
            Paragraph(
                f"Счёт за {month} по лицевому счёту {news.account} готов. Он приложен к письму."
            ),
            *_payment(news, links.pay),
            *([Pointer("Передать показания", links.readings)] if links.readings else []),
        ),
        sender=news.sender,
        why=why,
        unsubscribe_url=links.end,
    )


def _payment(news: BillNews, url: str) -> list[Part]:
    """Return the sum, which is itself the link to pay it, and a button that says so."""
    if news.due <= 0:
        owed = f"переплата {_money(-news.due)}" if news.due else "долга нет"
        return [Paragraph(f"Платить не нужно: {owed}.")]
    total = Total(f"К оплате до {day_and_year(news.due_by)}", _money(news.due), url)
    return [total, *([Press("Оплатить", url)] if url else [])]


def confirming_letter(sender: str, account: str, url: str) -> Letter:
    """Return the letter that asks a mailbox whether it wants the bills."""
    return Letter(
        subject="Подтвердите электронный счёт",
        parts=(
            Paragraph(
                f"На эту почту попросили присылать счета по лицевому счёту {account} в день, "
                "когда они готовы."
            ),
            Press("Присылать счета", url),
            Paragraph(
                f"Ссылка действует 14{NO_BREAK}дней. Если просили не вы, ничего не делайте: "
                "без подтверждения писем не будет."
            ),
        ),
        sender=sender,
    )


def _money(kopecks: int) -> str:
    return f"{format_kopecks(kopecks)}{NO_BREAK}₽"
