"""Addresses of bills, under ``/accounts/<number>/charges/``."""

from django.urls import path, register_converter

from abonent.interfaces.portal.charges import by_service, debt, sending, views
from abonent.interfaces.portal.charges.periods import PeriodConverter

register_converter(PeriodConverter, "period")

urlpatterns = [
    path("", views.Charges.as_view(), name="charges"),
    path("debt/", debt.Debt.as_view(), name="debt"),
    path("history/", by_service.ByService.as_view(), name="charges_by_service"),
    path("history.csv", by_service.ByServiceCsv.as_view(), name="charges_csv"),
    path("<period:period>/", views.Bill.as_view(), name="charges_bill"),
    path("<period:period>/bill.pdf", views.BillPdf.as_view(), name="charges_bill_pdf"),
    path("<period:period>/send/", sending.SendBill.as_view(), name="charges_bill_send"),
]
