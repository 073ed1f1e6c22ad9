"""三权分立 as a constraint; the trail of entries can only grow."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.functions.comparison
from django.db import migrations, models

# A rule that only a trigger can keep raises SQLSTATE 23L01: its message is the sentence a person reads
# (liaison/constraints.py).
APPEND_ONLY = """
CREATE FUNCTION liaison_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = '23L01', MESSAGE = TG_ARGV[0];
END $$;

CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE ON liaison_entry
FOR EACH ROW EXECUTE FUNCTION liaison_append_only('操作记录只能追加，不能修改或删除。');
"""
NO_APPEND_ONLY = """
DROP TRIGGER entry_append_only ON liaison_entry;
DROP FUNCTION liaison_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("liaison", "0001_initial"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="grant",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (
                        models.Func(
                            models.F("account"),
                            models.F("account"),
                            models.Value("[]"),
                            function="int8range",
                            output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField(),
                        ),
                        "&&",
                    ),
                    (
                        models.Case(
                            models.When(
                                role__in=["admin", "auditor", "security"],
                                then=models.Func(
                                    models.Value(None),
                                    models.Value(None),
                                    function="int8range",
                                    output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField(),
                                ),
                            ),
                            default=models.Func(
                                django.db.models.functions.comparison.Coalesce(models.F("id"), models.Value(0)),
                                django.db.models.functions.comparison.Coalesce(models.F("id"), models.Value(0)),
                                models.Value("[]"),
                                function="int8range",
                                output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField(),
                            ),
                        ),
                        "&&",
                    ),
                ],
                name="grant_administrators_alone",
                violation_error_message="系统管理员、安全管理员、审计管理员不得兼任其他角色。",
            ),
        ),
        migrations.RunSQL(APPEND_ONLY, NO_APPEND_ONLY),
    ]
