"""Addresses of sign-in; the names are those that allauth looks for."""

from django.urls import path, re_path

from abonent.interfaces.public.sign_in import mail, views

urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="account_login"),
    path("sign-in/code/", views.RequestCode.as_view(), name="account_request_login_code"),
    path("sign-in/code/enter/", views.EnterCode.as_view(), name="account_confirm_login_code"),
    path("sign-in/phone/", views.verify_phone, name="account_verify_phone"),
    path("sign-in/second-step/", views.SecondStep.as_view(), name="mfa_authenticate"),
    path("sign-in/passkey/", views.Passkey.as_view(), name="mfa_login_webauthn"),
    path("sign-in/blocked/", views.Blocked.as_view(), name="account_inactive"),
    path("sign-out/", views.SignOut.as_view(), name="account_logout"),
    path("mail/check/", mail.CheckMail.as_view(), name="account_email_verification_sent"),
    path("mail/<str:key>/", views.ConfirmMail.as_view(), name="account_confirm_email"),
    path("recovery/", views.Recover.as_view(), name="account_reset_password"),
    path("recovery/sent/", views.RecoverySent.as_view(), name="account_reset_password_done"),
    re_path(
        r"^recovery/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        views.NewPassword.as_view(),
        name="account_reset_password_from_key",
    ),
]
