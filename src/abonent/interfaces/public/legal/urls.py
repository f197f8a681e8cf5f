"""Addresses of legal texts and of the objection."""

from django.urls import path

from abonent.interfaces.public.legal import views

urlpatterns = [
    path("legal/accessibility/", views.Accessibility.as_view(), name="accessibility"),
    path("legal/<slug:purpose>/", views.LegalText.as_view(), name="legal_text"),
    path("objection/<str:token>/", views.Objection.as_view(), name="objection"),
]
