"""Reads of support; frozen dataclasses."""

from datetime import date

from abonent.domain.suppliers import queries as suppliers
from abonent.domain.support import models
from abonent.domain.support.rules import TopicKind, TopicLine
from abonent.domain.support.rules.tickets import FACTS, Term, term_of


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


def promised_term(*, supplier_id: int, topic: TopicLine, fact: str, today: date) -> Term:
    """Return by which day an appeal of this topic is answered when it is written today."""
    known = FACTS.get(fact)
    return term_of(
        opened_on=today,
        kind=topic.kind,
        own_days=topic.answer_days,
        corrects=bool(known and known.personal),
        calendar=suppliers.production_calendar(supplier_id=supplier_id),
    )


def topic_of_fact(*, supplier_id: int, fact: str) -> str:
    """Return the topic under which this fact is called wrong at the supplier; empty: none."""
    offered = {topic.code for topic in topics(supplier_id=supplier_id)}
    known = FACTS.get(fact)
    return next((code for code in known.topics if code in offered), "") if known else ""
