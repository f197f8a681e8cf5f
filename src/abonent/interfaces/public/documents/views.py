"""The check of a paper by its code."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.generic import FormView, TemplateView

from abonent.common.refusals import NotFound
from abonent.domain.documents.queries import check_document
from abonent.interfaces.design.errors import add_refusal
from abonent.interfaces.design.fields import PageForm
from abonent.interfaces.public.pages import OpenPage


class CodeForm(PageForm):
    """The code as it stands on the paper."""

    code = forms.CharField(
        label="Код со счёта",
        help_text="Три группы по четыре знака, внизу счёта. Большие буквы не важны",
        max_length=40,
        error_messages={"required": "Введите код: он напечатан внизу счёта."},
    )


class CodeEntry(OpenPage, FormView):  # type: ignore[type-arg]  # Django's class takes none at run time
    """Asks for the code; the answer has an address of its own, as printed on the paper."""

    template_name = "public/documents/check.html"
    form_class = CodeForm

    def form_valid(self, form: CodeForm) -> HttpResponse:
        """Go to the paper's own page."""
        typed = form.cleaned_data["code"]
        code = "-".join("".join(sign if sign.isalnum() else " " for sign in typed).split())
        return redirect("document_paper", code=code or "-")


class Paper(OpenPage, TemplateView):
    """What the document of this code says: no more than its holder sees on it anyway."""

    template_name = "public/documents/paper.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the document, or with status 404 the code to be mended."""
        try:
            found = check_document(supplier_id=self.supplier.id, code=kwargs["code"])
        except NotFound as refusal:
            form = CodeForm({"code": kwargs["code"]})
            add_refusal(form, refusal)
            context = self.get_context_data(form=form)
            return render(request, CodeEntry.template_name, context, status=HTTPStatus.NOT_FOUND)
        context = self.get_context_data(document=found, shown_amount=abs(found.amount))
        return self.render_to_response(context)
