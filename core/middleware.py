"""Asks who enters, only where it matters; and turns a refusal that no view handled into its page or fragment."""

from django.contrib.auth.middleware import LoginRequiredMiddleware

from core.errors import ErrorDeNegocio
from core.views import responder_error


class EntradaObligatoria(LoginRequiredMiddleware):
    """The framework's: every page is closed unless it says otherwise. Of an open one it does not ask who comes,
    which costs two queries.
    """

    def process_view(self, request, view_func, view_args, view_kwargs):
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)


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
