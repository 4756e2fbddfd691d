"""First rows of the catalogues, as plain tables. Everything here is edited later in the administration.

Source: DOMAIN 3.3 and 3.4; terms and silences are usual values, to be checked against the office's TUPA.
"""

from documents.constants import Silencio, ValorSerie

# fmt: off

ENTIDAD = {
    "nombre": "Dirección Regional de Transportes y Comunicaciones Puno",
    "sigla": "DRTC Puno",
    "direccion": "Jr. Deza 123",
    "lugar": "Puno",
    "telefono": "051 353 020",
    "horario": "lunes a viernes de 8:00 a 16:30",
}
SEDE = {"codigo": "0", "nombre": "Sede central", "direccion": "Jr. Deza 123"}
MESA, ARCHIVO = "MP", "ARC"
VENTANILLAS = ("Ventanilla 1", "Ventanilla 2", "Ventanilla 3")

# sigla, code, name, sigla of the area above
AREAS = (
    ("DR", "01", "Dirección Regional", None),
    ("OCI", "02", "Órgano de Control Institucional", "DR"),
    ("OAJ", "03", "Asesoría Jurídica", "DR"),
    ("OPP", "04", "Planificación y Presupuesto", "DR"),
    ("OAD", "05", "Administración", "DR"),
    ("ABA", "05.1", "Abastecimiento", "OAD"),
    ("CON", "05.2", "Contabilidad", "OAD"),
    ("TES", "05.3", "Tesorería", "OAD"),
    ("PER", "05.4", "Personal", "OAD"),
    ("PAT", "05.5", "Control Patrimonial", "OAD"),
    ("SG", "06", "Secretaría General", "DR"),
    (MESA, "06.1", "Mesa de Partes", "SG"),
    (ARCHIVO, "06.2", "Archivo Central", "SG"),
    ("DCT", "07", "Dirección de Circulación Terrestre", "DR"),
    ("TPC", "07.1", "Transporte de Pasajeros y Carga", "DCT"),
    ("LIC", "07.2", "Licencias de Conducir", "DCT"),
    ("FIS", "07.3", "Fiscalización e Infracciones", "DCT"),
    ("TUC", "07.4", "Tarjeta Única de Circulación", "DCT"),
    ("DCA", "08", "Dirección de Caminos", "DR"),
    ("EST", "08.1", "Estudios", "DCA"),
    ("OBR", "08.2", "Obras", "DCA"),
    ("MAN", "08.3", "Mantenimiento", "DCA"),
    ("EQM", "08.4", "Equipo Mecánico", "DCA"),
    ("DTE", "09", "Dirección de Telecomunicaciones", "DR"),
    ("OZJ", "10", "Oficina Zonal Juliaca", "DR"),
)

_LPAG = "TUO Ley 27444"
# code, name, working days, legal basis, internal, born reserved, categories
TIPOS = (
    ("SOL", "Solicitud", 30, f"art. 39, {_LPAG}", False, False,
     ("Transporte de personas", "Transporte de mercancías", "Licencias de conducir", "Infracciones", "Constancias")),
    ("OFI", "Oficio", 7, f"art. 143, {_LPAG}", False, False, ("Pedido de información", "Coordinación", "Invitación")),
    ("OFI-M", "Oficio múltiple", 7, f"art. 143, {_LPAG}", False, False, ()),
    ("OFI-C", "Oficio circular", 7, f"art. 143, {_LPAG}", False, False, ()),
    ("CAR", "Carta", 7, f"art. 143, {_LPAG}", False, False, ("Proveedores", "Personas")),
    ("SAIP", "Solicitud de acceso a la información", 10, "art. 11, TUO Ley 27806", False, False, ()),
    ("REC-RE", "Recurso de reconsideración", 15, f"art. 219, {_LPAG}; Ley 31603", False, False, ()),
    ("REC-AP", "Recurso de apelación", 30, f"art. 220, {_LPAG}", False, False, ()),
    ("QJA", "Queja por defecto de tramitación", 3, f"art. 169, {_LPAG}", False, False, ()),
    ("DEN", "Denuncia", 30, f"art. 116, {_LPAG}", False, True, ("Transporte informal", "Servicio", "Personal")),
    ("RCL", "Reclamo", 30, "DS 007-2020-PCM", False, False, ()),
    ("DES", "Descargo", 5, "DS 017-2009-MTC", False, False, ("Papeleta", "Acta de control")),
    ("MEM", "Memorando", 3, "", True, False, ()),
    ("MEM-M", "Memorando múltiple", 3, "", True, False, ()),
    ("INF", "Informe", 7, f"art. 143, {_LPAG}", True, False, ()),
    ("INF-T", "Informe técnico", 7, f"art. 143, {_LPAG}", True, False, ()),
    ("INF-L", "Informe legal", 7, f"art. 143, {_LPAG}", True, False, ()),
    ("EXH", "Exhorto", 3, "", False, False, ()),
    ("RES-JUD", "Mandato judicial", 3, "", False, False, ()),
    ("OCI", "Requerimiento de control", 3, "Ley 27785", False, False, ()),
    ("CNG", "Pedido de congresista o regidor", 15, "", False, False, ("Congresista", "Regidor")),
    ("CIT", "Citación", None, "", False, False, ()),
    ("INV", "Invitación", None, "", False, False, ()),
    ("PAP", "Escrito ampliatorio o medio probatorio", None, "", False, False, ()),
    ("SUB", "Subsanación", 2, f"art. 136, {_LPAG}", False, False, ()),
    ("CONF", "Comprobante o valorización", 10, "", False, False, ("Factura", "Valorización", "Conformidad")),
    ("CUR", "Currículo y otros", None, "", False, False, ()),
)

