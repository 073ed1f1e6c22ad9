"""What allauth asks us: no sign-up, no mail; one stage after the password; secrets are stored encrypted."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.mfa.adapter import DefaultMFAAdapter
from django.urls import reverse

from liaison.privacy import decrypt, encrypt
from liaison.source import client_address

# Of allauth's own messages only these are shown, in our words.
MESSAGES = {
    "mfa/messages/totp_activated.txt": "动态口令已启用，其他设备上的登录已退出。",
    "mfa/messages/recovery_codes_generated.txt": "备用码已生成，只在本页显示一次。",
}


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        return False

    def get_login_stages(self):
        return ["allauth.mfa.stages.AuthenticateStage"]

    def get_client_ip(self, request):
        return client_address(request) or "0.0.0.0"

    def add_message(self, request, level, message_template=None, message_context=None, **more):
        if message_template in MESSAGES:
            super().add_message(request, level, message=MESSAGES[message_template])

    def get_reauthentication_methods(self, user):
        return [{"id": "reauthenticate", "description": "密码", "url": reverse("account_reauthenticate")}]

    def post_login(self, request, user, **login):
        # Who has just logged in need not type the password again to set up a second factor.
        reauthenticate_by_password(request)
        return super().post_login(request, user, **login)


class SecondFactorAdapter(DefaultMFAAdapter):
    def get_totp_issuer(self):
        return "政协联系群众工作平台"

    def encrypt(self, text):
        return encrypt(text)

    def decrypt(self, encrypted_text):
        return decrypt(encrypted_text)
