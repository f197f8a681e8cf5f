"""Addresses of papers, under ``/accounts/<number>/documents/``."""

from django.urls import path

from abonent.interfaces.portal.documents import statements, views

urlpatterns = [
    path("", views.Documents.as_view(), name="documents"),
    path("blank.pdf", views.Blank.as_view(), name="documents_blank"),
    path("statement/", statements.OrderStatement.as_view(), name="statement"),
    path("statement/<uuid:order_id>/", statements.Ordered.as_view(), name="statement_ordered"),
    path("statement/<uuid:order_id>/pdf/", statements.StatementPdf.as_view(), name="statement_pdf"),
]
