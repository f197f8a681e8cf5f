"""Which contact a person must prove before they are let in."""

from allauth.account.internal.flows.email_verification import send_verification_email_at_login
from allauth.account.models import EmailAddress
from allauth.account.stages import EmailVerificationStage, PhoneVerificationStage
from django.http import HttpResponse

# Where the sign-up form keeps by which contact this sign-up is proven: email or phone.
SIGN_UP_BY = "sign_up_by"
# Where this browser's typed mailbox is kept for the page that says where the letter went.
LETTER_TO = "letter_to"


class PhoneStage(PhoneVerificationStage):
    """Prove the telephone unless the mailbox is what proves this person.

    A telephone that was typed beside a mailbox is proven later, in the profile: an SMS
    that does not come must not keep a person out.
    """

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Ask for the code of the SMS, or pass on."""
        if self.login.signup:
            by_mail = self.request.session.get(SIGN_UP_BY) == "email"
        else:
            by_mail = EmailAddress.objects.filter(user=self.login.user, verified=True).exists()
        if by_mail:
            return None, True
        return super().handle()


class EmailStage(EmailVerificationStage):
    """Prove the mailbox unless the telephone has been proven."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Send the letter and wait for it, or only send it."""
        user = self.login.user
        if user is None or user.phone_proven_at is None:
            if user is not None and user.email:
                self.request.session[LETTER_TO] = user.email
            return super().handle()
        if self.login.signup and user.email:
            send_verification_email_at_login(self.request, self.login)
        return None, True
