"""First pages: suppliers at the bare root, what a supplier's people can do, how pages look."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe
from django.views.generic import FormView, TemplateView

from abonent.domain.suppliers import queries as suppliers
from abonent.domain.support.queries import faq
from abonent.interfaces.design.fields import PageForm
from abonent.interfaces.design.frame import NavItem
from abonent.interfaces.design.theme import theme_stylesheet
from abonent.interfaces.design.view_choice import CHOICES, COOKIE, view_classes
from abonent.interfaces.public.pages import OpenPage
from abonent.interfaces.public.supplier import open_frame, opened_pages, supplier_of

_YEAR_SECONDS = 365 * 24 * 60 * 60
_THEME_SECONDS = 60 * 60
_QUESTIONS = 5


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """Show the supplier's first page; at the bare root the suppliers, or go to the only one."""
    if request.supplier is not None:  # type: ignore[attr-defined]  # set by a middleware or a library without types
        return Landing.as_view()(request)
    found = suppliers.all_suppliers()
    if len(found) == 1:
        return redirect(f"/{found[0].code}/")
    links = [
        NavItem(supplier.name, f"/{supplier.code}/", hint=str(supplier.cabinet.get("city", "")))
        for supplier in found
    ]
    context = {"frame": open_frame(request), "suppliers": links, "is_demo": settings.DEMO}
    return render(request, "public/landing/suppliers.html", context)


class Landing(OpenPage, TemplateView):
    """What can be done here; one who is inside goes to the cabinet."""

    template_name = "public/landing/landing.html"
    section = "landing"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page, or go to the cabinet."""
        if request.user.is_authenticated:
            return redirect("portal_home")
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the supplier's services and its pages without sign-in."""
        context = super().get_context_data(**kwargs)
        return context | {
            "services": suppliers.services(supplier_id=self.supplier.id),
            "opened": opened_pages(self.supplier.cabinet),
            "faq": faq(supplier_id=self.supplier.id)[:_QUESTIONS],
        }


class Advice(OpenPage, TemplateView):
    """How to keep the cabinet safe (MISSION A12)."""

    template_name = "public/landing/advice.html"
    section = "advice"


class ViewForm(PageForm):
    """How pages look to this person."""

    view = forms.MultipleChoiceField(
        label="Как показывать страницы",
        choices=list(CHOICES.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class ViewChoice(OpenPage, FormView):  # type: ignore[type-arg]  # Django's class takes none at run time
    """Size, contrast, pictures: kept in a cookie of this browser for a year."""

    template_name = "public/landing/view_choice.html"
    form_class = ViewForm

    def get_initial(self) -> dict[str, Any]:
        """Show what is chosen now."""
        return {"view": view_classes(self.request).split()}

    def form_valid(self, form: ViewForm) -> HttpResponse:
        """Keep the choice and show the page as it looks now."""
        response = redirect(reverse("view_choice"))
        response.set_cookie(
            COOKIE,
            ".".join(form.cleaned_data["view"]),
            max_age=_YEAR_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
        return response


@require_safe
def theme(request: HttpRequest) -> HttpResponse:
    """Give the stylesheet of the supplier's theme."""
    sheet = theme_stylesheet(supplier_of(request).cabinet.get("theme", {}))
    response = HttpResponse(sheet, content_type="text/css; charset=utf-8")
    patch_cache_control(response, public=True, max_age=_THEME_SECONDS)
    return response
