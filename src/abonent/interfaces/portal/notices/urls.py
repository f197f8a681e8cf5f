"""Addresses of notices, under ``/accounts/<number>/notices/``."""

from django.urls import path

from abonent.interfaces.portal.notices import views

urlpatterns = [
    path("", views.Notices.as_view(), name="notices"),
    path("reminders/", views.Reminders.as_view(), name="notices_reminders"),
    path("<int:subscription_id>/end/", views.EndNotice.as_view(), name="notices_end"),
]
