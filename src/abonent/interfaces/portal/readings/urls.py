"""Addresses of readings, under ``/accounts/<number>/readings/``."""

from django.urls import path

from abonent.interfaces.portal.readings import history, photos, views

urlpatterns = [
    path("", views.Readings.as_view(), name="readings"),
    path("preview/", views.Preview.as_view(), name="readings_preview"),
    path("preview/<uuid:key>/", views.Check.as_view(), name="readings_check"),
    path("draft/<uuid:key>/", views.Typed.as_view(), name="readings_draft"),
    path("history/", history.History.as_view(), name="readings_history"),
    path("history.csv", history.HistoryCsv.as_view(), name="readings_csv"),
    path("<uuid:submission_id>/", views.Accepted.as_view(), name="readings_accepted"),
    path("<uuid:submission_id>/photos/", photos.AddPhotos.as_view(), name="readings_photos"),
    path("<uuid:submission_id>/photos/<uuid:uuid>/", photos.Photo.as_view(), name="readings_photo"),
]
