"""Addresses of bills, under ``/accounts/<number>/charges/``."""

from django.urls import path, register_converter

from abonent.interfaces.portal.charges import sending, views
from abonent.interfaces.portal.charges.periods import PeriodConverter

register_converter(PeriodConverter, "period")

urlpatterns = [
    path("", views.Charges.as_view(), name="charges"),
    path("<period:period>/", views.Bill.as_view(), name="charges_bill"),
    path("<period:period>/bill.pdf", views.BillPdf.as_view(), name="charges_bill_pdf"),
    path("<period:period>/send/", sending.SendBill.as_view(), name="charges_bill_send"),
]
