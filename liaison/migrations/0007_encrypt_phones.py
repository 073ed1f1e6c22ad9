"""What was stored in plain text before is encrypted now."""

from django.db import migrations

from liaison.rotation import rewrite


def encrypt(apps, schema_editor):
    rewrite(schema_editor.connection, "liaison_member", ["phone"], {}, read=str)
    rewrite(schema_editor.connection, "liaison_department", ["contact", "phone"], {}, read=str)


class Migration(migrations.Migration):
    dependencies = [("liaison", "0006_encrypted_phones")]

    operations = [migrations.RunPython(encrypt)]
