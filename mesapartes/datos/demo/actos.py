"""What people of the demonstration do, each act through its service, at the clock's instant."""

import datetime as dt

from django.core.files.uploadedfile import SimpleUploadedFile

from derivations import services as derivaciones
from derivations.constants import Resultado
from documents import services as documentos
from documents.constants import Canal, ClaseArchivo
from documents.files.espera import poner_en_espera
from documents.models import Procedimiento, SerieDocumental, TipoDocumento
from mesapartes.datos import palabras
from mesapartes.datos.demo import papeles
from organization.calendar.constants import ZONA
from organization.models import Area, Entidad

MESES = ("enero febrero marzo abril mayo junio julio agosto setiembre octubre noviembre diciembre").split()
_TITULOS = {"SOL": "Solicitud", "DES": "Escrito de descargo", "CAR": "Carta", "CONF": "Factura"}
# Where each type goes when it has no procedure.
_AREAS_DE_TIPO = {
    "OFI": ("DCA", "MAN", "DR", "DCT", "FIS"),
    "CAR": ("ABA", "MAN", "OAD"),
    "CONF": ("ABA",),
    "CUR": ("PER",),
    "REC-RE": ("OAJ",),
    "QJA": ("DR",),
    "RES-JUD": ("OAJ",),
    "OCI": ("DR",),
    "CNG": ("DR", "DCA"),
    "INV": ("DR", "DCT"),
    "DEN": ("OAJ",),
    "SOL": ("EQM", "MAN", "PER"),
    "RCL": ("LIC",),
}
_SERIES = {
    "TPC": "100",
    "TUC": "100",
    "LIC": "110",
    "FIS": "120",
    "OAJ": "130",
    "ABA": "410",
    "PER": "400",
    "MAN": "310",
}


