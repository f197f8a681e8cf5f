"""Addresses of the profile, under ``/profile/``; allauth looks for most of these names."""

from allauth.mfa.recovery_codes.views import download_recovery_codes
from django.urls import path

from abonent.interfaces.portal.profile import consents, contacts, keys, my_data, stolen, views

urlpatterns = [
    path("", views.Profile.as_view(), name="profile"),
    path("name/", views.ChangeName.as_view(), name="profile_name"),
    path("sessions/", views.Sessions.as_view(), name="usersessions_list"),
    path("sessions/<int:session_id>/close/", views.CloseSession.as_view(), name="close_session"),
    path("journal/", views.Journal.as_view(), name="profile_journal"),
    path("mailings/", consents.JoinMailings.as_view(), name="profile_mailings"),
    path("consents/<slug:purpose>/", consents.WithdrawConsent.as_view(), name="profile_withdraw"),
    path("data/", my_data.TakeMyData.as_view(), name="profile_data"),
    path("stolen/", stolen.Stolen.as_view(), name="profile_stolen"),
    path("delete/", consents.DeleteCabinet.as_view(), name="profile_delete"),
    path("delete/code/", consents.DeleteByCode.as_view(), name="profile_delete_code"),
    path("email/", contacts.ChangeEmail.as_view(), name="account_email"),
    path("phone/", contacts.ChangePhone.as_view(), name="account_change_phone"),
    path("password/", contacts.ChangePassword.as_view(), name="account_change_password"),
    path("password/first/", contacts.SetPassword.as_view(), name="account_set_password"),
    path("password/new/", contacts.NewPasswordAfterCode.as_view(), name="new_password_after_code"),
    path("confirm/", contacts.AskPassword.as_view(), name="account_reauthenticate"),
    path("confirm/code/", contacts.AskSecondStep.as_view(), name="mfa_reauthenticate"),
    path("confirm/key/", contacts.AskPasskey.as_view(), name="mfa_reauthenticate_webauthn"),
    path("keys/", keys.Keys.as_view(), name="mfa_index"),
    path("keys/list/", keys.Keys.as_view(), name="mfa_list_webauthn"),
    path("keys/add/", keys.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("keys/<int:pk>/name/", keys.RenamePasskey.as_view(), name="mfa_edit_webauthn"),
    path("keys/<int:pk>/remove/", keys.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
    path("keys/application/", keys.AddApplication.as_view(), name="mfa_activate_totp"),
    path("keys/application/off/", keys.RemoveApplication.as_view(), name="mfa_deactivate_totp"),
    path("keys/spare/", keys.SpareCodes.as_view(), name="mfa_view_recovery_codes"),
    path("keys/spare/new/", keys.NewSpareCodes.as_view(), name="mfa_generate_recovery_codes"),
    path("keys/spare/file/", download_recovery_codes, name="mfa_download_recovery_codes"),
]
