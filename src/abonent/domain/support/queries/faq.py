"""Frequent questions, all of them or those that answer what was typed."""

from functools import reduce
from operator import or_

from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.db.models import Q, QuerySet

from abonent.domain.support import models
from abonent.domain.support.rules import FaqLine

_LONGEST = 100
_WORDS = 10
_SHORTEST_WORD = 3
_CONFIG = "russian"


def faq(*, supplier_id: int, words: str = "", topic: str = "") -> list[FaqLine]:
    """Return the questions in the supplier's order, or those with these words, the best first.

    Words are compared by their roots, «показаний» finds «показания»; where all of them
    together find nothing, any one of them may, and then a part of a word. A ``topic``
    narrows to its own questions.
    """
    rows = models.FaqEntry.objects.filter(supplier_id=supplier_id)
    if topic:
        rows = rows.filter(topic=topic)
    asked = words.replace("\x00", "")[:_LONGEST].split()[:_WORDS]
    if not asked:
        return _lines(rows.order_by("place"))
    every, any_one = (
        reduce(join, (SearchQuery(word, config=_CONFIG) for word in asked))
        for join in (lambda one, other: one & other, or_)
    )
    return _found(rows, every) or _found(rows, any_one) or _parts(rows, asked)


def _found(rows: "QuerySet[models.FaqEntry]", query: SearchQuery) -> list[FaqLine]:
    """Return what the query finds; a word of the question weighs more than one of the answer."""
    vector = SearchVector("question", weight="A", config=_CONFIG) + SearchVector(
        "answer", weight="B", config=_CONFIG
    )
    marked = rows.annotate(vector=vector).filter(vector=query)
    return _lines(marked.annotate(rank=SearchRank(vector, query)).order_by("-rank", "place"))


def _parts(rows: "QuerySet[models.FaqEntry]", asked: list[str]) -> list[FaqLine]:
    """Return what has a part of a word: «счётч» finds «счётчик»."""
    parts = [word for word in asked if len(word) >= _SHORTEST_WORD]
    if not parts:
        return []
    some = reduce(or_, (Q(question__icontains=part) | Q(answer__icontains=part) for part in parts))
    return _lines(rows.filter(some).order_by("place"))


def _lines(rows: "QuerySet[models.FaqEntry]") -> list[FaqLine]:
    return [FaqLine(row.question, row.answer, row.topic) for row in rows]
