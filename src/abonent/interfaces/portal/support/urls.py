"""Addresses of a person's appeals, under ``/support/``."""

from django.urls import include, path

from abonent.interfaces.portal.support import views

_ticket = [
    path("", views.Ticket.as_view(), name="ticket"),
    path("replies/", views.Replies.as_view(), name="ticket_replies"),
    path("withdraw/", views.Withdraw.as_view(), name="ticket_withdraw"),
    path("close/", views.Close.as_view(), name="ticket_close"),
    path("reopen/", views.Reopen.as_view(), name="ticket_reopen"),
    path("files/<uuid:uuid>/", views.File.as_view(), name="ticket_file"),
]
urlpatterns = [
    path("", views.Tickets.as_view(), name="support"),
    path("faq/", views.Faq.as_view(), name="support_faq"),
    path("new/", views.Topics.as_view(), name="support_topics"),
    path("new/<str:topic>/", views.NewTicket.as_view(), name="support_new"),
    path("<str:number>/", include(_ticket)),
]
