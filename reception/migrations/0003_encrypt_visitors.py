"""What was stored in plain text before is encrypted now."""

from django.db import migrations

from liaison.rotation import rewrite


def encrypt(apps, schema_editor):
    hashes = {"visitor_name_hash": "visitor_name", "visitor_phone_hash": "visitor_phone"}
    rewrite(schema_editor.connection, "reception_visit", list(hashes.values()), hashes, read=str)


class Migration(migrations.Migration):
    dependencies = [("reception", "0002_encrypted_visitors")]

    operations = [migrations.RunPython(encrypt)]
