"""The first page of an account."""

from typing import Any

from django.views.generic import TemplateView

from abonent.domain.metering.rules import window_words as windows
from abonent.domain.reports.queries import account_overview
from abonent.interfaces.portal.frame import account_url
from abonent.interfaces.portal.overview.pages import overview_context
from abonent.interfaces.portal.pages import WaitingAccountPage


class Overview(WaitingAccountPage, TemplateView):
    """One account at a glance; while the link waits, what may be done until it opens."""

    section = "overview"

    def get_template_names(self) -> list[str]:
        """Return the whole page, or the one that says when it opens."""
        name = "overview" if self.account.private else "waiting"
        return [f"portal/overview/{name}.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the picture of the account."""
        seen = account_overview(account=self.account, today=self.today)
        context = super().get_context_data(**kwargs)
        if self.account.private:
            return context | overview_context(seen)
        return context | {
            "window": windows.taken_when(seen.window) if seen.window else "",
            "readings_url": account_url(self.account.number, "readings"),
            "pay_url": account_url(self.account.number, "payments"),
            "about_url": account_url(self.account.number, "about"),
        }
