"""What people have typed and not yet confirmed: Back, a reload and a second tab lose nothing."""

from collections.abc import Mapping
from datetime import datetime

from abonent.common.transactions import outermost
from abonent.domain.identity.models import Draft
from abonent.domain.identity.rules import DRAFTS_A_PAGE


@outermost
def keep_draft(
    *, user_id: int, page: str, key: str, content: Mapping[str, str], now: datetime
) -> None:
    """Keep what was typed on a page under the page's own key, in place of what stood there.

    A few latest drafts of each page are kept, older ones go. There are no refusals.
    """
    Draft.objects.update_or_create(
        user_id=user_id,
        page=page,
        key=key,
        defaults={"content": dict(content), "kept_at": now, "finished_at": None},
    )
    own = Draft.objects.filter(user_id=user_id, page=page)
    latest = own.order_by("-kept_at", "-pk").values_list("pk", flat=True)[:DRAFTS_A_PAGE]
    own.exclude(pk__in=list(latest)).delete()


@outermost
def finish_draft(*, user_id: int, page: str, key: str, now: datetime) -> None:
    """Mark a draft as confirmed: it is no longer offered on an empty page.

    It stays for a while, so that Back still shows what was confirmed. There are no refusals.
    """
    Draft.objects.filter(user_id=user_id, page=page, key=key).update(finished_at=now)
