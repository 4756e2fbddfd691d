"""Believable people, firms, offices and subjects of Puno, from a seeded generator; every number is invented."""

import re

from documents.identidad import digito_ruc

# fmt: off
# ruff: noqa: E501  sentences are easier to read on one line
_MUJERES = """Rosmery Nélida Marisol Yeny Roxana Lourdes Maritza Gladys Vilma Norma Elizabeth Delia Ruth Sonia Flor
Nancy Justina Felícitas Edith Luz Miriam Janeth Yaneth Carmen Julia Verónica Rocío Karina Sandra Silvia Yolanda
Hermelinda Basilia Eufemia Martina Nieves Aydé Soledad Noemí Esther""".split()
_VARONES = """Julián Edwin Hilario Grimaldo Wilber Percy Rubén Eleuterio Fredy Hugo Saúl Néstor Elmer Víctor Mario
Jaime Efraín René Abdón Santos Félix Wálter Óscar Iván Darwin Ronald Édgar Henry Dante Alfredo Mateo Toribio
Nolberto Cirilo Zenón Américo Bernabé Crisóstomo Leoncio Fermín""".split()
_APELLIDOS = """Quispe Mamani Condori Choque Apaza Ccama Huanca Tito Pari Ticona Coila Larico Vilca Turpo Calsina
Choquehuanca Cutipa Flores Chambi Machaca Yucra Arapa Catacora Layme Zapana Jahuira Paredes Ramos Aguilar Charca
Incahuanaco Sucari Velásquez Núñez Humpiri Lipa Luque Calderón Cahuana Canaza Supo Tipula Belizario Pacori Ñaupa
Ccallo Ccori Chura Maquera Escobar Tapia Vargas Gutiérrez Benavente Sosa Pinto Chávez Cáceres Barrientos Enríquez
Mestas Callata Hancco Huaraya Inofuente Jilaja Limachi Marca Nina Ortega Pilco Quenta Roque Salas Umiña Vilcapaza
Yana Zea Arocutipa Bustincio Carita Dueñas""".split()
_MARCAS = """Virgen de Copacabana|Lago Azul|Kollasuyo|Sur Andino|Nuevo Amanecer|Inti Raymi|Señor de Huanca|Titicaca
|Wiñaymarka|Los Andes|San Román|Altiplano|Virgen de la Candelaria|Estrella del Sur|Qollawa|Cruz del Collao|Ayaviri Tours
|Nevado Allincapac|Tres Estrellas|Santa Rosa|El Carolino|Apu Kuntur|Mensajero del Sur|San Martín de Porres|Chasqui
|Perla del Lago|Carabaya|Selva Puno|Inambari|Azángaro Express|Lampa Colonial|Wari Imperial|Sol de Oro|Mi Perú
|Huancané Unido|Collao Express|Melgar|Señor de Pucara|Luz de Luna|Ruta Sur|Transzela|Ramis|Ilave Tours|Yunguyo Amigo
|Sillustani|Taquile|Amantaní|Inca Manco|Kantuta|Libertad""".replace("\n", "").split("|")
_CLASES = ("Empresa de Transportes", "Transportes", "Turismo", "Expreso", "Empresa de Servicios Múltiples",
           "Transportes y Turismo", "Corporación", "Empresa de Transporte Turístico", "Consorcio", "Inversiones")
_FORMAS = ("S.A.C.", "S.R.L.", "E.I.R.L.", "S.A.", "S.C.R.L.")
DISTRITOS = """Juliaca|Ilave|Azángaro|Ayaviri|Huancané|Lampa|Macusani|Sandia|Yunguyo|Juli|Desaguadero|Putina|Moho
|Acora|Capachica|Chucuito|Plateria|Pichacani|Mañazo|Vilque|Atuncolla|Coata|Huata|Cabana|Cabanillas|Caracoto|San Miguel
|Taraco|Pucará|Nicasio|Santa Lucía|Asillo|Arapa|Crucero|Ananea|Orurillo|Nuñoa|Santa Rosa|Zepita|Pomata|Pilcuyo
|Conduriri|San Gabán|Ollachea|Cojata|Vilque Chico""".replace("\n", "").split("|")
_PROVINCIAS = ("San Román", "Azángaro", "Melgar", "El Collao", "Huancané", "Lampa", "Carabaya", "Sandia", "Yunguyo",
               "Chucuito", "Moho", "San Antonio de Putina", "Puno")
