"""Addresses of appeals for staff, under ``/office/tickets/``."""

from django.urls import path

from abonent.interfaces.office.tickets import views

urlpatterns = [
    path("", views.Queue.as_view(), name="tickets"),
    path("<str:number>/", views.Case.as_view(), name="ticket"),
    path("<str:number>/take/", views.Take.as_view(), name="ticket_take"),
    path("<str:number>/topic/", views.Route.as_view(), name="ticket_route"),
    path("<str:number>/replies/", views.Replies.as_view(), name="ticket_replies"),
    path("<str:number>/files/<uuid:uuid>/", views.File.as_view(), name="ticket_file"),
]
