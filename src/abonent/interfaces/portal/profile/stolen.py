"""«Мой кабинет украли»: the person closes the cabinet, and is out of it at once."""

from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.generic import FormView

from abonent.domain.identity.rules import BlockChannel
from abonent.domain.journeys.block_cabinet import block_cabinet
from abonent.interfaces.design.stolen import BLOCK_NUMBER, StolenForm
from abonent.interfaces.portal.profile.views import ProfilePage


class Stolen(ProfilePage, FormView):  # type: ignore[type-arg]  # Django's class takes none at run time
    """What will happen, which readings to set aside, the button."""

    template_name = "portal/profile/stolen.html"
    form_class = StolenForm

    def form_valid(self, form: StolenForm) -> HttpResponse:
        """Block it; the page after it gives the number of the request."""
        done = block_cabinet(
            user_id=self.user_id,
            supplier_id=self.supplier.id,
            channel=BlockChannel.CABINET,
            actor_id=self.user_id,
            why="",
            suspected_since=form.suspected_since(self.now),
            now=self.now,
        )
        logout(self.request)
        self.request.session[BLOCK_NUMBER] = done.number
        return redirect("account_inactive")
