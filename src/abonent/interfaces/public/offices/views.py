"""Offices, payment agents, branches and telephones: the list first, the map below it."""

from typing import Any

from django.views.generic import TemplateView

from abonent.common import clock
from abonent.domain.suppliers.queries import OfficeWish, branches, offices
from abonent.interfaces.design.places import places_context, wished
from abonent.interfaces.public.pages import OpenPage


class Offices(OpenPage, TemplateView):
    """The places that have what the address wishes."""

    template_name = "public/offices/offices.html"
    section = "offices"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add them, with the branches."""
        wish = wished(self.request.GET)
        found = offices(supplier=self.supplier, wish=OfficeWish(**wish), now=clock.now())
        return (
            super().get_context_data(**kwargs)
            | places_context(found, wish)
            | {"branches": branches(supplier_id=self.supplier.id)}
        )
