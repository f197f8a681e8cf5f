"""Reads of support; frozen dataclasses."""

from abonent.domain.support import models
from abonent.domain.support.rules import TopicKind, TopicLine


def topics(*, supplier_id: int) -> list[TopicLine]:
    """Return the topics that the supplier offers, in its own order."""
    rows = models.Topic.objects.filter(supplier_id=supplier_id, retired=False).order_by("place")
    return [
        TopicLine(
            code=row.code,
            kind=TopicKind(row.kind),
            name=row.name,
            hint=row.hint,
            department=row.department,
            answer_days=row.answer_days,
        )
        for row in rows
    ]
