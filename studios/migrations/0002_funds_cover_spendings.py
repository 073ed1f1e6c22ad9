"""No fund is spent below zero, whoever writes and however many at once."""

from django.db import migrations

# The fund's row lock makes concurrent spendings wait for each other; each then sums what is committed.
BALANCE = """
CREATE FUNCTION studios_spending_is_covered() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    given numeric;
    spent numeric;
BEGIN
    SELECT amount INTO given FROM studios_fund WHERE id = NEW.fund_id FOR UPDATE;
    SELECT coalesce(sum(amount), 0) INTO spent
    FROM studios_spending WHERE fund_id = NEW.fund_id AND id IS DISTINCT FROM NEW.id;
    IF spent + NEW.amount > given THEN
        RAISE EXCEPTION USING ERRCODE = '23L01', MESSAGE = format('余额只有 %s 元，不够支出。', given - spent);
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION studios_fund_covers_spendings() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    spent numeric;
BEGIN
    SELECT coalesce(sum(amount), 0) INTO spent FROM studios_spending WHERE fund_id = NEW.id;
    IF spent > NEW.amount THEN
        RAISE EXCEPTION USING ERRCODE = '23L01', MESSAGE = format('这笔经费已支出 %s 元，金额不能更少。', spent);
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER spending_is_covered BEFORE INSERT OR UPDATE ON studios_spending
FOR EACH ROW EXECUTE FUNCTION studios_spending_is_covered();

CREATE TRIGGER fund_covers_spendings BEFORE UPDATE OF amount ON studios_fund
FOR EACH ROW EXECUTE FUNCTION studios_fund_covers_spendings();
"""
NO_BALANCE = """
DROP TRIGGER fund_covers_spendings ON studios_fund;
DROP TRIGGER spending_is_covered ON studios_spending;
DROP FUNCTION studios_fund_covers_spendings();
DROP FUNCTION studios_spending_is_covered();
"""


class Migration(migrations.Migration):
    dependencies = [("studios", "0001_initial")]

    operations = [migrations.RunSQL(BALANCE, NO_BALANCE)]
