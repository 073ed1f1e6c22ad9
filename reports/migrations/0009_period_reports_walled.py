"""The second wall around periodic reports; their states move along one table, and signed figures stay."""

import json

from django.db import migrations

from reports.wall import hanging, no_policy, owned, policy

OWNED = "reports_periodreport"
HANGING = ("reports_reportfigure", "report_id", OWNED)
LABELS = {"draft": "待报", "submitted": "已报", "returned": "退回", "accepted": "已审定"}
# As the table stood when this ran; whoever changes it adds a migration that replaces the function.
MOVES = ("draft", "submitted"), ("submitted", "returned"), ("submitted", "accepted"), ("returned", "submitted")

RULES = f"""
CREATE FUNCTION reports_period_report_moves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    labels CONSTANT jsonb := '{json.dumps(LABELS, ensure_ascii=False)}';
BEGIN
    IF (OLD.state, NEW.state) IN ({", ".join(f"('{old}', '{new}')" for old, new in MOVES)}) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION USING ERRCODE = '23L01',
        MESSAGE = format('“%s”的报告不能变为“%s”。', labels ->> OLD.state, labels ->> NEW.state);
END $$;
CREATE TRIGGER period_report_moves BEFORE UPDATE OF state ON reports_periodreport
FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION reports_period_report_moves();

CREATE FUNCTION reports_figures_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM reports_periodreport
        WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.report_id ELSE NEW.report_id END
        AND state IN ('submitted', 'accepted')
    ) THEN
        RAISE EXCEPTION USING ERRCODE = '23L01', MESSAGE = '报告已经提交，数字不能再改；以后的变化列为调整。';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER report_figures_stay BEFORE INSERT OR UPDATE OR DELETE ON reports_reportfigure
FOR EACH ROW EXECUTE FUNCTION reports_figures_stay();
"""
NO_RULES = """
DROP TRIGGER report_figures_stay ON reports_reportfigure;
DROP FUNCTION reports_figures_stay();
DROP TRIGGER period_report_moves ON reports_periodreport;
DROP FUNCTION reports_period_report_moves();
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0008_period_reports")]

    operations = [
        migrations.RunSQL(policy(OWNED, owned()), no_policy(OWNED)),
        migrations.RunSQL(policy(HANGING[0], hanging(*HANGING[1:])), no_policy(HANGING[0])),
        migrations.RunSQL(RULES, NO_RULES),
    ]
