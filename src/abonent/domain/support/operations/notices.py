"""Letters about an appeal: that something has happened and where to read it, no more."""

from datetime import datetime

from abonent.common.words import day_and_year
from abonent.domain.identity import queries as people
from abonent.domain.messaging import operations as messaging
from abonent.domain.support import models

_SUBJECTS = {
    "ticket_opened": "Обращение № {number} принято",
    "ticket_asked": "По обращению № {number} нужны сведения",
    "ticket_answered": "Есть ответ на обращение № {number}",
}
_BODIES = {
    "ticket_opened": (
        "Мы приняли ваше обращение № {number}, тема «{topic}». Ответит {department}, "
        "не позже {day}.\n\nСледить за ним и дополнить его можно в личном кабинете, в разделе "
        "«Обращения»."
    ),
    "ticket_asked": (
        "Чтобы ответить на обращение № {number}, не хватает сведений. Прочитайте вопрос и "
        "напишите ответ в личном кабинете, в разделе «Обращения»."
    ),
    "ticket_answered": (
        "На обращение № {number}, тема «{topic}», есть ответ. Прочитайте его в личном кабинете, "
        "в разделе «Обращения». Если ответ не помог, напишите об этом там же."
    ),
}
_SHORT = {
    "ticket_opened": "{called}: обращение № {number} принято, ответим до {day}",
    "ticket_asked": "{called}: по обращению № {number} есть вопрос, ответьте в кабинете",
    "ticket_answered": "{called}: на обращение № {number} есть ответ в кабинете",
}


def tell_author(row: models.Ticket, kind: str, *, key: str, now: datetime) -> None:
    """Write to the author's mailbox, else to the telephone; who has neither sees the page.

    Nothing that was written in the appeal stands in the message (TRUST T3).
    """
    person = people.user_view(row.user_id)
    channel, recipient = ("email", person.email) if person.email else ("sms", person.phone)
    if not recipient:
        return
    words = {
        "number": row.number,
        "topic": row.topic.name,
        "department": row.department,
        "day": day_and_year(row.answer_by),
        "called": row.supplier.name,
    }
    body = f"Здравствуйте!\n\n{_BODIES[kind].format(**words)}\n\n{row.supplier.name}\n"
    messaging.enqueue(
        supplier_id=row.supplier_id,
        channel=channel,
        recipient=recipient,
        kind=kind,
        subject=_SUBJECTS[kind].format(**words) if channel == "email" else "",
        body=body if channel == "email" else _SHORT[kind].format(**words),
        key=f"{kind}:{row.pk}:{key}",
        now=now,
    )
