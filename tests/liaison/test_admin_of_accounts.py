import re

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from liaison.models import Account, Grant
from tests.pages import add, address, change, errors, typed

ALONE = "系统管理员、安全管理员、审计管理员不得兼任其他角色。"


@pytest.fixture
def admin(client, cast):
    client.force_login(cast.admin)
    return client


@pytest.fixture
def security(client, cast):
    client.force_login(cast.security)
    return client


def grant(n: int, role: str, office) -> dict:
    return {f"grants-{n}-role": role, f"grants-{n}-organisation": office.organisation.pk}


def test_an_account_is_made_with_a_password_that_is_shown_once(admin):
    answer = add(admin, "liaison.account", username="zhang", name="张三")
    shown = re.search(r"<code>([^<]+)</code>", answer.content.decode())
    account = Account.objects.get(username="zhang")
    assert account.check_password(shown.group(1))
    assert account.roles == frozenset()
    page = admin.get(address("change", "liaison.account", account.pk)).content.decode()
    assert shown.group(1) not in page


def test_a_typed_password_is_used_and_checked(admin):
    sent = {"username": "zhang", "name": "张三"}
    assert list(errors(add(admin, "liaison.account", **sent, password1="12345", password2="12345"))) == ["password1"]
    wrong = add(admin, "liaison.account", **sent, password1="abc-DEF-123", password2="abc-DEF-124")
    assert errors(wrong) == {"password2": ["两次输入的密码不一致。"]}
    assert add(admin, "liaison.account", **sent, password1="abc-DEF-123", password2="abc-DEF-123").status_code == 302
    assert Account.objects.get(username="zhang").check_password("abc-DEF-123")


def test_who_makes_accounts_does_not_grant_and_who_grants_does_not_make(client, cast):
    client.force_login(cast.admin)
    page = client.get(address("change", "liaison.account", cast.chengguan.clerk.pk))
    assert page.context["inline_admin_formsets"] == []
    client.force_login(cast.security)
    assert client.get(address("add", "liaison.account")).status_code == 403
    page = client.get(address("change", "liaison.account", cast.chengguan.clerk.pk))
    assert list(page.context["adminform"].form.fields) == ["is_active"]
    assert len(page.context["inline_admin_formsets"]) == 1


def test_a_new_account_waits_for_its_first_grant(client, cast):
    client.force_login(cast.admin)
    add(client, "liaison.account", username="zhang", name="张三")
    client.force_login(cast.security)
    waiting = client.get(address("changelist", "liaison.account"), {"role": "none"}).context["cl"].queryset.get()
    sent = grant(0, "clerk", cast.lanzhou) | {"grants-TOTAL_FORMS": 1}
    assert change(client, "liaison.account", waiting.pk, **sent).status_code == 302
    assert Account.objects.get(pk=waiting.pk).organisation == cast.lanzhou.organisation


def test_an_administrators_role_is_refused_beside_another_role(security, cast):
    sent = grant(1, "auditor", cast.chengguan) | {"grants-TOTAL_FORMS": 2}
    answer = change(security, "liaison.account", cast.chengguan.clerk.pk, **sent)
    assert errors(answer) == {"grants.role": [ALONE]}
    url = address("add", "liaison.grant")
    single = {"account": cast.chengguan.clerk.pk, "role": "auditor", "organisation": cast.chengguan.organisation.pk}
    assert errors(security.post(url, typed(security.get(url)) | single)) == {"role": [ALONE]}


def test_two_business_roles_go_together(security, cast):
    sent = grant(1, "leader", cast.lanzhou) | {"grants-TOTAL_FORMS": 2}
    assert change(security, "liaison.account", cast.chengguan.clerk.pk, **sent).status_code == 302


@pytest.mark.parametrize(("holder", "role"), [("admin", "clerk"), ("admin", "auditor"), ("clerk", "security")])
def test_raw_sql_cannot_join_an_administrators_role_with_another(cast, holder, role):
    account = cast.admin if holder == "admin" else cast.chengguan.clerk
    sql = "INSERT INTO liaison_grant (account_id, role, organisation_id, records_below) VALUES (%s, %s, %s, false)"
    with pytest.raises(IntegrityError, match="grant_administrators_alone"), transaction.atomic():
        connection.cursor().execute(sql, [account.pk, role, cast.lanzhou.organisation.pk])
    with pytest.raises(IntegrityError, match="grant_administrators_alone"), transaction.atomic():
        Grant.objects.create(account=cast.lanzhou.clerk, role="leader", organisation=cast.gansu.organisation)
        Grant.objects.filter(account=cast.lanzhou.clerk, role="leader").update(role="admin")


def test_nobody_sets_the_password_of_the_security_or_audit_administrator(admin, cast):
    pages = {name: f"/admin/liaison/account/{account.pk}/password/" for name, account in vars(cast).items()
             if isinstance(account, Account)}  # fmt: skip
    codes = {name: admin.get(page).status_code for name, page in pages.items()}
    assert codes == {"admin": 403, "security": 403, "auditor": 403}  # one's own: under 我的账号


def test_a_password_is_set_anew_in_chinese_and_noted(admin, cast):
    page = f"/admin/liaison/account/{cast.chengguan.clerk.pk}/password/"
    sent = {"password1": "abc-DEF-123", "password2": "abc-DEF-123", "set-password": "1"}
    assert admin.post(page, sent).status_code == 302
    assert Account.objects.get(pk=cast.chengguan.clerk.pk).check_password("abc-DEF-123")
    history = admin.get(address("history", "liaison.account", cast.chengguan.clerk.pk)).content.decode()
    assert "设置密码：管理员重设" in history


def test_the_trail_is_read_by_the_audit_administrator_alone(client, cast):
    for account, code in ((cast.auditor, 200), (cast.admin, 403), (cast.security, 403), (cast.gansu.clerk, 403)):
        client.force_login(account)
        assert client.get(address("changelist", "liaison.entry")).status_code == code


def test_the_trail_only_grows(client, cast):
    client.force_login(cast.admin)
    add(client, "liaison.account", username="zhang", name="张三")
    client.force_login(cast.auditor)
    entry = client.get(address("changelist", "liaison.entry")).context["cl"].queryset.filter(act="add").first()
    assert (entry.act, entry.account, entry.object_label) == ("add", cast.admin, "张三")
    for attempt in (entry.delete, lambda: type(entry).objects.update(object_label="李四")):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            attempt()
