"""The verbs of support."""

from collections.abc import Sequence

from abonent.common.transactions import requires_transaction
from abonent.domain.support import models
from abonent.domain.support.rules import TopicLine


@requires_transaction
def define_topics(*, supplier_id: int, topics: Sequence[TopicLine]) -> int:
    """Make these the supplier's topics, in this order, and return how many are offered.

    Topics that are not in the list are retired; one that comes back is offered again.
    Refuses nothing. Source: MISSION G1, the classifier of topics that routes appeals.
    """
    for place, topic in enumerate(topics):
        models.Topic.objects.update_or_create(
            supplier_id=supplier_id,
            code=topic.code,
            defaults={
                "kind": topic.kind,
                "name": topic.name,
                "hint": topic.hint,
                "department": topic.department,
                "answer_days": topic.answer_days,
                "place": place,
                "retired": False,
            },
        )
    offered = [topic.code for topic in topics]
    others = models.Topic.objects.filter(supplier_id=supplier_id).exclude(code__in=offered)
    others.update(retired=True)
    return len(offered)
