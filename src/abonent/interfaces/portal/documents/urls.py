"""Addresses of papers, under ``/accounts/<number>/documents/``."""

from django.urls import path

from abonent.interfaces.portal.documents import views

urlpatterns = [path("", views.Documents.as_view(), name="documents")]
