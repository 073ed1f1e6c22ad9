"""Row-level security on everything that belongs to an office; rows of one office hang together."""

from django.db import migrations

from reports.wall import NO_REACH, REACH, hanging, no_policy, not_together, owned, policy, together

# As they stood when this ran; a later table gets its policy in a later migration.
OWNED = (
    "activities_activity", "activities_output", "activities_programme", "cases_case", "cases_caseseries",
    "cases_instruction", "cases_outcome", "cases_step", "cases_submission", "liaison_attachment",
    "reception_receptionday", "reception_visit", "reports_cell", "reports_rolled", "reports_savedview",
    "studios_contact", "studios_fund", "studios_leaderlink", "studios_paper", "studios_studio",
)  # fmt: skip
HANGING = {
    "activities_activity_co_organisers": ("activity_id", "activities_activity"),
    "activities_participation": ("activity_id", "activities_activity"),
    "cases_case_joint_departments": ("case_id", "cases_case"),
    "cases_case_visits": ("case_id", "cases_case"),
    "cases_submission_joint_authors": ("submission_id", "cases_submission"),
    "cases_submission_joint_departments": ("submission_id", "cases_submission"),
    "cases_submission_source_cases": ("submission_id", "cases_submission"),
    "reception_duty": ("reception_day_id", "reception_receptionday"),
    "reception_visit_receivers": ("visit_id", "reception_visit"),
    "studios_guidance": ("studio_id", "studios_studio"),
    "studios_posting": ("studio_id", "studios_studio"),
    "studios_receptionrule": ("studio_id", "studios_studio"),
    "studios_spending": ("fund_id", "studios_fund"),
    "studios_standardcheck": ("studio_id", "studios_studio"),
    "studios_studio_sectors": ("studio_id", "studios_studio"),
}
TOGETHER = (
    ("activities_output", "activity_id", "activities_activity"),
    ("cases_instruction", "submission_id", "cases_submission"),
    ("cases_step", "case_id", "cases_case"),
    ("reception_visit", "reception_day_id", "reception_receptionday"),
)


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0002_triggers"),
        ("liaison", "0003_planner_statistics"),
        ("studios", "0002_funds_cover_spendings"),
        ("cases", "0003_steps_and_moves"),
    ]

    operations = [
        *(migrations.RunSQL(together(*one), not_together(*one)) for one in TOGETHER),
        migrations.RunSQL(REACH, NO_REACH),
        *(migrations.RunSQL(policy(table, owned()), no_policy(table)) for table in OWNED),
        *(migrations.RunSQL(policy(table, hanging(*on)), no_policy(table)) for table, on in HANGING.items()),
    ]
