"""Who somebody is: by password, or by a code that their office printed."""

from django.contrib.auth.backends import ModelBackend
from django.utils import timezone

from liaison.models import Account, Entry, SignInCode


class AccountBackend(ModelBackend):
    def authenticate(self, request, username=None, password=None, **_):
        account = Account.objects.named(username or "")
        if account is None:
            Account().set_password(password)  # takes as long as comparing
            return None
        if not self.user_can_authenticate(account):
            return None
        now = timezone.now()
        if account.check_password(password):
            return None if account.password_has_lapsed(now) else account
        return self._by_code(request, account, password, now)

    def _by_code(self, request, account: Account, typed: str, now) -> Account | None:
        code = SignInCode.find(account, typed)
        if code is None or not code.spend(now):
            return None
        account.must_change_password = True
        account.save(update_fields=["must_change_password"])
        Entry.note(Entry.Act.CODE, account, request=request, by=account, fields=["使用"])
        account.came_by_code = True
        return account
