"""The one place where addresses of all apps meet; upper apps are named as strings only."""

from django.contrib import admin
from django.urls import include, path

from liaison import views

account_pages = (
    [
        path("login/", views.log_in, name="log-in"),
        path("logout/", views.log_out, name="log-out"),
        path("files/<int:pk>/", views.show_file, name="show-file"),
    ],
    "liaison",
)

handler500 = views.out_of_order

urlpatterns = [
    path("", include(account_pages)),
    path("admin/", admin.site.urls),
    path("my/", include("cases.urls")),
    path("", include("reports.urls")),
]
