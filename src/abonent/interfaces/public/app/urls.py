"""Addresses of the installable site; the worker's own address is what it may serve."""

from django.urls import path

from abonent.interfaces.public.app import views

urlpatterns = [
    path("app.webmanifest", views.manifest, name="app_manifest"),
    path("worker.js", views.worker, name="app_worker"),
    path("offline/", views.Offline.as_view(), name="app_offline"),
]
