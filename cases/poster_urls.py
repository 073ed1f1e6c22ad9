from django.urls import path

from cases.views import posters

app_name = "posters"

urlpatterns = [
    path("", posters.list_posters, name="list-posters"),
    path("print/", posters.print_posters, name="print-posters"),
    path("<int:pk>/", posters.show_poster, name="show-poster"),
    path("<int:pk>/code.png", posters.download_code, {"kind": "png"}, name="download-png"),
    path("<int:pk>/code.svg", posters.download_code, {"kind": "svg"}, name="download-svg"),
]