_POS, _NEG, _SIN = Silencio.POSITIVO, Silencio.NEGATIVO, Silencio.NINGUNO
_TASA = "Pago por derecho de trámite"
_SOLICITUD = "Solicitud dirigida al director"
_PODER = "Vigencia de poder"
_VEHICULO = ("Tarjeta de propiedad de cada vehículo", "CITV vigente", "SOAT vigente")
_RNAT = "DS 017-2009-MTC"
_LICENCIA = (_SOLICITUD, "Copia del DNI", "Certificado de salud vigente", _TASA)
_EVALUAR = "Evaluar requisitos del TUPA"
# code, name, type, area, working days, silence, instruction, legal basis, requirements
PROCEDIMIENTOS = (
    ("TR-01", "Autorización de transporte regular de personas", "SOL", "TPC", 30, _POS, _EVALUAR, _RNAT,
     (_SOLICITUD, _PODER, "Propuesta operacional", *_VEHICULO, "Declaración jurada de terminales", _TASA)),
    ("TR-02", "Autorización de transporte turístico", "SOL", "TPC", 30, _POS, _EVALUAR, _RNAT,
     (_SOLICITUD, _PODER, *_VEHICULO, "Constancia de inscripción turística", _TASA)),
    ("TR-03", "Renovación de autorización de transporte regular", "SOL", "TPC", 30, _POS, _EVALUAR, _RNAT,
     (_SOLICITUD, _PODER, *_VEHICULO, _TASA)),
    ("TR-04", "Modificación de ruta, itinerario o frecuencias", "SOL", "TPC", 30, _POS, _EVALUAR, _RNAT,
     (_SOLICITUD, _PODER, "Sustento técnico", _TASA)),
    ("TR-05", "Habilitación de conductor", "SOL", "TPC", 5, _POS, _EVALUAR, _RNAT,
     (_SOLICITUD, "Copia de la licencia de conducir", "Récord del conductor", _TASA)),
    ("TR-06", "Certificado de habilitación de terminal terrestre", "SOL", "TPC", 30, _NEG,
     "Programar inspección", _RNAT, (_SOLICITUD, _PODER, "Plano de distribución", "Licencia de funcionamiento", _TASA)),
    ("TR-07", "Habilitación vehicular por incremento", "SOL", "TPC", 10, _POS, _EVALUAR, _RNAT,
     (_SOLICITUD, _PODER, *_VEHICULO, _TASA)),
    ("TR-08", "Baja de habilitación vehicular", "SOL", "TPC", 5, _POS, _EVALUAR, _RNAT,
     (_SOLICITUD, "Tarjeta única de circulación original", _TASA)),
    ("TR-09", "Duplicado de tarjeta única de circulación", "SOL", "TUC", 5, _POS, "Emitir duplicado", _RNAT,
     (_SOLICITUD, "Denuncia policial o declaración jurada", _TASA)),
    ("TR-10", "Baja de habilitación de conductor", "SOL", "TPC", 5, _POS, _EVALUAR, _RNAT, (_SOLICITUD, _TASA)),
    ("TR-11", "Habilitación vehicular por sustitución", "SOL", "TPC", 10, _POS, _EVALUAR, _RNAT,
     (_SOLICITUD, _PODER, *_VEHICULO, "Tarjeta única de circulación del vehículo que sale", _TASA)),
    ("TR-12", "Liberación de vehículo internado", "SOL", "FIS", 3, _NEG, "Atender dentro del día", _RNAT,
     (_SOLICITUD, "Copia del acta de control", "Tarjeta de propiedad", "Recibo de guardianía", _TASA)),
    ("LC-01", "Licencia de conducir nueva", "SOL", "LIC", 5, _POS, _EVALUAR, "DS 007-2016-MTC",
     (*_LICENCIA, "Constancia de examen de conocimientos", "Constancia de examen de manejo")),
    ("LC-02", "Revalidación de licencia de conducir", "SOL", "LIC", 5, _POS, _EVALUAR, "DS 007-2016-MTC", _LICENCIA),
    ("LC-03", "Recategorización de licencia de conducir", "SOL", "LIC", 10, _POS, _EVALUAR, "DS 007-2016-MTC",
     (*_LICENCIA, "Constancia de curso de la escuela de conductores")),
    ("LC-04", "Duplicado de licencia de conducir", "SOL", "LIC", 3, _POS, "Emitir duplicado", "DS 007-2016-MTC",
     (_SOLICITUD, "Declaración jurada de pérdida", _TASA)),
    ("FI-01", "Descargo de papeleta o acta de control", "DES", "FIS", 30, _NEG, "Evaluar descargo", "DS 004-2020-MTC",
     ("Escrito de descargo", "Copia de la papeleta o del acta", "Medios probatorios")),
    ("CO-01", "Constancia o copia certificada", "SOL", "SG", 5, _POS, "Emitir constancia", _LPAG, (_SOLICITUD, _TASA)),
    ("AI-01", "Acceso a la información pública", "SAIP", "SG", 10, _NEG, "Atender el pedido de información",
     "TUO Ley 27806", ("Solicitud con descripción de la información",)),
    ("AP-01", "Apelación contra resolución directoral", "REC-AP", "OAJ", 30, _NEG, "Opinión legal",
     f"art. 220, {_LPAG}", ("Escrito de apelación", "Copia del acto impugnado")),
)

