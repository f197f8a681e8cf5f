"""What a person has typed and not yet confirmed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from abonent.domain.identity.models import Draft
from abonent.domain.identity.rules import DRAFT_OFFERED


@dataclass(frozen=True)
class DraftView:
    """What was typed on a page, under the page's key; ``kept_at`` is when."""

    key: str
    content: Mapping[str, str]
    kept_at: datetime


def draft_of(*, user_id: int, page: str, key: str) -> DraftView | None:
    """Return the person's own draft under this key, or None."""
    return _view(Draft.objects.filter(user_id=user_id, page=page, key=key).first())


def unfinished_draft(*, user_id: int, page: str, now: datetime) -> DraftView | None:
    """Return what the person typed last on a page and did not confirm, within an hour."""
    rows = Draft.objects.filter(
        user_id=user_id, page=page, finished_at=None, kept_at__gt=now - DRAFT_OFFERED
    ).exclude(content={})
    return _view(rows.order_by("-kept_at", "-pk").first())


def _view(row: Draft | None) -> DraftView | None:
    return DraftView(row.key, row.content, row.kept_at) if row else None
