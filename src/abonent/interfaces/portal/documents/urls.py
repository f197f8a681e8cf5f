"""Addresses of papers, under ``/accounts/<number>/documents/``."""

from django.urls import path

from abonent.interfaces.portal.documents import closing, statements, views

urlpatterns = [
    path("closing/<int:paper_id>.pdf", closing.PaperPdf.as_view(), name="closing_pdf"),
    path("closing/<int:paper_id>.xml", closing.PaperXml.as_view(), name="closing_xml"),
    path("closing/<period:period>.zip", closing.PaperArchive.as_view(), name="closing_archive"),
    path("reconciliation/", closing.Reconciliations.as_view(), name="reconciliations"),
    path("reconciliation/<int:act_id>/", closing.ActPage.as_view(), name="reconciliation"),
    path("reconciliation/<int:act_id>.pdf", closing.ActPdf.as_view(), name="reconciliation_pdf"),
    path("reconciliation/<int:act_id>.xlsx", closing.ActXlsx.as_view(), name="reconciliation_xlsx"),
    path("", views.Documents.as_view(), name="documents"),
    path("blank.pdf", views.Blank.as_view(), name="documents_blank"),
    path("statement/", statements.OrderStatement.as_view(), name="statement"),
    path("statement/<uuid:order_id>/", statements.Ordered.as_view(), name="statement_ordered"),
    path("statement/<uuid:order_id>/pdf/", statements.StatementPdf.as_view(), name="statement_pdf"),
]
