"""Turns a refusal that no view handled into its page or fragment."""

from core.errors import ErrorDeNegocio
from core.views import responder_error


class ErroresDeNegocio:
    """Answers ErrorDeNegocio raised by any page with its status and Spanish text; the API has its own map."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, ErrorDeNegocio):
            return responder_error(request, exception)
        return None
