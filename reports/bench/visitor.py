"""A browser of one of the bench's accounts, without scripts."""

from django.test import Client

from liaison.models import Account


def browser_of(account: Account) -> Client:
    client = Client(headers={"host": "localhost"})
    client.force_login(account)
    return client
