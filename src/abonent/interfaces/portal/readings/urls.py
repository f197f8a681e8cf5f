"""Addresses of readings, under ``/accounts/<number>/readings/``."""

from django.urls import path

from abonent.interfaces.portal.readings import views

urlpatterns = [
    path("", views.Readings.as_view(), name="readings"),
    path("preview/", views.Preview.as_view(), name="readings_preview"),
    path("preview/<uuid:key>/", views.Check.as_view(), name="readings_check"),
    path("draft/<uuid:key>/", views.Typed.as_view(), name="readings_draft"),
    path("history/", views.History.as_view(), name="readings_history"),
    path("<uuid:submission_id>/", views.Accepted.as_view(), name="readings_accepted"),
]
