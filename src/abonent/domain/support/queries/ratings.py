"""Ratings: a person's own, and what everybody's come to."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count

from abonent.domain.support import models
from abonent.domain.support.rules.ratings import RatingSubject, Tally


@dataclass(frozen=True)
class RatingView:
    """A mark with its comment; who gave it is not told to anybody."""

    subject: RatingSubject
    mark: int
    comment: str
    given_at: datetime


def own_ratings(
    *, user_id: int, supplier_id: int, quarter: date
) -> dict[RatingSubject, RatingView]:
    """Return what the person has rated in the quarter."""
    rows = models.Rating.objects.filter(user_id=user_id, supplier_id=supplier_id, quarter=quarter)
    return {RatingSubject(row.subject): _view(row) for row in rows}


def rating_results(*, supplier_id: int, quarter: date) -> list[Tally]:
    """Return what the quarter's ratings of each subject come to. One statement."""
    rows = models.Rating.objects.filter(supplier_id=supplier_id, quarter=quarter)
    counts: dict[str, dict[int, int]] = {}
    for subject, mark, count in rows.values_list("subject", "mark").annotate(Count("pk")):
        counts.setdefault(subject, {})[mark] = count
    return [Tally(subject, counts.get(subject, {})) for subject in RatingSubject]


def rating_comments(*, supplier_id: int, quarter: date, limit: int = 100) -> list[RatingView]:
    """Return the quarter's comments, the newest first, without their authors."""
    rows = models.Rating.objects.filter(supplier_id=supplier_id, quarter=quarter)
    return [_view(row) for row in rows.exclude(comment="").order_by("-given_at", "-pk")[:limit]]


def rated_quarters(*, supplier_id: int) -> list[date]:
    """Return the quarters in which somebody has rated, the newest first."""
    rows = models.Rating.objects.filter(supplier_id=supplier_id)
    return list(rows.order_by("-quarter").values_list("quarter", flat=True).distinct())


def _view(row: models.Rating) -> RatingView:
    return RatingView(RatingSubject(row.subject), row.mark, row.comment, row.given_at)
