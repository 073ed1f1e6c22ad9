"""What a password must be, how long it lasts, and that none of the latest comes back."""

from datetime import timedelta

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from liaison.models import Account, Entry, PastPassword
from tests.cast import PASSWORD
from tests.pages import add

PAGE = "/account/password/"
COMMON = "这个密码太常见，容易被猜到，请换一个。"
PLAIN = "密码须含大写字母、小写字母、数字、符号中的至少三种。"


def complaints(password: str, account=None) -> list[str]:
    try:
        validate_password(password, account)
    except ValidationError as weak:
        return weak.messages
    return []


def change(client, new, old=PASSWORD, again=None):
    sent = {"old_password": old, "new_password1": new, "new_password2": again or new}
    return client.post(PAGE, sent)


@pytest.mark.parametrize(
    ("password", "sentences"),
    [
        ("Xue-48219", ["密码太短，至少 10 个字符。"]),
        ("abcdefgh-jklmn", [PLAIN]),
        ("Password123", [COMMON]),
        ("Admin@123456", [COMMON]),
        ("1qaz@WSX2025", []),
        ("P@ssw0rd2026!", [COMMON]),
        ("Aa1Aa1Aa1Aa1", [COMMON]),
        ("河湟-Lan-zhou-8", []),
        ("mei-Gui-1957-hua", []),
    ],
)
def test_a_weak_password_is_told_why(password, sentences):
    assert complaints(password) == sentences


def test_a_password_like_the_accounts_name_is_refused(db):
    assert complaints("Zhangsan.2026", Account(username="zhangsan.202", name="张三")) == [
        "密码与账号太相似，请换一个。"
    ]


def test_none_of_the_last_five_comes_back(client, cast):
    client.force_login(cast.chengguan.clerk)
    former = [f"Mima-Di-{n}-Ci" for n in range(6)]
    for old, new in zip([PASSWORD, *former], former, strict=False):
        assert change(client, new, old).status_code == 302
    refused = change(client, former[1], former[5]).context["form"].errors
    assert refused == {"new_password1": ["不能使用最近 5 次用过的密码。"]}
    assert change(client, former[5], former[5]).context["form"].errors == refused
    assert change(client, former[0], former[5]).status_code == 302
    assert PastPassword.objects.filter(account=cast.chengguan.clerk).count() == 5


def test_what_is_wrong_is_said_beside_its_field(client, cast):
    client.force_login(cast.chengguan.clerk)
    assert change(client, "Mima-Di-1-Ci", "wrong").context["form"].errors == {"old_password": ["现在的密码不正确。"]}
    assert list(change(client, "Mima-Di-1-Ci", again="other").context["form"].errors) == ["new_password2"]
    assert change(client, "short").context["form"].errors.keys() == {"new_password1"}


def test_guessing_at_the_old_password_shuts_the_door_too(client, cast):
    client.force_login(cast.chengguan.clerk)
    for _ in range(5):
        change(client, "Mima-Di-1-Ci", "wrong")
    refused = change(client, "Mima-Di-1-Ci").context["form"].errors["old_password"]
    assert refused == ["密码连续输错 5 次，请 30 分钟后再试，或请政协机关重设密码。"]


def test_a_change_is_noted_without_the_password(client, cast):
    client.force_login(cast.chengguan.clerk)
    change(client, "Mima-Di-1-Ci")
    entry = Entry.objects.get(act=Entry.Act.PASSWORD)
    assert (entry.account, entry.changes) == (cast.chengguan.clerk, {"fields": ["本人修改"]})


def test_an_old_password_must_go_first(client, cast, settings):
    settings.PASSWORD_DAYS = 90
    clerk = cast.chengguan.clerk
    client.force_login(clerk)
    set_at = timezone.now() - timedelta(days=89)
    Account.objects.filter(pk=clerk.pk).update(password_set_at=set_at)
    assert client.get("/admin/").status_code == 200
    Account.objects.filter(pk=clerk.pk).update(password_set_at=set_at - timedelta(days=1))
    assert client.get("/admin/").url == f"{PAGE}?next=/admin/"
    assert "密码已用满期限" in client.get(PAGE).content.decode()
    change(client, "Mima-Di-1-Ci")
    assert client.get("/admin/").status_code == 200


def test_while_a_password_is_due_only_the_way_out_is_open(client, cast):
    Account.objects.filter(pk=cast.chengguan.clerk.pk).update(must_change_password=True)
    client.force_login(cast.chengguan.clerk)
    for page in (
        "/",
        "/admin/",
        "/dashboard/",
        "/account/",
        "/account/sessions/",
        "/account/second-factor/",
        "/files/1/",
    ):
        assert client.get(page).url.startswith(PAGE), page
    answer = client.get("/dashboard/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/dashboard/"})
    assert answer["HX-Redirect"] == f"{PAGE}?next=/dashboard/"
    assert client.post("/logout/").url == "/login/"


def test_it_does_not_lead_away_to_another_site(client, cast):
    client.force_login(cast.chengguan.clerk)
    sent = {"old_password": PASSWORD, "new_password1": "Mima-Di-1-Ci", "new_password2": "Mima-Di-1-Ci"}
    assert client.post(PAGE, sent | {"next": "https://evil.example/"}).url == "/account/"


def test_who_gets_a_password_from_somebody_else_must_change_it(client, cast):
    client.force_login(cast.admin)
    add(client, "liaison.account", username="zhang", name="张三")
    clerk = cast.chengguan.clerk
    sent = {"password1": "abc-DEF-123", "password2": "abc-DEF-123", "set-password": "1"}
    client.post(f"/admin/liaison/account/{clerk.pk}/password/", sent)
    for account in Account.objects.filter(username__in=["zhang", clerk.username]):
        assert account.must_change_password and account.password_lapses_at > timezone.now() + timedelta(hours=71)


def test_hashing_anew_is_no_new_password(client, cast, settings):
    """A log-in after the hashers have changed stores another hash of the same password."""
    clerk = cast.chengguan.clerk
    before = Account.objects.get(pk=clerk.pk)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher", *settings.PASSWORD_HASHERS]
    client.post("/login/", {"username": clerk.username, "password": PASSWORD})
    after = Account.objects.get(pk=clerk.pk)
    assert after.password.startswith("scrypt") and after.password_set_at == before.password_set_at
    assert PastPassword.objects.count() == 0
