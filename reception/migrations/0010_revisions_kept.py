"""The database itself counts how often a day's time, place or state has changed: no way of writing forgets it."""

from django.db import migrations

ABOUT = ("studio_id", "kind", "state", "held_on", "opens", "closes", "place", "theme", "cancel_reason", "voided_at")
CHANGED = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in ABOUT)
KEEP = f"""
CREATE FUNCTION reception_day_revised() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    -- Whatever was written: a stale copy of the row takes nothing back.
    NEW.revision := OLD.revision;
    NEW.changed_at := OLD.changed_at;
    NEW.announced_at := OLD.announced_at;
    IF {CHANGED} THEN
      NEW.revision := OLD.revision + 1;
      NEW.changed_at := now();
    END IF;
  END IF;
  IF NEW.state = 'announced' AND NEW.announced_at IS NULL THEN
    NEW.announced_at := now();
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER reception_day_revised BEFORE INSERT OR UPDATE ON reception_receptionday
  FOR EACH ROW EXECUTE FUNCTION reception_day_revised();
"""
NO_LONGER = """
DROP TRIGGER reception_day_revised ON reception_receptionday;
DROP FUNCTION reception_day_revised();
"""


class Migration(migrations.Migration):
    dependencies = [("reception", "0009_feeds_and_revisions")]

    operations = [migrations.RunSQL(KEEP, NO_LONGER)]
