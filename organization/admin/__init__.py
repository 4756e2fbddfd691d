"""Administration of the organisation: entity, areas, users, roles and calendar."""

from . import areas, calendario, roles, usuarios

__all__ = ["areas", "calendario", "roles", "usuarios"]
