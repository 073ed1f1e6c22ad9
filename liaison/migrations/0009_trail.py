"""The trail by grants too: the application's role may add to it and no more. New entries queue for their seal, and a purge
leaves an anchor."""

import django.db.models.deletion
from django.db import migrations, models

# SECURITY DEFINER: these three write what the application's role may only read. pg_temp stands last, or a temporary table
# of the same name would be taken for ours.
QUEUE = """
CREATE FUNCTION liaison_entry_waits() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO liaison_unsealed (entry_id) SELECT id FROM fresh;
    RETURN NULL;
END $$;
CREATE FUNCTION liaison_entry_sealed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM liaison_unsealed u USING fresh WHERE u.entry_id = fresh.entry_id;
    RETURN NULL;
END $$;
CREATE TRIGGER entry_waits AFTER INSERT ON liaison_entry
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION liaison_entry_waits();
CREATE TRIGGER entry_sealed AFTER INSERT ON liaison_seal
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION liaison_entry_sealed();
INSERT INTO liaison_unsealed (entry_id)
SELECT e.id FROM liaison_entry e LEFT JOIN liaison_seal s ON s.entry_id = e.id WHERE s.id IS NULL;
"""
NO_QUEUE = """
DROP TRIGGER entry_waits ON liaison_entry;
DROP TRIGGER entry_sealed ON liaison_seal;
DROP FUNCTION liaison_entry_waits();
DROP FUNCTION liaison_entry_sealed();
"""

# The triggers let a row go when it is old enough and an anchor stands for it, and for no other reason.
KEPT = """
CREATE FUNCTION liaison_entry_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.at < now() - interval '200 days' AND EXISTS (
        SELECT FROM liaison_seal s JOIN liaison_anchor a ON s.id <= a.last_seal WHERE s.entry_id = OLD.id
    ) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION USING ERRCODE = '23L01', MESSAGE = '操作记录只能追加，不能修改或删除。';
END $$;
CREATE FUNCTION liaison_seal_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (SELECT FROM liaison_anchor a WHERE OLD.id <= a.last_seal)
        AND NOT EXISTS (SELECT FROM liaison_entry e WHERE e.id = OLD.entry_id)
    THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION USING ERRCODE = '23L01', MESSAGE = '操作记录的封存只能追加，不能修改或删除。';
END $$;
CREATE FUNCTION liaison_anchor_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.purged_at < now() - interval '200 days'
        AND EXISTS (SELECT FROM liaison_anchor a WHERE a.last_seal > OLD.last_seal)
    THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION USING ERRCODE = '23L01', MESSAGE = '操作记录的清除锚点只能追加，不能修改或删除。';
END $$;
DROP TRIGGER entry_append_only ON liaison_entry;
DROP TRIGGER seal_append_only ON liaison_seal;
CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE ON liaison_entry
FOR EACH ROW EXECUTE FUNCTION liaison_entry_kept();
CREATE TRIGGER seal_append_only BEFORE UPDATE OR DELETE ON liaison_seal
FOR EACH ROW EXECUTE FUNCTION liaison_seal_kept();
CREATE TRIGGER anchor_append_only BEFORE UPDATE OR DELETE ON liaison_anchor
FOR EACH ROW EXECUTE FUNCTION liaison_anchor_kept();
"""
NOT_KEPT = """
DROP TRIGGER entry_append_only ON liaison_entry;
DROP TRIGGER seal_append_only ON liaison_seal;
DROP TRIGGER anchor_append_only ON liaison_anchor;
DROP FUNCTION liaison_entry_kept();
DROP FUNCTION liaison_seal_kept();
DROP FUNCTION liaison_anchor_kept();
CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE ON liaison_entry
FOR EACH ROW EXECUTE FUNCTION liaison_append_only('操作记录只能追加，不能修改或删除。');
CREATE TRIGGER seal_append_only BEFORE UPDATE OR DELETE ON liaison_seal
FOR EACH ROW EXECUTE FUNCTION liaison_append_only('操作记录的封存只能追加，不能修改或删除。');
"""

