"""Passkeys, the application of codes, spare codes: allauth's views in the cabinet's frame."""

from typing import Any

from allauth.mfa.base import views as second_step
from allauth.mfa.recovery_codes import views as spare
from allauth.mfa.totp import views as application
from allauth.mfa.webauthn import views as passkeys
from django.urls import reverse_lazy

from abonent.interfaces.design.engine_forms import with_digit_keys
from abonent.interfaces.portal.profile.contacts import LimitedPage


class Keys(LimitedPage, second_step.IndexView):
    """What a person signs in with besides the password."""

    template_name = "portal/profile/keys.html"


class AddPasskey(LimitedPage, passkeys.AddWebAuthnView):
    """A fingerprint, a face or a key of this device; needs scripts, as every passkey does."""

    template_name = "portal/profile/add_passkey.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the fields in our words."""
        context = super().get_context_data(**kwargs)
        form = context["form"]
        form.fields["name"].label = "Название ключа"
        form.fields["name"].help_text = "Например: «Телефон»"
        return context


class RenamePasskey(LimitedPage, passkeys.EditWebAuthnView):
    """A name to tell keys apart."""

    template_name = "portal/profile/rename_passkey.html"
    success_url = reverse_lazy("mfa_index")


class RemovePasskey(LimitedPage, passkeys.RemoveWebAuthnView):
    """Asked on GET, done on POST."""

    template_name = "portal/profile/remove_passkey.html"
    success_url = reverse_lazy("mfa_index")


class AddApplication(LimitedPage, application.ActivateTOTPView):
    """An application that shows six digits every half a minute."""

    template_name = "portal/profile/add_application.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show digits on a telephone."""
        context = super().get_context_data(**kwargs)
        with_digit_keys(context["form"])
        return context


class RemoveApplication(LimitedPage, application.DeactivateTOTPView):
    """Asked on GET, done on POST."""

    template_name = "portal/profile/remove_application.html"


class SpareCodes(LimitedPage, spare.ViewRecoveryCodesView):
    """Codes for the day when the telephone is lost."""

    template_name = "portal/profile/spare_codes.html"


class NewSpareCodes(LimitedPage, spare.GenerateRecoveryCodesView):
    """New ones in place of the old: asked on GET, done on POST."""

    template_name = "portal/profile/new_spare_codes.html"
