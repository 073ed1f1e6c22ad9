from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication


class TokenAuthentication(BaseAuthentication):
    """The account that the door found (liaison/api/door.py)."""

    def authenticate(self, request):
        token = getattr(request._request, "token", None)
        return (request._request.user, token) if token else None

    def authenticate_header(self, request):
        return "Bearer"


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer", "description": "“我的账号”里签发的接口令牌。"}
