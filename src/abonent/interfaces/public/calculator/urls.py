"""Addresses of tariffs and the calculator."""

from django.urls import path

from abonent.interfaces.public.calculator import views

urlpatterns = [
    path("open/tariffs/", views.Tariffs.as_view(), name="open_tariffs"),
    path("open/tariffs/cost/", views.Calculator.as_view(), name="open_calculator"),
]