_ENTIDADES_FIJAS = ("Gobierno Regional Puno", "Policía Nacional del Perú, Región Policial Puno", "Defensoría del Pueblo, Oficina Puno",
    "Contraloría General de la República", "Superintendencia de Transporte Terrestre, Unidad Puno", "Universidad Nacional del Altiplano",
    "Corte Superior de Justicia de Puno", "Ministerio Público, Distrito Fiscal de Puno", "Provías Nacional, Unidad Zonal Puno",
    "Registros Públicos, Oficina Puno", "Dirección Regional de Salud Puno", "Dirección Regional de Educación Puno",
    "Ministerio de Transportes y Comunicaciones", "Cámara de Comercio de Puno", "Electro Puno", "Sutran Juliaca")
_ENTIDADES = [f"Municipalidad Provincial de {p}" for p in _PROVINCIAS] + [f"UGEL {p}" for p in _PROVINCIAS] + [
    f"Municipalidad Distrital de {d}" for d in DISTRITOS] + [f"Comisaría de {d}" for d in DISTRITOS] + [
    f"Red de Salud {p}" for p in _PROVINCIAS] + list(_ENTIDADES_FIJAS)
_VIAS = ("Av. El Sol", "Av. La Torre", "Jr. Deza", "Jr. Lima", "Jr. Tacna", "Jr. Arequipa", "Av. Circunvalación", "Av. Simón Bolívar",
         "Jr. Moquegua", "Jr. Cahuide", "Av. Huancané", "Jr. San Román", "Av. Floral", "Jr. Puno", "Av. Tambopata")

