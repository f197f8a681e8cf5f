"""Questions and answers with a search."""

from typing import Any

from django.views.generic import TemplateView

from abonent.domain.support.queries import faq
from abonent.interfaces.public.pages import OpenPage


class Faq(OpenPage, TemplateView):
    """All questions, or those that were looked for."""

    template_name = "public/faq/faq.html"
    section = "faq"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what was found."""
        words = str(self.request.GET.get("q", ""))[:100]
        lines = faq(supplier_id=self.supplier.id, words=words)
        return super().get_context_data(**kwargs) | {"words": words, "lines": lines}
