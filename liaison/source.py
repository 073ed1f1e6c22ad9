"""Where a request comes from: the one place that decides whether a forwarded address is believed."""

from ipaddress import ip_address

from django.conf import settings


def client_address(request) -> str | None:
    """The client's address. X-Forwarded-For counts only from a trusted proxy, and of it the hop that the proxy added."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXY and (forwarded := request.META.get("HTTP_X_FORWARDED_FOR", "")):
        address = forwarded.rpartition(",")[2]
    try:
        return str(ip_address(address.strip()))
    except ValueError:
        return None
