"""What a phone wrote offline is taken late (补记) until the report of its period is signed."""

from django.db import migrations

RULE = """
CREATE FUNCTION reports_signed_periods_take_nothing_late() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A report that is being signed is waited for: it holds its office's row (Countersigned.queue_up).
    PERFORM FROM liaison_organisation WHERE id = NEW.organisation_id FOR SHARE;
    IF EXISTS (
        SELECT FROM reports_periodreport r WHERE r.organisation_id = NEW.organisation_id
        AND r.state IN ('submitted', 'accepted') AND r.starts_on = date_trunc(r.grain, NEW.visited_on)::date
    ) THEN
        RAISE EXCEPTION USING ERRCODE = '23L01', MESSAGE = format(
            '%s的定期报告已经提交，不能再补记；请联系政协机关，由机关退回报告后登记，或按“补录”填报。',
            to_char(NEW.visited_on, 'FMYYYY"年"FMMM"月"')
        );
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER visit_not_late_for_signed_period BEFORE INSERT ON reception_visit
FOR EACH ROW WHEN (NEW.is_late) EXECUTE FUNCTION reports_signed_periods_take_nothing_late();
"""
NO_RULE = """
DROP TRIGGER visit_not_late_for_signed_period ON reception_visit;
DROP FUNCTION reports_signed_periods_take_nothing_late();
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0021_notices_of_ones_own"), ("reception", "0007_late_visits")]

    operations = [migrations.RunSQL(RULE, NO_RULE)]
