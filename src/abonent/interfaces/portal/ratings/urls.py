"""Addresses of ratings, under ``/ratings/``."""

from django.urls import path

from abonent.interfaces.portal.ratings import views

urlpatterns = [
    path("", views.Ratings.as_view(), name="ratings"),
    path("<str:subject>/", views.Rate.as_view(), name="rate"),
]
