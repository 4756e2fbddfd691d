"""What the admin pages of the core share."""

import json

from django.utils.html import format_html


def en_json(valor):
    """Return the value as indented JSON, or a dash."""
    if valor is None:
        return "—"
    return format_html("<pre>{}</pre>", json.dumps(valor, ensure_ascii=False, indent=2, sort_keys=True))
