"""Programs that ask the API."""

import json

from django.test import Client
from django.utils import timezone

from liaison.models import ApiToken


def with_token(account) -> Client:
    """A program that asks the API with a token of the account; its JSON is sent as such."""
    _, text = ApiToken.issue(account, name="测试程序", days=30, now=timezone.now())
    return Client(headers={"Authorization": f"Bearer {text}"})


def send(client, address: str, sent: dict | None = None, method: str = "post"):
    return client.generic(method.upper(), address, json.dumps(sent or {}, default=str), "application/json")
