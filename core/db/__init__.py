"""What operators and developers need to know of the database: who asks what, how it is served, at what cost."""

from core.db.lotes import por_ids

__all__ = ["por_ids"]
