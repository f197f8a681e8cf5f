"""Addresses of payment, under ``/accounts/<number>/payments/``."""

from django.urls import path

from abonent.interfaces.portal.payments import autopay, cards, history, past, views

urlpatterns = [
    path("", views.Payments.as_view(), name="payments"),
    path("preview/", views.Preview.as_view(), name="payments_preview"),
    path("preview/<uuid:key>/", views.Check.as_view(), name="payments_check"),
    path("draft/<uuid:key>/", views.Typed.as_view(), name="payments_draft"),
    path("another/", views.Another.as_view(), name="payments_another"),
    path("another/<uuid:key>/", views.AskAgain.as_view(), name="payments_ask_again"),
    path("code/", views.Code.as_view(), name="payments_code"),
    path("code.svg", views.CodePicture.as_view(), name="payments_code_picture"),
    path("sbp/", views.Sbp.as_view(), name="payments_sbp"),
    path("sbp.svg", views.SbpPicture.as_view(), name="payments_sbp_picture"),
    path("cards/", cards.Cards.as_view(), name="payments_cards"),
    path("cards/<uuid:card_uuid>/remove/", cards.RemoveCard.as_view(), name="payments_card_remove"),
    path("autopay/", autopay.Autopay.as_view(), name="autopay"),
    path("autopay/draft/<uuid:key>/", autopay.Typed.as_view(), name="autopay_draft"),
    path("autopay/check/<uuid:key>/", autopay.Check.as_view(), name="autopay_check"),
    path("autopay/hold/", autopay.Hold.as_view(), name="autopay_hold"),
    path("autopay/end/", autopay.End.as_view(), name="autopay_end"),
    path("history/", history.History.as_view(), name="payments_history"),
    path("history.csv", history.HistoryCsv.as_view(), name="payments_csv"),
    path("<uuid:payment_uuid>/", past.Payment.as_view(), name="payment"),
    path("<uuid:payment_uuid>/cancel/", past.Cancel.as_view(), name="payment_cancel"),
    path("<uuid:payment_uuid>/fiscal/", past.Fiscal.as_view(), name="payment_fiscal"),
    path("<uuid:payment_uuid>/receipt/", past.Receipt.as_view(), name="payment_receipt"),
]
