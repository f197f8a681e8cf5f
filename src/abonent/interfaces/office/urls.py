"""Addresses of the staff's pages, under ``/office/``."""

from django.urls import path

from abonent.interfaces.office.views import threshold

app_name = "office"
urlpatterns = [path("", threshold, name="threshold")]
