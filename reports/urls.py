from django.urls import path

from reports.views import dashboard, definitions, rows, tables, text

app_name = "reports"

urlpatterns = [
    path("", dashboard.show_room, name="show-room"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("dashboard/organisations/", dashboard.find_organisation, name="find-organisation"),
    path("figures.xlsx", tables.workbook, name="workbook"),
    path("definitions/", definitions.definitions, name="definitions"),
    path("rows/", rows.rows, name="rows"),
    path("rows/<slug:table>/<int:pk>/", rows.record, name="record"),
    path("reports/text/", text.text, name="text"),
    path("reports/text.docx", text.text_document, name="text-document"),
]
