"""Triggers that note what changed on every fact table."""

from django.db import migrations

from reports.triggers import note, note_children, unnote, unnote_children

FACTS = [
    ("reception_visit", [("visit", "visited_on")], [("reception_receptionday", "reception_day_id")]),
    ("reception_receptionday", [("reception_day", "held_on")], []),
    ("activities_activity", [("activity", "held_on")], []),
    ("activities_output", [("output", "happened_on")], [("activities_activity", "activity_id")]),
    ("cases_case", [("case", "resolved_on"), ("case_registered", "registered_on")], []),
    ("cases_outcome", [("outcome", "happened_on")], []),
    ("cases_submission", [("submission", "submitted_on")], [("activities_activity", "activity_id")]),
    ("cases_instruction", [("instruction", "given_on")], [("cases_submission", "submission_id")]),
    ("studios_fund", [("fund", "allocated_on")], []),
    ("studios_studio", [("studio", "opened_on"), ("studio", "closed_on")], []),
    ("liaison_specialcommittee", [("special_committee", "starts_on"), ("special_committee", "ends_on")], []),
]
PARENTS = [
    ("reception_receptionday", "reception_visit", "reception_day_id", [("visit", "visited_on")], ["kind"]),
    (
        "activities_activity", "activities_output", "activity_id", [("output", "happened_on")],
        ["state", "voided_at", "studio_id"],
    ),
    ("activities_activity", "cases_submission", "activity_id", [("submission", "submitted_on")], ["kind"]),
    ("cases_submission", "cases_instruction", "submission_id", [("instruction", "given_on")], ["voided_at"]),
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0001_initial"),
        ("liaison", "0001_initial"),
        ("studios", "0001_initial"),
        ("activities", "0002_initial"),
        ("reception", "0001_initial"),
        ("cases", "0002_initial"),
    ]

    operations = [
        *(migrations.RunSQL(note(*fact), unnote(fact[0])) for fact in FACTS),
        *(migrations.RunSQL(note_children(*parent), unnote_children(parent[0], parent[1])) for parent in PARENTS),
    ]
