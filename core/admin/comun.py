"""What the admin pages of the core share."""

import json

from django.utils.html import format_html

from core.panel.base import AdminMesa


def en_json(valor):
    """Return the value as indented JSON, or a dash."""
    if valor is None:
        return "—"
    return format_html("<pre>{}</pre>", json.dumps(valor, ensure_ascii=False, indent=2, sort_keys=True))


class SoloLectura(AdminMesa):
    """Pages that only show rows."""

    def has_change_permission(self, request, obj=None):
        return False

    def has_add_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