# Words the subjects are made of; every list is open to the templates by its name.
LISTAS = {
    "ruta": [f"{a} - {b}" for a in ("Puno", "Juliaca", "Ilave", "Azángaro", "Ayaviri", "Huancané", "Desaguadero", "Yunguyo")
             for b in (*DISTRITOS[:20], "Arequipa", "Cusco", "Tacna", "Moquegua") if a != b],
    "distrito": DISTRITOS, "provincia": list(_PROVINCIAS), "entidad": _ENTIDADES,
    "placa": [f"{a}{n}{b}-{m}" for a, b in zip("VXZABCDFWTY", "5KPLQ2R7S8H", strict=True) for n in (1, 3, 4, 7, 9)
              for m in (118, 263, 407, 584, 716, 948)],
    "cat": ["M1", "M2", "M3", "N1", "N2", "N3"], "lic": ["A-I", "A-IIa", "A-IIb", "A-IIIa", "A-IIIb", "A-IIIc", "B-IIc"],
    "n": ["dos", "tres", "cuatro", "cinco", "seis"], "doc": [f"{n:03d}-{a}" for a in (2024, 2025, 2026) for n in range(7, 900, 13)],
    "papeleta": [f"0{n}" for n in range(108_203, 199_000, 1_237)], "monto": [f"S/ {n},{m:03d}.00" for n in (2, 5, 8, 14, 27, 48) for m in (120, 350, 600, 980)],
    "km": [f"km {a}+{b:03d}" for a in range(2, 96, 7) for b in (0, 250, 600)],
    "via": ["carretera Puno - Desaguadero", "carretera Juliaca - Putina - Sandia", "vía Interoceánica tramo cuatro", "carretera Azángaro - Macusani",
            "camino departamental Ilave - Mazocruz", "carretera Lampa - Santa Lucía", "circunvalación de Juliaca", "camino vecinal Acora - Chucuito"],
    "mes": ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "setiembre", "octubre", "noviembre", "diciembre"],
    "obra": ["del puente sobre el río Ilave", "del puente Maravillas", "del pontón en el sector Jayllihuaya", "de la carpeta asfáltica dañada por las lluvias",
             "de las cunetas y alcantarillas", "de la señalización horizontal y vertical"],
    "equipo": ["una motoniveladora", "un cargador frontal", "dos volquetes de 15 metros cúbicos", "un rodillo liso", "una cisterna de agua", "una retroexcavadora"],
    "motivo": ["por fallas mecánicas del vehículo", "por pérdida de documentos en la vía pública", "por renovación de la flota", "por término de contrato",
               "por caso fortuito debidamente acreditado", "por cambio de titular"],
    "bien": ["útiles de escritorio", "llantas para la flota vehicular", "combustible diésel", "repuestos de maquinaria pesada", "servicio de impresión", "equipos de cómputo"],
    "evento": ["mesa técnica de seguridad vial", "reunión de coordinación por el bloqueo de vías", "ceremonia por el aniversario institucional",
               "audiencia pública de rendición de cuentas", "taller de formalización del transporte interprovincial"],
}
# By procedure or type code; the first words are what a clerk types, the rest is what a citizen adds.
ASUNTOS = {
    "TR-01": ["Autorización para prestar el servicio de transporte regular de personas en la ruta {ruta} y viceversa, con {n} unidades de la categoría {cat}"],
    "TR-02": ["Autorización de transporte turístico en el circuito {ruta}, con {n} unidades de la categoría {cat}, placas {placa} y {placa}"],
    "TR-03": ["Renovación de la autorización de transporte regular de personas en la ruta {ruta}, otorgada por Resolución Directoral Regional {doc}"],
    "TR-04": ["Modificación de frecuencias e itinerario del servicio autorizado en la ruta {ruta}, con escala comercial en {distrito}"],
    "TR-05": ["Habilitación de {n} conductores con licencia {lic} para el servicio autorizado en la ruta {ruta}, con récord del conductor"],
    "TR-06": ["Certificado de habilitación técnica del terminal terrestre ubicado en el distrito de {distrito}, provincia de {provincia}"],
    "TR-07": ["Habilitación vehicular por incremento de {n} unidades de la categoría {cat}, placas {placa} y {placa}, para la ruta {ruta}",
              "Habilitación vehicular por incremento, ruta {ruta}, del vehículo de placa {placa}, categoría {cat}, según autorización {doc}"],
    "TR-08": ["Baja de la habilitación vehicular de la unidad de placa {placa} de la ruta {ruta}, {motivo}"],
    "TR-09": ["Duplicado de la tarjeta única de circulación del vehículo de placa {placa}, autorizado en la ruta {ruta}, {motivo}"],
    "TR-10": ["Baja de la habilitación de conductor con licencia {lic} del servicio autorizado en la ruta {ruta}, {motivo}"],
    "TR-11": ["Habilitación vehicular por sustitución de la unidad de placa {placa} por la de placa {placa}, categoría {cat}, ruta {ruta}"],
    "TR-12": ["Liberación del vehículo internado de placa {placa}, intervenido en la ruta {ruta} según acta de control {papeleta}"],
    "LC-01": ["Obtención de licencia de conducir clase y categoría {lic}, con certificado de salud y constancias de examen, domicilio en {distrito}"],
    "LC-02": ["Revalidación de licencia de conducir {lic} vencida en {mes}, con certificado de salud vigente, domicilio en el distrito de {distrito}"],
    "LC-03": ["Recategorización de licencia de conducir a la categoría {lic}, con constancia de la escuela de conductores de {distrito}"],
    "LC-04": ["Duplicado de licencia de conducir {lic}, {motivo}, con declaración jurada y pago por derecho de trámite"],
    "FI-01": ["Descargo contra la papeleta {papeleta} impuesta al vehículo de placa {placa} en la ruta {ruta}, {motivo}",
              "Descargo contra el acta de control {papeleta} levantada en el {km} de la {via}, vehículo de placa {placa}"],
    "CO-01": ["Copia certificada de la Resolución Directoral Regional {doc} y de los actuados sobre la ruta {ruta}",
              "Constancia de no adeudo y de vigencia de la autorización {doc} para el servicio en la ruta {ruta}"],
    "AI-01": ["Acceso a la información pública: relación de autorizaciones vigentes en la ruta {ruta} y de actas de control de {mes}",
              "Acceso a la información pública: contratos de mantenimiento de la {via} y valorizaciones pagadas hasta {mes}"],
    "AP-01": ["Recurso de apelación contra la Resolución Directoral {doc}, que declara improcedente la solicitud sobre la ruta {ruta}"],
    "SOL": ["Préstamo de {equipo} para la rehabilitación de caminos comunales en el distrito de {distrito}, provincia de {provincia}",
            "Pago de beneficios sociales y reconocimiento de tiempo de servicios desde {mes}, según resolución {doc}"],
    "OFI": ["Remite información sobre los operativos inopinados de fiscalización en la ruta {ruta} correspondientes al mes de {mes}",
            "Solicita el mantenimiento periódico de la {via}, sector {km}, afectado por las lluvias en el distrito de {distrito}",
            "Solicita opinión técnica para la reparación {obra}, en atención al pedido de los usuarios de la ruta {ruta}",
            "Solicita {equipo} en calidad de apoyo para atender la emergencia vial en el distrito de {distrito}, {km} de la {via}"],
    "CAR": ["Comunica el inicio del servicio de mantenimiento rutinario de la {via}, del {km} en adelante, según contrato {doc}",
            "Solicita el pago de la valorización del mes de {mes} por {monto}, contrato {doc}, por la entrega de {bien}"],
    "REC-RE": ["Recurso de reconsideración contra la Resolución Directoral {doc}, que sanciona al vehículo de placa {placa} por prestar servicio en la ruta {ruta}"],
    "QJA": ["Queja por defecto de tramitación: demora en la entrega de la tarjeta única de circulación de la unidad de placa {placa}, ruta {ruta}"],
    "DEN": ["Denuncia por prestación informal del servicio de transporte en la ruta {ruta}, con vehículos de placas {placa} y {placa}, en {distrito}"],
    "RCL": ["Reclamo por la atención recibida en el trámite de licencia de conducir {lic}, presentado en el mes de {mes} en la oficina de {distrito}"],
    "DES": ["Descargo contra la papeleta {papeleta} impuesta al vehículo de placa {placa} en la ruta {ruta}, {motivo}"],
    "INF": ["Informe sobre el estado situacional de la {via}, del {km} al final del tramo, y necesidad de {equipo} en {distrito}"],
    "INF-T": ["Informe técnico de la inspección de la unidad de placa {placa}, categoría {cat}, para la ruta {ruta}, según expediente {doc}"],
    "MEM": ["Remisión de documentación sobre las autorizaciones otorgadas en la ruta {ruta} durante el mes de {mes}, para conocimiento y fines"],
    "RES-JUD": ["Mandato judicial: cumpla con informar sobre la titularidad de la autorización en la ruta {ruta}, expediente judicial {doc}"],
    "OCI": ["Requerimiento de información para el servicio de control sobre la adquisición de {bien} por {monto}, periodo de {mes}"],
    "CNG": ["Pedido de información sobre el avance físico y financiero de la reparación {obra}, {km} de la {via}"],
    "INV": ["Invitación a la {evento}, que se realizará en el distrito de {distrito}, provincia de {provincia}, en el mes de {mes}"],
    "CONF": ["Factura por la adquisición de {bien} por {monto}, orden de compra {doc}, con guía de remisión y conformidad de {mes}"],
    "CUR": ["Presenta currículo documentado para la convocatoria {doc}, servicio de {bien}, y solicita se considere su participación"],
}
INSTRUCCIONES = ["Evaluar requisitos del TUPA", "Opinión legal", "Informe técnico", "Para atención", "Para conocimiento y respuesta",
                 "Atender dentro del día", "Proyectar respuesta", "Verificar y emitir opinión", "Para conocimiento y archivo"]
