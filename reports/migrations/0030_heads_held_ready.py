"""Distinct figures of whole months are held ready for every office with sums: columns for them, and notes of what changes them."""

from django.db import migrations, models

from reports.triggers import note_basis, note_joined, unnote_basis, unnote_joined

STANDING = (
    "leads", "team_members", "members", "members_based_here", "members_in_committees", "party_members", "sectors",
)  # fmt: skip
OCCURRING = {
    "reception_studios": "reception_day", "public_service_studios": "activity", "members_praised": "media_report",
}  # fmt: skip
BASES = [
    (
        "liaison_seat", ["seat", "base"],
        ["member_id", "organisation_id", "sector_id", "special_committee_id", "starts_on", "ends_on"],
    ),
    ("liaison_sector", ["seat"], ["standard_code"]),
    ("liaison_partymembership", ["seat"], ["member_id", "party", "starts_on", "ends_on"]),
    ("liaison_base", ["base"], ["member_id", "division_id", "starts_on", "ends_on"]),
    ("liaison_division", ["base"], ["path"]),
    ("studios_posting", ["posting"], ["studio_id", "member_id", "role", "starts_on", "ends_on"]),
    ("studios_studio", ["posting"], ["organisation_id", "opened_on", "closed_on"]),
    # An office founded above others takes in who is below it.
    ("liaison_organisation", ["seat", "base", "posting"], ["path", "level"]),
]  # fmt: skip
PRAISED = ("activities_mediareport_praised", "mediareport_id", "activities_mediareport", [("media_report", "published_on")])
GRAINS = [("month", "月"), ("quarter", "季"), ("half", "半年"), ("year", "年")]
# What there is already is counted by the first drain.
ALL = f"""
SELECT set_config('liaison.reach', '*', true);
INSERT INTO reports_dirty (source) VALUES ('heads:seat'), ('heads:base'), ('heads:posting');
INSERT INTO reports_dirty (source, organisation_id, month) SELECT DISTINCT source, organisation_id, month
FROM reports_cell WHERE source IN ({", ".join(f"'{source}'" for source in OCCURRING.values())});
SELECT set_config('liaison.reach', '', true);
"""
NONE = """
SELECT set_config('liaison.reach', '*', true);
DELETE FROM reports_rolled WHERE source LIKE 'heads:%';
SELECT set_config('liaison.reach', '', true);
DELETE FROM reports_dirty WHERE source LIKE 'heads:%';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0029_wide_cells"), ("liaison", "0016_days_in_order"), ("studios", "0004_members_on_duty"),
        ("activities", "0006_figures_from_their_index"),
    ]  # fmt: skip

    operations = [
        migrations.AlterField("dirty", "organisation_id", models.BigIntegerField("政协组织", null=True)),
        migrations.AlterField("dirty", "month", models.DateField("月份", null=True)),
        migrations.AlterField("rolled", "grain", models.CharField("粒度", choices=GRAINS, max_length=8)),
        *(
            migrations.AddField("rolled", code, models.IntegerField("人数", null=True))
            for code in (*STANDING, *OCCURRING)
        ),
        *(migrations.RunSQL(note_basis(*basis), unnote_basis(basis[0])) for basis in BASES),
        migrations.RunSQL(note_joined(*PRAISED), unnote_joined(PRAISED[0])),
        migrations.RunSQL(ALL, NONE),
    ]
