"""Addresses of news and outages."""

from django.urls import path

from abonent.interfaces.public.news import views

urlpatterns = [
    path("news/", views.News.as_view(), name="news"),
    path("outages/", views.Outages.as_view(), name="outages"),
    # Letters hold these two: ``support.operations.outages``.
    path("outages/confirm/<str:token>/", views.Confirm.as_view(), name="outage_confirm"),
    path("outages/end/<str:token>/", views.End.as_view(), name="outage_end"),
]
