"""The page after a letter has gone: to which mailbox, once more, another mailbox."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.core.ratelimit import consume
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import TemplateView

from abonent.interfaces.public.pages import OpenPage
from abonent.interfaces.public.sign_in.stages import LETTER_TO

_SENT = "Отправили письмо ещё раз. Старая ссылка тоже действует."
_WAIT = "Письмо только что ушло. Прислать ещё раз можно через три минуты."


class CheckMail(OpenPage, TemplateView):
    """A letter has been sent, whoever the mailbox belongs to; it may be sent once more.

    The mailbox is the one that this very browser typed, so it is told to nobody else, and
    what is sent differs only in the letter-box, not on the page.
    """

    template_name = "public/sign_in/check_mail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the mailbox that was typed in this browser."""
        return super().get_context_data(**kwargs) | {"sent_to": self._mailbox()}

    def post(self, request: HttpRequest) -> HttpResponse:
        """Send the letter once more, not more often than allauth itself would."""
        mailbox = self._mailbox()
        if not mailbox:
            return redirect("account_signup")
        if not consume(request, action="confirm_email", key=f"again:{mailbox}"):
            messages.warning(request, _WAIT)
            return redirect("account_email_verification_sent")
        found = EmailAddress.objects.filter(email=mailbox).order_by("-verified").first()
        if found is not None and not found.verified:
            EmailConfirmationHMAC.create(found).send(request, signup=True)
        elif found is not None:
            get_adapter().send_account_already_exists_mail(mailbox)
        messages.info(request, _SENT)
        return redirect("account_email_verification_sent")

    def _mailbox(self) -> str:
        return str(self.request.session.get(LETTER_TO, ""))
