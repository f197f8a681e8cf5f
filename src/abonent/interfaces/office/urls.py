"""Addresses of the staff's pages, under ``/office/``."""

from django.urls import include, path

from abonent.interfaces.office.views import threshold

app_name = "office"
urlpatterns = [
    path("", threshold, name="threshold"),
    path("ratings/", include("abonent.interfaces.office.ratings.urls")),
    path("tickets/", include("abonent.interfaces.office.tickets.urls")),
]
