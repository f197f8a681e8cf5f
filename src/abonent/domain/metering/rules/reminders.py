"""Reminders to send readings and to have a meter verified: when, and in which words. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from abonent.common.money import NO_BREAK
from abonent.common.words import day_and_year, day_in_words
from abonent.domain.messaging.rules.letters import Facts, Letter, Paragraph, Press
from abonent.domain.metering.rules import window_words
from abonent.domain.metering.rules.windows import ReadingWindow, WindowState

# A reminder comes this many days before the last one at the earliest.
DAYS_BEFORE_CLOSE = 3
# Days before the end of a verification, and the end itself.
VERIFICATION_STAGES = (60, 14, 0)


@dataclass(frozen=True)
class DueVerification:
    """A meter in a letter: its service, its serial number, the last day of its verification."""

    service_name: str
    serial: str
    verified_until: date


def closes_soon(window: ReadingWindow) -> bool:
    """Tell whether the window is open and ends within the days of a reminder."""
    return window.state == WindowState.OPEN and window.days_left <= DAYS_BEFORE_CLOSE


def stage_reached(verified_until: date, *, told_on: date | None, today: date) -> bool:
    """Tell whether a stage of the verification has come since it was last told of."""
    stages = [verified_until - timedelta(days=days) for days in VERIFICATION_STAGES]
    return any((told_on is None or stage > told_on) and stage <= today for stage in stages)


def readings_letter(
    *, sender: str, account: str, window: ReadingWindow, url: str, end_url: str
) -> Letter:
    """Return the reminder to send readings; ``account`` is the masked number."""
    month = window_words.month_name(window.period)
    return Letter(
        subject=f"Передайте показания за {month}",
        parts=(
            Paragraph(
                f"Показания за {month} по лицевому счёту {account} ещё не переданы. "
                f"Принимаем их {window_words.until(window)}."
            ),
            Press("Передать показания", url),
            Paragraph("Если не передать, расход посчитаем по среднему."),
        ),
        sender=sender,
        why="Вы просили напоминать о показаниях.",
        unsubscribe_url=end_url,
    )


def readings_sms(*, account: str, window: ReadingWindow, cabinet: str) -> str:
    """Return the same as an SMS."""
    month = window_words.month_name(window.period)
    return (
        f"Показания за {month} по счёту {account} ждём до {day_in_words(window.last)}. "
        f"Передать: {cabinet}"
    ).replace(NO_BREAK, " ")


def verification_letter(
    *, sender: str, account: str, due: Sequence[DueVerification], cabinet: str, end_url: str
) -> Letter:
    """Return the reminder to have meters verified."""
    return Letter(
        subject="Подходит срок поверки счётчика",
        parts=(
            Paragraph(f"По лицевому счёту {account} подходит или прошёл срок поверки:"),
            Facts(
                tuple(
                    (f"{one.service_name}, №{NO_BREAK}{one.serial}", _until(one.verified_until))
                    for one in due
                )
            ),
            Paragraph(
                "После этого дня показания счётчика не учитываются: расход считают по среднему, "
                "потом по нормативу. Закажите поверку или замену заранее."
            ),
            Press("Открыть кабинет", cabinet),
        ),
        sender=sender,
        why="Вы просили напоминать о поверке.",
        unsubscribe_url=end_url,
    )


def verification_sms(*, account: str, due: Iterable[DueVerification], cabinet: str) -> str:
    """Return the same as an SMS, of the nearest day alone."""
    nearest = min(one.verified_until for one in due)
    return (
        f"Поверка счётчика по счёту {account} – до {day_and_year(nearest)}. "
        f"Закажите заранее: {cabinet}"
    ).replace(NO_BREAK, " ")


def _until(day: date) -> str:
    return f"поверен до {day_and_year(day)}"
