from django.urls import path

from reports.views import brief, dashboard, definitions, jobs, period_reports, rows, rows_files, tables, templates, text

app_name = "reports"

urlpatterns = [
    path("", dashboard.show_room, name="show-room"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("dashboard/organisations/", dashboard.find_organisation, name="find-organisation"),
    path("figures.xlsx", tables.workbook, name="workbook"),
    path("definitions/", definitions.definitions, name="definitions"),
    path("rows/", rows.rows, name="rows"),
    path("rows.xlsx", rows_files.rows_workbook, name="rows-workbook"),
    path("rows.csv", rows_files.rows_csv, name="rows-csv"),
    path("rows/<slug:table>/<int:pk>/", rows.record, name="record"),
    path("reports/periods/", period_reports.list_period_reports, name="list-period-reports"),
    path("reports/periods/start/", period_reports.start_period_report, name="start-period-report"),
    path("reports/periods/<int:pk>/", period_reports.show_period_report, name="show-period-report"),
    path("reports/periods/<int:pk>/save/", period_reports.save_period_report, name="save-period-report"),
    path("reports/periods/<int:pk>/submit/", period_reports.submit_period_report, name="submit-period-report"),
    path("reports/periods/<int:pk>/return/", period_reports.return_period_report, name="return-period-report"),
    path("reports/periods/<int:pk>/accept/", period_reports.accept_period_report, name="accept-period-report"),
    path("reports/text/", text.text, name="text"),
    path("reports/brief/", brief.weekly_brief, name="brief"),
    path("reports/templates/", templates.templates, name="templates"),
    path("reports/templates/own.docx", templates.own_template, name="own-template"),
    path("reports/templates/placeholders/", templates.placeholders, name="placeholders"),
    path("reports/templates/<int:pk>/", templates.template, name="show-template"),
    path("reports/templates/<int:pk>/file/", templates.template_file, name="template-file"),
    path("reports/templates/<int:pk>/use/", templates.use_template, name="use-template"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/brief/<slug:kind>/", jobs.ask_brief, name="ask-brief"),
    path("jobs/workbook/", jobs.ask_workbook, name="ask-workbook"),
    path("jobs/report/<slug:kind>/", jobs.ask_report, name="ask-report"),
    path("jobs/<int:pk>/file/", jobs.job_file, name="job-file"),
    path("jobs/<int:pk>/again/", jobs.ask_again, name="ask-again"),
    path("reports/text.docx", text.text_document, name="text-document"),
]
