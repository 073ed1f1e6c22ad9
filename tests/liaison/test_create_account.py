import pytest
from django.core.management import CommandError, call_command

from liaison.models import Account, Division, Organisation


def create(*options):
    call_command("create_account", "first.admin", "--name", "张管理", *options)


def test_the_first_account_founds_its_office_and_can_sign_in(db, capsys):
    Division.objects.create(code="620100", name="兰州市", level="city")
    create("--role", "admin", "--organisation", "620100")
    account = Account.objects.get()
    password = capsys.readouterr().out.strip().rpartition("：")[2]
    assert account.check_password(password)
    assert account.has_perm("liaison.add_account")
    office = Organisation.objects.get()
    assert (office.name, office.short_name, office.letters) == ("政协兰州市委员会", "兰州市政协", "LZS")


def test_an_office_is_founded_below_the_nearest_one_above(cast):
    linxia = Division.objects.create(code="622900", name="临夏回族自治州", level="city", parent=cast.gansu.division)
    create("--role", "clerk", "--organisation", linxia.code)
    assert linxia.organisation.parent == cast.gansu.organisation


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--role", "admin", "--organisation", "999999"], "没有区划代码 999999"),
        (["--role", "king", "--organisation", "620100"], "没有角色 king"),
    ],
)
def test_wrong_words_give_a_sentence_and_no_account(cast, options, sentence):
    before = Account.objects.count()
    with pytest.raises(CommandError, match=sentence):
        create(*options)
    assert Account.objects.count() == before


def test_a_taken_name_is_refused(cast):
    call = ("create_account", cast.admin.username, "--name", "又一位", "--role", "admin", "--organisation", "620000")
    with pytest.raises(CommandError, match="这个账号名已被使用"):
        call_command(*call)
