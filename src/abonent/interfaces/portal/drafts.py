"""What was typed on a page of an account, kept at home: a check page is read, not sent.

A form is sent, kept and led to an address that is only read, so Back, a reload and a second
tab show it again. In the address stands the form's one-time key, nothing of what was typed.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect

from abonent.domain.identity import operations as identity
from abonent.domain.identity.queries import DraftView, draft_of, unfinished_draft
from abonent.interfaces.portal.pages import WaitingAccountPage

LONGEST = 200


class DraftPage(WaitingAccountPage):
    """A page of one account whose form is checked before it is sent."""

    def keep(self, key: str, content: Mapping[str, str]) -> None:
        """Keep what was typed under the form's key."""
        identity.keep_draft(
            user_id=self.user_id, page=self._page, key=key, content=content, now=self.now
        )

    def kept(self, key: UUID) -> DraftView | None:
        """Return what this person typed under the key, or None."""
        return draft_of(user_id=self.user_id, page=self._page, key=key.hex)

    def unfinished(self) -> DraftView | None:
        """Return what this person typed here last and did not confirm, within an hour."""
        return unfinished_draft(user_id=self.user_id, page=self._page, now=self.now)

    def finish(self, key: str) -> None:
        """Note that what was typed under the key has been confirmed."""
        identity.finish_draft(user_id=self.user_id, page=self._page, key=key, now=self.now)

    def lead_to(self, name: str, key: str) -> HttpResponse:
        """Lead to the page of what was typed under the key."""
        return redirect(name, number=self.account.number, key=UUID(key))

    @property
    def _page(self) -> str:
        return f"{self.section}:{self.account.id}"


def picked(data: Mapping[str, Any], names: Iterable[str]) -> dict[str, str]:
    """Return the answers of these names, no longer than anybody types."""
    return {name: str(data[name])[:LONGEST] for name in names if data.get(name)}
