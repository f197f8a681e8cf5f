"""Rating the cabinet and the supplier's work."""

from datetime import datetime

from abonent.common import clock
from abonent.common.refusals import Refusal
from abonent.common.transactions import outermost
from abonent.domain.suppliers import queries as suppliers
from abonent.domain.support import models
from abonent.domain.support.rules.ratings import (
    LONGEST_COMMENT,
    RatingSubject,
    quarter_of,
    words_of,
)
from abonent.domain.support.rules.tickets import kept_text


@outermost
def rate(
    *,
    user_id: int,
    supplier_id: int,
    subject: RatingSubject,
    mark: int,
    comment: str,
    now: datetime,
) -> None:
    """Keep a person's mark for this quarter, in place of the one they gave before.

    Numbers of cards are hidden. Refuses a mark that there is not and an endless comment.
    """
    if mark not in words_of(subject):
        raise Refusal("Выберите оценку.", field="mark")
    kept = kept_text(comment)
    if len(kept) > LONGEST_COMMENT:
        text = f"Слишком длинно. Уложитесь в {LONGEST_COMMENT} знаков или напишите обращение."
        raise Refusal(text, field="comment")
    zone = suppliers.supplier_by_id(supplier_id).timezone
    models.Rating.objects.update_or_create(
        supplier_id=supplier_id,
        user_id=user_id,
        subject=subject,
        quarter=quarter_of(clock.local_day(now, zone)),
        defaults={"mark": mark, "comment": kept, "given_at": now},
    )
