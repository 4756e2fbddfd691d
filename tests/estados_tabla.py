"""What the law and the roles allow in every situation of a document.

Written by hand from DOMAIN 3.5 (states) and the roles' powers (REQUIREMENTS R7), never read from the code.
"""

from tests.estados_situaciones import ABIERTAS, SITUACIONES

# --- DOMAIN 3.5, by hand ---------------------------------------------------------------------------------------

DOCUMENTO = {
    "PRESENTADO": "REGISTRADO OBSERVADO ANULADO",
    "REGISTRADO": "DERIVADO OBSERVADO ANULADO",
    "OBSERVADO": "REGISTRADO NO_PRESENTADO ANULADO",
    "NO_PRESENTADO": "",
    "DERIVADO": "EN_PROCESO REGISTRADO ANULADO",
    "EN_PROCESO": "DERIVADO ATENDIDO SUSPENDIDO ANULADO",
    "SUSPENDIDO": "EN_PROCESO ANULADO",
    "ATENDIDO": "ARCHIVADO EN_PROCESO",
    "ARCHIVADO": "EN_PROCESO",
    "ANULADO": "",
}
DERIVACION = {
    "PENDIENTE": "RECIBIDO RECHAZADO ANULADA",
    "RECIBIDO": "DERIVADA ATENDIDO ANULADA",
    "DERIVADA": "RECIBIDO",
    "ATENDIDO": "",
    "RECHAZADO": "",
    "ANULADA": "",
}

# --- roles, by hand --------------------------------------------------------------------------------------------

ROLES = {
    "operador": "ventanilla",
    "area": "ana",
    "otra": "luis",
    "ajena": "eva",
    "supervisor": "jefa",
    "consulta": "lector",
    "admin": "admin",
}
LUGAR_DE = {"operador": "mesa", "area": "area", "otra": "legal", "ajena": "caminos"}
DE_AREA = "adjuntar nota suspender reanudar derivar recibir devolver recuperar atender acusar"
PODERES = {
    "operador": "observar subsanar no-presentado editar recalcular adjuntar nota "
    "derivar recibir devolver recuperar acusar",
    "area": DE_AREA,
    "otra": DE_AREA,
    "ajena": DE_AREA,
    "supervisor": f"{DE_AREA} observar subsanar no-presentado editar recalcular archivar restaurar reabrir anular "
    "asignar",
    "consulta": "",
    "admin": "",
}

# --- acts, by hand: in which situations each works, where it leaves the document, what it answers elsewhere -------

ACTOS = {
    "observar": ({"presentado": "OBSERVADO", "registrado": "OBSERVADO", "retirado": "OBSERVADO"}, 409),
    "subsanar": ({"observado": "REGISTRADO"}, 409),
    "no-presentado": ({"observado_vencido": "NO_PRESENTADO"}, 409),
    "suspender": ({"en_proceso": "SUSPENDIDO", "restaurado": "SUSPENDIDO"}, 409),
    "reanudar": ({"suspendido": "EN_PROCESO"}, 409),
    "recalcular": (
        dict.fromkeys(
            "presentado registrado retirado derivado devuelto en_proceso restaurado copia_pendiente "
            "copia_acusada".split(),
            "",
        ),
        409,
    ),
    "archivar": ({"atendido": "ARCHIVADO"}, 409),
    "restaurar": ({"archivado": "EN_PROCESO"}, 409),
    "reabrir": ({"atendido": "EN_PROCESO"}, 409),
    "anular": (dict.fromkeys(ABIERTAS.split(), "ANULADO"), 409),
    "editar": (dict.fromkeys([*ABIERTAS.split(), "atendido"], ""), 422),
    "adjuntar": (dict.fromkeys([*ABIERTAS.split(), "atendido"], ""), 422),
    "nota": (dict.fromkeys(SITUACIONES, ""), None),
    "acceso": ({}, 403),  # none of these documents is reserved
    "derivar": (
        {
            "registrado": "DERIVADO",
            "retirado": "DERIVADO",
            "devuelto": "DERIVADO",
            "en_proceso": "DERIVADO",
            "restaurado": "DERIVADO",
        },
        409,
    ),
    "recibir": ({"derivado": "EN_PROCESO", "devuelto": "EN_PROCESO"}, 409),
    "devolver": ({"derivado": ""}, 409),
    "recuperar": ({"derivado": "REGISTRADO"}, 409),
    "asignar": ({"en_proceso": "", "suspendido": "", "restaurado": ""}, 409),
    "atender": ({"en_proceso": "ATENDIDO", "restaurado": "ATENDIDO"}, 409),
    "acusar": ({"copia_pendiente": ""}, 409),
}
EN_DESTINO = "recibir devolver asignar atender acusar".split()
SIN_LUGAR = ("nota",)


def esperado(acto, nombre, rol, s):
    """(status or "bien", state after) an act must give; "bien" means done."""
    if rol not in s.visibles.split():
        return 404, None
    if acto not in PODERES[rol].split():
        return 403, None
    pasos, negado = ACTOS[acto]
    if rol != "supervisor" and acto not in SIN_LUGAR:  # who heads the upper area acts in all of them
        lugar = LUGAR_DE[rol]
        if acto == "derivar":
            tiene = s.destino if s.abierta and nombre not in ("copia_pendiente", "copia_acusada") else s.aqui
            tuvo = s.origen if s.abierta else s.aqui
            if lugar not in (tiene, tuvo):
                return 403, None
            if lugar != tiene:
                return 409, None
        else:
            lugares = {s.aqui}
            if acto in EN_DESTINO:
                lugares = {s.destino}
            elif acto == "recuperar":
                lugares = {s.origen}
            elif acto == "adjuntar":
                lugares = {s.aqui, "mesa"}  # the window may scan late
            if lugar not in lugares:
                return 403, None
    return ("bien", pasos[nombre]) if nombre in pasos else (negado, None)