RECHAZOS = ["No corresponde a las funciones del área", "Faltan los anexos que indica el cargo", "El asunto es de otra dirección", "Está incompleto: llegaron menos folios"]
SIN_RESPUESTA = ["Se tomó conocimiento; no requiere respuesta", "Se entregó lo pedido en ventanilla", "Se acumuló al expediente principal", "Atendido por teléfono con el administrado"]
CONCLUSIONES = ["Se emitió la resolución y se notificó al administrado.", "Se respondió con oficio a la entidad.", "Se otorgó la tarjeta con vigencia de un año.",
                "Se declaró improcedente por no cumplir los requisitos.", "Se remitió la información solicitada en formato digital."]
# fmt: on

_HUECO = re.compile(r"\{(\w+)\}")


def compilar(plantilla):
    """A template as [(text before, list to choose from)], ending with (text, None); quick to fill many times."""
    partes, desde = [], 0
    for hueco in _HUECO.finditer(plantilla):
        partes.append((plantilla[desde : hueco.start()], LISTAS[hueco[1]]))
        desde = hueco.end()
    return [*partes, (plantilla[desde:], None)]


_COMPILADOS = {clave: [compilar(p) for p in plantillas] for clave, plantillas in ASUNTOS.items()}


def asunto(azar, clave):
    """A subject for a procedure or type code. Args: azar is a random.Random."""
    al = azar.random
    opciones = _COMPILADOS.get(clave) or _COMPILADOS["OFI"]
    trozos = []
    for texto, lista in opciones[int(al() * len(opciones))]:
        trozos.append(texto)
        if lista is not None:
            trozos.append(lista[int(al() * len(lista))])
    return "".join(trozos)


