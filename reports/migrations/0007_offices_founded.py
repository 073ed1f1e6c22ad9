"""An office founded above others takes over their sums: their months are noted, and recounted upwards.

The administrator who founds it reaches no business rows, so the function reaches them by itself.
"""

from django.db import migrations

UP = """
CREATE FUNCTION reports_note_office_founded() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $body$
DECLARE before text := current_setting('liaison.reach', true);
BEGIN
  PERFORM set_config('liaison.reach', '*', true);
  INSERT INTO reports_dirty (source, organisation_id, month)
  SELECT DISTINCT c.source, c.organisation_id, c.month
  FROM new_rows n JOIN liaison_organisation o ON o.path LIKE n.path || '%' AND o.id <> n.id
  JOIN reports_cell c ON c.organisation_id = o.id WHERE n.level <> 'county';
  PERFORM set_config('liaison.reach', coalesce(before, ''), true);
  RETURN NULL;
END $body$;
CREATE TRIGGER reports_note_office_founded_insert AFTER INSERT ON liaison_organisation
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION reports_note_office_founded();
"""
DOWN = """
DROP TRIGGER reports_note_office_founded_insert ON liaison_organisation;
DROP FUNCTION reports_note_office_founded();
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0006_task_groups_and_media")]

    operations = [migrations.RunSQL(UP, DOWN)]