# type or "", words or "", area
REGLAS = (
    ("OCI", "", "DR"),
    ("QJA", "", "DR"),
    ("REC-RE", "", "OAJ"),
    ("REC-AP", "", "OAJ"),
    ("RES-JUD", "", "OAJ"),
    ("EXH", "", "OAJ"),
    ("SAIP", "", "SG"),
    ("CNG", "", "DR"),
    ("DES", "", "FIS"),
    ("CONF", "", "ABA"),
    ("", "papeleta, acta de control, internado, operativo, fiscalización", "FIS"),
    ("", "licencia de conducir, brevete, recategorización, revalidación", "LIC"),
    ("", "tarjeta única, TUC", "TUC"),
    ("", "ruta, habilitación, transporte, terminal, flota", "TPC"),
    ("", "puente, carretera, camino vecinal, expediente técnico", "DCA"),
    ("", "mantenimiento vial, maquinaria, cisterna, motoniveladora", "MAN"),
    ("", "antena, telefonía, radio, internet", "DTE"),
    ("", "factura, orden de compra, cotización, proveedor", "ABA"),
    ("", "vacaciones, planilla, contrato de trabajo, prácticas", "PER"),
    ("DEN", "", "OAJ"),
    ("INV", "", "DR"),
    ("OFI", "", "DR"),
)

# code, name, years here, years in the central archive, value
SERIES = (
    ("100", "Autorizaciones y habilitaciones de transporte", 3, 10, ValorSerie.PERMANENTE),
    ("110", "Licencias de conducir", 2, 8, ValorSerie.TEMPORAL),
    ("120", "Papeletas, actas y procedimientos sancionadores", 2, 8, ValorSerie.TEMPORAL),
    ("130", "Resoluciones directorales", 5, 25, ValorSerie.PERMANENTE),
    ("200", "Correspondencia con otras entidades", 1, 4, ValorSerie.TEMPORAL),
    ("210", "Correspondencia interna", 1, 2, ValorSerie.TEMPORAL),
    ("220", "Acceso a la información pública", 1, 4, ValorSerie.TEMPORAL),
    ("300", "Proyectos y obras viales", 5, 25, ValorSerie.PERMANENTE),
    ("310", "Mantenimiento y equipo mecánico", 2, 8, ValorSerie.TEMPORAL),
    ("400", "Legajos de personal", 5, 40, ValorSerie.PERMANENTE),
    ("410", "Comprobantes y contrataciones", 2, 8, ValorSerie.TEMPORAL),
    ("500", "Quejas, denuncias y reclamos", 2, 8, ValorSerie.TEMPORAL),
)

SERIES_DE_NUMEROS = (
    ("EXP", "Expedientes", "EXP-{anio}-{numero:06d}"),
    ("HR", "Hojas de remisión", "HR-{anio}-{numero:05d}"),
)

TEXTOS_FRECUENTES = (
    "Evaluar requisitos del TUPA",
    "Opinión legal",
    "Informe técnico",
    "Para atención",
    "Para conocimiento y respuesta",
    "Atender dentro del día",
    "Proyectar respuesta",
    "Verificar y emitir opinión",
    "Para conocimiento y archivo",
)
