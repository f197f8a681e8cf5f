"""The check of a paper by its code, and of a proof of readings by its number."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.generic import FormView, TemplateView

from abonent.common.refusals import NotFound
from abonent.domain.documents.queries import check_document
from abonent.domain.metering.queries.proofs import check_proof
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


class ProofForm(PageForm):
    """The number and, to compare the values, the code."""

    number = forms.CharField(
        label="Номер передачи",
        help_text="Например, 24-481 207",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Введите номер: он напечатан на подтверждении."},
    )
    code = forms.CharField(
        label="Код подтверждения",
        help_text="Если введёте и его, покажем принятые значения",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class Proof(OpenPage, FormView):  # type: ignore[type-arg]  # Django's class takes none at run time
    """Asks for the number of a proof and says what is known of it, never whose it is.

    Number and code are sent, not written in an address: it would stay in histories.
    """

    template_name = "public/documents/proof.html"
    form_class = ProofForm

    def form_valid(self, form: ProofForm) -> HttpResponse:
        """Show what the proof says, or what is wrong with what was typed."""
        try:
            found = check_proof(supplier_id=self.supplier.id, **form.cleaned_data)
        except NotFound as refusal:
            add_refusal(form, refusal)
            return self.form_invalid(form)
        context = self.get_context_data(form=form, found=found)
        return self.render_to_response(context)


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
