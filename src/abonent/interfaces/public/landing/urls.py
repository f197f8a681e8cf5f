"""Addresses of the first pages."""

from django.urls import path

from abonent.interfaces.public.landing import views

urlpatterns = [
    path("", views.landing, name="landing"),
    path("advice/", views.Advice.as_view(), name="advice"),
    path("view/", views.ViewChoice.as_view(), name="view_choice"),
    path("theme.css", views.theme, name="theme"),
]
