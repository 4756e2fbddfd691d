"""The making of one report: who may still see what, the writing, and the file put in its place."""

from django.urls import reverse

from core.errors import ErrorDeNegocio
from core.jobs import ErrorDefinitivo, progreso_actual
from core.texto import miles
from reports import almacen
from reports.informes import informe_de
from reports.informes.base import Ambito
from reports.permissions import alcance_de, exigir_informe
from reports.services.reporte import empezar, retirar_si_sobra, terminar


def producir(reporte_id):
    """Make the file of a report, or do nothing when that is done already. Runs at least once.

    Raises: ErrorDefinitivo, with words for who asked, when no further attempt can mend it; whatever the cancel of
        the task raises.
    """
    try:
        reporte = empezar(reporte_id=reporte_id)
        return _hacer(reporte) if reporte is not None else {"reporte": reporte_id, "hecho": False}
    except ErrorDeNegocio as error:
        raise ErrorDefinitivo(str(error)) from error


def _hacer(reporte):
    autor, informe = reporte.solicitado_por, informe_de(reporte.codigo)
    exigir_informe(autor, informe)
    filtros = informe.formulario(autor, reporte.filtros)
    if not filtros.is_valid():  # something it names is no longer there
        raise ErrorDefinitivo("Los filtros ya no son válidos: pide el reporte otra vez.")
    ambito = Ambito.de(autor)
    progreso_actual(0, "Leyendo los datos")
    with almacen.taller(reporte.pk) as carpeta:
        temporal = carpeta / "reporte"
        with open(temporal, "xb") as destino:
            filas = informe.escribir(
                reporte.formato,
                ambito,
                filtros,
                destino=destino,
                autor=autor.nombre_completo,
                avance=_avisar,
            )
        progreso_actual(99, "Guardando el archivo")
        peso, sha256 = almacen.cerrar(temporal)
        almacen.adelantar(temporal, almacen.ruta_de(reporte))
        progreso_actual(99, "Guardando el archivo")  # the last moment to be stopped
        listo = terminar(
            reporte_id=reporte.pk,
            temporal=temporal,
            filas=filas,
            peso=peso,
            sha256=sha256,
            alcance=alcance_de(ambito),
        )
        if listo is None:
            retirar_si_sobra(reporte_id=reporte.pk)
    enlace = reverse("reports:descargar", args=[reporte.pk])
    return {"reporte": reporte.pk, "hecho": listo is not None, "filas": filas, "enlace": enlace}


def _avisar(hechas, total):
    """Tells how many rows are written; where a cancel stops the writing."""
    total = max(int(total), 1)
    hechas = min(int(hechas), total)
    progreso_actual(min(98, hechas * 98 // total), f"{miles(hechas)} de {miles(total)} filas")