def uno_de(azar, lista):
    return lista[int(azar.random() * len(lista))]


def persona(azar):
    """Given and family names."""
    nombres = _MUJERES if azar.random() < 0.45 else _VARONES
    pila = uno_de(azar, nombres) if azar.random() < 0.6 else " ".join(azar.sample(nombres, 2))
    return f"{pila} {uno_de(azar, _APELLIDOS)} {uno_de(azar, _APELLIDOS)}"


def empresa(azar):
    marca = uno_de(azar, _MARCAS)
    if azar.random() < 0.5:
        marca = f"{marca} {uno_de(azar, DISTRITOS)}"
    return f"{uno_de(azar, _CLASES)} {marca} {uno_de(azar, _FORMAS)}"


def direccion(azar):
    return f"{uno_de(azar, _VIAS)} {azar.randrange(100, 1900)}, {uno_de(azar, DISTRITOS)}"


def telefono(azar):
    return f"9{azar.randrange(10, 99)} {azar.randrange(100, 999)} {azar.randrange(100, 999)}"


def ruc(azar, prefijo="20"):
    """A RUC with the right check digit."""
    cuerpo = f"{prefijo}{azar.randrange(10_000_000, 99_999_999)}"
    return cuerpo + digito_ruc(cuerpo)


def remitentes(azar, cuantos, *, usados=frozenset()):
    """Yields senders as dicts (tipo_identidad, numero, nombre, correo, telefono, direccion), each identity once.

    The first ones are offices and firms, so that a popularity that falls with the position is believable.
    Args: usados holds (tipo, numero) that must not appear.
    """
    vistos = set(usados)
    for n in range(cuantos):
        if n < len(_ENTIDADES) and n * 12 < cuantos:
            tipo, nombre = "RUC", _ENTIDADES[n * 37 % len(_ENTIDADES)]
        elif azar.random() < 0.24:
            tipo, nombre = "RUC", empresa(azar)
        else:
            tipo, nombre = ("DNI" if azar.random() < 0.97 else "CE"), persona(azar)
        numero = _numero(azar, tipo)
        while (tipo, numero) in vistos:
            numero = _numero(azar, tipo)
        vistos.add((tipo, numero))
        con_correo = azar.random() < 0.5
        yield {
            "tipo_identidad": tipo,
            "numero": numero,
            "nombre": nombre,
            "correo": f"contacto{numero[-6:]}@correo.example" if con_correo else "",
            "telefono": telefono(azar),
            "direccion": direccion(azar),
        }


def _numero(azar, tipo):
    if tipo == "RUC":
        return ruc(azar)
    return (
        f"{azar.randrange(1_200_000, 79_999_999):08d}" if tipo == "DNI" else f"{azar.randrange(10**8, 10**9)}"
    )
