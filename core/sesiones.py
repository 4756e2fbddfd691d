"""Sessions in PostgreSQL, as the framework's, but each request reads its own without building a query."""

from django.contrib.sessions.backends.db import SessionStore as SesionEnBase
from django.db import connections, router
from django.utils import timezone


class SessionStore(SesionEnBase):
    """The framework's store; only the reading, which every request does, is a plain statement."""

    def _get_session_from_db(self):
        conexion = connections[router.db_for_read(self.model)]
        with conexion.cursor() as cursor:
            cursor.execute(
                "SELECT session_key, session_data, expire_date FROM django_session"
                " WHERE session_key = %s AND expire_date > %s",
                [self.session_key, timezone.now()],
            )
            fila = cursor.fetchone()
        if fila is None:
            self._session_key = None
            return None
        return self.model.from_db(conexion.alias, ("session_key", "session_data", "expire_date"), fila)
