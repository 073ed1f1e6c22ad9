"""Links to rows of other offices are kept by triggers, each by the rule it was reviewed for."""

from django.db import migrations

from reports.links import across, not_across

# As they stood when this ran: table, through what it belongs to an office, its links.
LINKS = (
    (
        "activities_activity", None,
        (
            ("studio_id", "studios_studio", "line", "工作室"),
            ("special_committee_id", "liaison_specialcommittee", "line", "专委会"),
            ("programme_id", "activities_programme", "line", "专项工作"),
            ("leader_link_id", "studios_leaderlink", "line", "包抓联系点"),
        ),
    ),
    (
        "activities_output", None,
        (
            ("file_id", "liaison_attachment", "line", "文件"),
        ),
    ),
    (
        "activities_participation", ("activity_id", "activities_activity"),
        (
            ("member_id", "liaison_member", "person", "委员"),
            ("sector_id", "liaison_sector", "sector", "界别"),
        ),
    ),
    (
        "cases_case", None,
        (
            ("studio_id", "studios_studio", "same", "工作室"),
            ("member_id", "liaison_member", "person", "委员"),
            ("sector_id", "liaison_sector", "sector", "界别"),
            ("lead_department_id", "liaison_department", "line", "主办单位"),
            ("merged_into_id", "cases_case", "same", "并入的事项"),
        ),
    ),
    (
        "cases_case_joint_departments", ("case_id", "cases_case"),
        (
            ("department_id", "liaison_department", "line", "会办单位"),
        ),
    ),
    (
        "cases_case_visits", ("case_id", "cases_case"),
        (
            ("visit_id", "reception_visit", "line", "来访"),
        ),
    ),
    (
        "cases_erasure", None,
        (
            ("visit_id", "reception_visit", "same", "来访"),
        ),
    ),
    (
        "cases_outcome", None,
        (
            ("studio_id", "studios_studio", "same", "工作室"),
            ("activity_id", "activities_activity", "line", "活动"),
            ("case_id", "cases_case", "line", "事项"),
        ),
    ),
    (
        "cases_submission", None,
        (
            ("first_author_id", "liaison_member", "person", "第一提交人"),
            ("studio_id", "studios_studio", "same", "工作室"),
            ("activity_id", "activities_activity", "line", "活动"),
            ("special_committee_id", "liaison_specialcommittee", "line", "专委会"),
            ("lead_department_id", "liaison_department", "line", "主办单位"),
            ("sector_id", "liaison_sector", "line", "界别"),
            ("file_id", "liaison_attachment", "line", "文件"),
        ),
    ),
    (
        "cases_submission_joint_authors", ("submission_id", "cases_submission"),
        (
            ("member_id", "liaison_member", "person", "联名人"),
        ),
    ),
    (
        "cases_submission_joint_departments", ("submission_id", "cases_submission"),
        (
            ("department_id", "liaison_department", "line", "会办单位"),
        ),
    ),
    (
        "cases_submission_source_cases", ("submission_id", "cases_submission"),
        (
            ("case_id", "cases_case", "line", "来源事项"),
        ),
    ),
    (
        "reception_duty", ("reception_day_id", "reception_receptionday"),
        (
            ("member_id", "liaison_member", "person", "委员"),
        ),
    ),
    (
        "reception_receptionday", None,
        (
            ("studio_id", "studios_studio", "same", "工作室"),
            ("rule_id", "studios_receptionrule", "same", "规则"),
        ),
    ),
    (
        "reception_visit", None,
        (
            ("studio_id", "studios_studio", "same", "工作室"),
            ("sector_id", "liaison_sector", "sector", "界别"),
        ),
    ),
    (
        "reception_visit_receivers", ("visit_id", "reception_visit"),
        (
            ("member_id", "liaison_member", "person", "接待委员"),
        ),
    ),
    (
        "studios_contact", None,
        (
            ("member_id", "liaison_member", "person", "委员"),
            ("studio_id", "studios_studio", "same", "工作室"),
        ),
    ),
    (
        "studios_fund", None,
        (
            ("studio_id", "studios_studio", "same", "工作室"),
        ),
    ),
    (
        "studios_guidance", ("studio_id", "studios_studio"),
        (
            ("special_committee_id", "liaison_specialcommittee", "line", "专委会"),
            ("liaison_member_id", "liaison_member", "person", "联络员"),
        ),
    ),
    (
        "studios_leaderlink", None,
        (
            ("leader_id", "liaison_seat", "line", "领导"),
            ("studio_id", "studios_studio", "line", "工作室"),
            ("target_id", "liaison_organisation", "line", "下级政协"),
        ),
    ),
    (
        "studios_paper", None,
        (
            ("studio_id", "studios_studio", "same", "工作室"),
            ("file_id", "liaison_attachment", "line", "文件"),
        ),
    ),
    (
        "studios_posting", ("studio_id", "studios_studio"),
        (
            ("member_id", "liaison_member", "person", "委员"),
        ),
    ),
    (
        "studios_standardcheck", ("studio_id", "studios_studio"),
        (
            ("evidence_id", "liaison_attachment", "line", "佐证材料"),
        ),
    ),
    (
        "studios_studio_sectors", ("studio_id", "studios_studio"),
        (
            ("sector_id", "liaison_sector", "line", "界别"),
        ),
    ),
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("reports", "0004_wall_erasures")]

    operations = [
        *(migrations.RunSQL(across(*one), not_across(one[0])) for one in LINKS),
    ]
