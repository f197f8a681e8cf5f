"""Addresses of the check of papers, under ``/documents/``; the second is printed on bills."""

from django.urls import path

from abonent.interfaces.public.documents import views

urlpatterns = [
    path("documents/", views.CodeEntry.as_view(), name="document_check"),
    path("documents/readings/", views.Proof.as_view(), name="proof_check"),
    path("documents/<str:code>/", views.Paper.as_view(), name="document_paper"),
]
