"""After a request that may have written, the roll-up is told."""

from liaison.doorbell import ring
from reports.tasks import drain

SAFE_METHODS = {"GET", "HEAD", "OPTIONS", "TRACE"}


class DoorbellMiddleware:
    """Rings after a request that may have written; by then its transaction has ended (ATOMIC_REQUESTS wraps views)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.method not in SAFE_METHODS and response.status_code < 400:
            ring(drain)
        return response
