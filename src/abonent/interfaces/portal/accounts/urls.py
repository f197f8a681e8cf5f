"""Addresses of the pages of linked accounts, under ``/accounts/``."""

from django.urls import include, path

from abonent.interfaces.portal.accounts import inviting, linking, views

_link = [
    path("", linking.LinkEvidence.as_view(), name="account_link_evidence"),
    path("send-code/", linking.SendContactCode.as_view(), name="account_link_send_code"),
    path("code/", linking.LinkContactCode.as_view(), name="account_link_code"),
    path("bill-code/", linking.LinkBillCode.as_view(), name="account_link_bill_code"),
]
_account = [
    path("about/", views.Account.as_view(), name="account"),
    path("name/", views.Rename.as_view(), name="account_name"),
    path("unlink/", views.Unlink.as_view(), name="account_unlink"),
    path("invite/", inviting.Invite.as_view(), name="account_invite"),
    path(
        "invitations/<int:invitation_id>/cancel/",
        inviting.CancelInvitation.as_view(),
        name="account_cancel_invitation",
    ),
    path("access/<int:access_id>/", views.CloseAccess.as_view(), name="account_close_access"),
]
urlpatterns = [
    path("", views.Accounts.as_view(), name="portal_accounts"),
    path("link/", linking.LinkNumber.as_view(), name="account_link"),
    path("link/<str:number>/", include(_link)),
    path("invitation/<str:token>/", inviting.Invitation.as_view(), name="account_invitation"),
    path("<str:number>/", include(_account)),
]
