"""Offices, payment agents, branches and telephones, in the frame of the cabinet."""

from typing import Any

from django.views.generic import TemplateView

from abonent.domain.suppliers.queries import OfficeWish, branches, offices
from abonent.interfaces.design.places import places_context, wished
from abonent.interfaces.portal.pages import CabinetPage


class Offices(CabinetPage, TemplateView):
    """The places that have what the address wishes."""

    template_name = "portal/offices/offices.html"
    section = "offices"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add them, with the branches."""
        wish = wished(self.request.GET)
        found = offices(supplier=self.supplier, wish=OfficeWish(**wish), now=self.now)
        return (
            super().get_context_data(**kwargs)
            | places_context(found, wish)
            | {"branches": branches(supplier_id=self.supplier.id)}
        )
