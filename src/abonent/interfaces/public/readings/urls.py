"""Addresses of readings without sign-in."""

from django.urls import path

from abonent.interfaces.public.readings import views

urlpatterns = [
    path("open/readings/", views.Begin.as_view(), name="open_readings"),
    path("open/readings/check/", views.Check.as_view(), name="open_readings_check"),
    path("open/readings/send/", views.Send.as_view(), name="open_readings_send"),
    path(
        "open/readings/<uuid:submission_id>/",
        views.Accepted.as_view(),
        name="open_readings_accepted",
    ),
    path("open/undo/<str:token>/", views.Undo.as_view(), name="open_readings_undo"),
]