# Takes away the beginning of the chain as far as everything in it is older than `keep` days; what commits late may stand
# a little later in the chain than its time says, and keeps what follows it. The entry of the purge is written here, so that
# none goes without one, whoever calls.
PURGE = """
CREATE FUNCTION liaison_purge_trail(keep integer) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    until CONSTANT timestamptz := now() - make_interval(0, 0, 0, keep);
    first_kept bigint;
    last bigint;
    link text;
    removed bigint;
BEGIN
    IF keep IS NULL OR keep < 200 THEN
        RAISE EXCEPTION USING ERRCODE = '23L01', MESSAGE = '操作记录至少保存 200 天。';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('liaison.trail.purge'));
    PERFORM pg_advisory_xact_lock(hashtext('liaison.trail'));
    SELECT s.id INTO first_kept FROM liaison_seal s JOIN liaison_entry e ON e.id = s.entry_id
        WHERE e.at >= until ORDER BY s.id LIMIT 1;
    SELECT s.id, s.digest INTO last, link FROM liaison_seal s
        WHERE first_kept IS NULL OR s.id < first_kept ORDER BY s.id DESC LIMIT 1;
    IF last IS NULL THEN
        RETURN 0;
    END IF;
    SELECT count(*) INTO removed FROM liaison_seal WHERE id <= last;
    INSERT INTO liaison_anchor (last_seal, digest, count, purged_at) VALUES (last, link, removed, now());
    DELETE FROM liaison_entry e USING liaison_seal s WHERE s.entry_id = e.id AND s.id <= last;
    DELETE FROM liaison_seal WHERE id <= last;
    DELETE FROM liaison_anchor a WHERE a.last_seal < last AND a.purged_at < until
        AND NOT EXISTS (SELECT FROM liaison_entry e WHERE e.act = 'purge' AND e.at = a.purged_at);
    INSERT INTO liaison_entry (at, act, object_id, object_label, changes) VALUES (
        now(), 'purge', '', '',
        jsonb_build_object('last_seal', last, 'digest', link, 'count', removed, 'keep', keep));
    RETURN removed;
END $$;
"""

# Whatever the application's role is called: nobody but the owner may more than read and, where the application writes
# itself, add. deploy/grants.sql says the same, for it may be run again.
GRANTS = """
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT DISTINCT c.relname, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END AS who
        FROM pg_class c, aclexplode(c.relacl) a
        WHERE c.relnamespace = 'public'::regnamespace AND a.grantee <> c.relowner
            AND c.relname IN ('liaison_entry', 'liaison_seal', 'liaison_unsealed', 'liaison_anchor')
    LOOP
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %I FROM %s', one.relname, one.who);
        IF one.relname IN ('liaison_unsealed', 'liaison_anchor') THEN
            EXECUTE format('REVOKE INSERT ON %I FROM %s', one.relname, one.who);
        END IF;
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ('contenttypes', '0002_remove_content_type_name'),
        ('liaison', '0008_accounts'),
    ]

    operations = [
        migrations.CreateModel(
            name='Anchor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('last_seal', models.BigIntegerField(unique=True, verbose_name='最后一枚封存')),
                ('digest', models.CharField(max_length=64, verbose_name='摘要')),
                ('count', models.PositiveBigIntegerField(verbose_name='清除条数')),
                ('purged_at', models.DateTimeField(verbose_name='清除时间')),
            ],
            options={
                'verbose_name': '清除锚点',
                'verbose_name_plural': '清除锚点',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Unsealed',
            fields=[
                ('entry', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='+', serialize=False, to='liaison.entry', verbose_name='操作记录')),
            ],
            options={
                'verbose_name': '待封存',
                'verbose_name_plural': '待封存',
            },
        ),
        migrations.AlterField(
            model_name='entry',
            name='act',
            field=models.CharField(choices=[('add', '新增'), ('change', '修改'), ('void', '作废'), ('delete', '删除'), ('erase', '删除个人信息'), ('log_in', '登录'), ('log_failed', '登录失败'), ('log_out', '退出登录'), ('refused', '拒绝访问'), ('reveal', '查看完整信息'), ('export', '导出'), ('import', '导入'), ('print', '打印'), ('password', '设置密码'), ('mfa', '动态口令'), ('code', '登录码'), ('verify', '核对封存'), ('purge', '到期清除')], max_length=10, verbose_name='操作'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['-at', '-id'], name='entry_list'),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(fields=['act', '-id'], name='entry_act'),
        ),
        migrations.RunSQL(QUEUE, NO_QUEUE),
        migrations.RunSQL(KEPT, NOT_KEPT),
        migrations.RunSQL(PURGE, "DROP FUNCTION liaison_purge_trail(integer);"),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
