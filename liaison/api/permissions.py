from django.core.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission

from liaison.roles import may_in_api

ADMINISTRATORS = "系统、安全、审计管理员不查看业务记录，不使用接口。"
ROLE = "这个账号的角色不能做这件事。"
ACTS = {"list": "view", "retrieve": "view", "create": "add"}


class RolePermission(BasePermission):
    """By the one table of roles (liaison/roles.py), before any record is looked for."""

    def has_permission(self, request, view) -> bool:
        if request.user.is_administrator:
            raise PermissionDenied(ADMINISTRATORS)
        if view.action is None:  # a method that the address does not know: 405
            return True
        if not self.is_permitted(request.user, view):
            raise PermissionDenied(ROLE)
        return True

    def is_permitted(self, account, view) -> bool:
        """Acts beyond the four plain ones change a record."""
        model = view.queryset.model._meta
        return may_in_api(account.roles, f"{model.app_label}.{ACTS.get(view.action, 'change')}_{model.model_name}")
