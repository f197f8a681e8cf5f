"""Frequent questions."""

from collections.abc import Sequence

from abonent.common.transactions import requires_transaction
from abonent.domain.support import models
from abonent.domain.support.rules import FaqLine


@requires_transaction
def define_faq(*, supplier_id: int, lines: Sequence[FaqLine]) -> int:
    """Make these the supplier's frequent questions, in this order; return how many there are.

    Refuses nothing. Source: MISSION G3.
    """
    models.FaqEntry.objects.filter(supplier_id=supplier_id).delete()
    rows = models.FaqEntry.objects.bulk_create(
        models.FaqEntry(
            supplier_id=supplier_id, place=place, topic=line.topic, question=line.question,
            answer=line.answer,
        )
        for place, line in enumerate(lines)
    )  # fmt: skip
    return len(rows)