class Mundo:
    """The office while the demonstration is made: people, catalogues, clock and chance."""

    def __init__(self, *, reloj, gente, azar, remitentes):
        self.reloj, self.gente, self.azar, self.remitentes = reloj, gente, azar, remitentes
        self.tipos = {t.codigo: t for t in TipoDocumento.objects.all()}
        self.procedimientos = {
            p.codigo: p
            for p in Procedimiento.objects.select_related("tipo_documento", "area").prefetch_related(
                "requisitos"
            )
        }
        self.series = {s.codigo: s for s in SerieDocumental.objects.all()}
        self.entidad = Entidad.objects.first()
        self.areas = {a.sigla: a for a in Area.objects.select_related("jefe", "sede")}
        self.oficios = 180
        self.por_remitir = []

    # --- choices

    def entre(self, desde, hasta):
        return self.azar.randrange(desde, hasta)

    def quizas(self, parte):
        return self.azar.random() < parte

    def area_de(self, clave):
        """Sigla of the area that answers a procedure or type."""
        if clave in self.procedimientos:
            return self.procedimientos[clave].area.sigla
        return palabras.uno_de(self.azar, _AREAS_DE_TIPO.get(clave, ("DR",)))

    def de(self, sigla):
        """Someone who works in the area; the head office answers for areas without people."""
        return palabras.uno_de(self.azar, self.gente.de_area.get(sigla) or self.gente.de_area["DR"][:1])

    def fecha_larga(self):
        hoy = self.reloj.ahora.astimezone(ZONA)
        return f"Puno, {hoy.day} de {MESES[hoy.month - 1]} de {hoy.year}"

    # --- files

    def subir(self, quien, contenido, nombre, para="principal"):
        archivo = SimpleUploadedFile(nombre, contenido)
        return str(poner_en_espera(usuario=quien, subida=archivo, para=para).pk)

    # --- acts

    def registrar(
        self, clave, *, remitente=None, faltantes=None, con_archivos=None, canal=Canal.VENTANILLA, **mas
    ):
        """Registers a document of a procedure or type at one of the windows."""
        procedimiento = self.procedimientos.get(clave)
        tipo = procedimiento.tipo_documento if procedimiento else self.tipos[clave]
        remitente = remitente or self._remitente(tipo.codigo)
        quien = self.gente.por_usuario["ventanilla" if self.quizas(0.62) else "ventanilla1"]
        asunto = mas.pop("asunto", None) or palabras.asunto(self.azar, clave)
        folios = mas.pop("numero_folios", None) or 1 + int(self.azar.expovariate(1 / 14))
        hoy = self.reloj.ahora.astimezone(ZONA).date()
        entidad_publica = tipo.codigo in ("OFI", "OCI", "CNG", "RES-JUD", "INV")
        area = self.areas[mas.pop("area", None) or self.area_de(clave)]
        requisitos = []
        if procedimiento:
            requisitos = [(r.texto, r.texto not in (faltantes or ())) for r in procedimiento.requisitos.all()]
        archivos = []
        if con_archivos if con_archivos is not None else self.quizas(0.55):
            archivos = self._archivos(quien, tipo, asunto, remitente, folios)
        anexos = [
            {"nombre": texto, "folios": self.entre(1, 6)} for texto, cumple in requisitos[2:5] if cumple
        ]
        documento = documentos.registrar_documento(
            remitente=remitente,
            tipo_documento=tipo,
            procedimiento=procedimiento,
            asunto=asunto,
            numero_folios=folios,
            numero_documento_externo=f"{self.entre(12, 900):03d}-{hoy.year}" if entidad_publica else "S/N",
            fecha_documento=hoy - dt.timedelta(days=self.entre(0, 4)),
            area_registro=self.areas["MP"],
            actor=quien,
            ventanilla=quien.ventanilla if canal == Canal.VENTANILLA else None,
            area_sugerida=area,
            requisitos=requisitos,
            numero_anexos=len(anexos),
            detalle_anexos=anexos,
            faltantes=faltantes,
            archivos=archivos,
            canal=canal,
            instruccion_prevista=procedimiento.instruccion if procedimiento else "",
            **mas,
        )
        documento.operador = quien
        documento.destino = area.sigla
        if self.quizas(0.7) and canal == Canal.VENTANILLA:
            documentos.registrar_impresion(documento_id=documento.pk, formato="a5", actor=quien)
        return documento

    def _remitente(self, tipo):
        entidades = tipo in ("OFI", "OCI", "CNG", "RES-JUD", "INV")
        lista = self.remitentes["entidades" if entidades else "administrados"]
        return lista[int(len(lista) * self.azar.random() ** 1.6)]  # the first ones come back often

    def _archivos(self, quien, tipo, asunto, remitente, folios):
        hoja = papeles.escrito(
            titulo=_TITULOS.get(tipo.codigo, tipo.nombre),
            asunto=asunto,
            remitente=remitente.nombre,
            identidad=remitente.identidad,
            lugar_y_fecha=self.fecha_larga(),
            entidad=self.entidad.nombre,
            folios=folios,
        )
        ids = [self.subir(quien, hoja, f"{_TITULOS.get(tipo.codigo, tipo.nombre)}.pdf")]
        if self.quizas(0.35):
            rotulo = palabras.uno_de(
                self.azar, ("TARJETA DE PROPIEDAD", "SOAT", "DNI", "LICENCIA DE CONDUCIR", "CITV")
            )
            foto = papeles.fotografia(self.azar, rotulo)
            ids.append(self.subir(quien, foto, f"{rotulo.capitalize()}.jpg", "anexo"))
        return ids

    def derivar(self, documento, sigla=None, *, desde=None, copias=(), instrucciones=None, **mas):
        """Sends on; from the window unless an area is said. Returns: the principal Derivacion."""
        instrucciones = (
            instrucciones
            or documento.instruccion_prevista
            or palabras.uno_de(self.azar, palabras.INSTRUCCIONES)
        )
        derivacion = derivaciones.derivar_documento(
            documento_id=documento.pk,
            area_destino=self.areas[sigla or documento.destino],
            instrucciones=instrucciones,
            copias=[self.areas[c] for c in copias],
            actor=self.de(desde) if desde else documento.operador,
            **mas,
        )
        if desde is None:
            self.por_remitir.append(derivacion.pk)
        return derivacion

    def recibir(self, derivacion, actor=None):
        quien = actor or self.de(derivacion.area_destino.sigla)
        if derivacion.folios > 3 and self.quizas(0.04):
            derivaciones.recibir_derivacion(
                derivacion_id=derivacion.pk,
                actor=quien,
                folios=derivacion.folios - 1,
                observaciones="Llegó un folio menos; se dejó constancia con mesa de partes.",
            )
        else:
            derivaciones.recibir_derivacion(derivacion_id=derivacion.pk, actor=quien)
        return quien

    def asignar(self, derivacion, persona=None):
        sigla = derivacion.area_destino.sigla
        if not persona and not self.gente.de_area.get(sigla):
            return  # an area without people of its own: the head office attends it unassigned
        jefe = derivacion.area_destino.jefe or self.de(sigla)
        derivaciones.asignar_derivacion(
            derivacion_id=derivacion.pk, persona=persona or self.de(sigla), actor=jefe
        )

    def atender(self, documento, derivacion, actor, *, con_respuesta=True, resultado=None):
        """Answers with a signed PDF, or says why there is none."""
        area = derivacion.area_destino
        texto = palabras.uno_de(self.azar, palabras.CONCLUSIONES)
        archivos = []
        if con_respuesta:
            self.oficios += 1
            numero = f"OFICIO N.° {self.oficios:03d}-{self.reloj.ahora.year}-DRTC-P/{area.sigla}"
            hoja = papeles.respuesta(
                numero=numero,
                expediente=documento.numero_expediente,
                asunto=documento.asunto,
                remitente=documento.remitente_nombre,
                texto=texto,
                fecha=self.fecha_larga(),
                firma=actor.nombre_completo,
                cargo=actor.cargo,
                entidad=self.entidad.nombre,
            )
            archivos = [
                self.subir(actor, hoja, f"{numero.replace('N.° ', '').replace('/', '-')}.pdf", "anexo")
            ]
        derivaciones.atender_derivacion(
            derivacion_id=derivacion.pk,
            resultado=resultado or (Resultado.RESPONDIDO if archivos else Resultado.CONOCIMIENTO),
            actor=actor,
            observaciones=texto if archivos else "",
            archivos=archivos,
            sin_respuesta_motivo="" if archivos else palabras.uno_de(self.azar, palabras.SIN_RESPUESTA),
        )

    def archivar(self, documento, sigla):
        jefe = self.areas[sigla].jefe or self.gente.por_usuario["jefa"]
        documentos.archivar_documento(
            documento_id=documento.pk,
            serie=self.series[_SERIES.get(sigla, "200")],
            actor=jefe,
            clasificacion=documento.tipo_documento.nombre,
            ubicacion_fisica=f"Archivador {self.entre(1, 40)}, estante {self.entre(1, 9)}",
        )

    def adjuntar(self, documento, quien, titulo, clase=ClaseArchivo.ANEXO):
        hoja = papeles.pdf(
            [[f"# {titulo}", f"Expediente {documento.numero_expediente}", self.fecha_larga()]], titulo=titulo
        )
        ids = [self.subir(quien, hoja, f"{titulo}.pdf", "anexo")]
        documentos.adjuntar_archivos(
            documento_id=documento.pk, ids=ids, actor=quien, clase=clase, detalle=titulo
        )

    def remitir(self):
        """Prints the delivery slips of what left the window since the last time."""
        if self.por_remitir:
            derivaciones.emitir_hoja_remision(
                derivaciones=self.por_remitir, actor=self.gente.por_usuario["ventanilla1"]
            )
            self.por_remitir = []
