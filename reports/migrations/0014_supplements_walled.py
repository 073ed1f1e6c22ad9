"""The second wall around supplements; their states move along one table, and none touches what is signed."""

import json

from django.db import migrations

from reports.links import across, not_across
from reports.wall import no_policy, owned, policy

TABLE = "reports_supplement"
LINK = (TABLE, None, (("paper_id", "liaison_attachment", "same", "依据材料"),))
LABELS = {"waiting": "待审批", "approved": "已批准", "refused": "未批准"}
# As the table stood when this ran; whoever changes it adds a migration that replaces the function.
MOVES = ("waiting", "approved"), ("waiting", "refused"), ("approved", "refused")

RULES = f"""
CREATE FUNCTION reports_supplement_moves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    labels CONSTANT jsonb := '{json.dumps(LABELS, ensure_ascii=False)}';
BEGIN
    IF (OLD.state, NEW.state) IN ({", ".join(f"('{old}', '{new}')" for old, new in MOVES)}) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION USING ERRCODE = '23L01',
        MESSAGE = format('“%s”的补录不能变为“%s”。', labels ->> OLD.state, labels ->> NEW.state);
END $$;
CREATE TRIGGER supplement_moves BEFORE UPDATE OF state ON reports_supplement
FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION reports_supplement_moves();

-- Whatever would change the sum of approved supplements of a signed month, quarter or year.
CREATE FUNCTION reports_signed_months_stay() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    one reports_supplement;
BEGIN
    -- A report that is being signed is waited for: it takes the same lock (reports_period_report_signs).
    FOR one IN SELECT (OLD).* WHERE TG_OP <> 'INSERT' UNION ALL SELECT (NEW).* WHERE TG_OP <> 'DELETE' LOOP
        IF one.state = 'approved' AND EXISTS (
            SELECT FROM reports_periodreport r WHERE r.organisation_id = one.organisation_id
            AND r.state IN ('submitted', 'accepted') AND r.starts_on = date_trunc(r.grain, one.month)::date
        ) THEN
            RAISE EXCEPTION USING ERRCODE = '23L01', MESSAGE = '这个月的定期报告已经提交，不能再补录。';
        END IF;
    END LOOP;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER supplement_signed_months_stay
BEFORE INSERT OR UPDATE OF organisation_id, month, indicator, value, state OR DELETE ON reports_supplement
FOR EACH ROW EXECUTE FUNCTION reports_signed_months_stay();
"""
NO_RULES = """
DROP TRIGGER supplement_signed_months_stay ON reports_supplement;
DROP FUNCTION reports_signed_months_stay();
DROP TRIGGER supplement_moves ON reports_supplement;
DROP FUNCTION reports_supplement_moves();
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0013_supplements")]

    operations = [
        migrations.RunSQL(policy(TABLE, owned()), no_policy(TABLE)),
        migrations.RunSQL(across(*LINK), not_across(TABLE)),
        migrations.RunSQL(RULES, NO_RULES),
    ]
