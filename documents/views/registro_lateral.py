"""What the registration screen shows beside its fields: the person, the requirements, the term, the warnings."""

import re

from documents.forms.registro import buscar_procedimiento, persona_de
from documents.identidad import limpiar_numero
from documents.models import Categoria, Remitente, TipoDocumento
from documents.services.plazo import calcular_plazo
from documents.services.registro import regla_de_plazo
from documents.sugerencias import posibles_duplicados, sugerir_area
from organization.calendar import explicar, hoy_lima


def requisitos_marcados(procedimiento, marcados):
    """[(text, met)] of a procedure; `marcados` are the ids ticked."""
    if procedimiento is None:
        return []
    puestos = set(marcados)
    return [(r.texto, str(r.pk) in puestos) for r in procedimiento.requisitos.all()]


def entero(texto):
    """A positive id written in plain digits, or None."""
    return int(texto) if re.fullmatch(r"[0-9]{1,18}", str(texto or "")) else None


def valor_de(datos, campo):
    valor = datos.get(campo)
    return "" if valor is None else str(valor)


def persona_escrita(datos):
    """The known person that what is typed names, or None."""
    return persona_de(
        {
            "doc": valor_de(datos, "doc").strip(),
            "remitente": entero(datos.get("remitente")),
            "tipo_identidad": valor_de(datos, "tipo_identidad"),
            "sin_documento": bool(datos.get("sin_documento")),
        }
    )


def contexto_de_persona(datos):
    """The person of what was typed: found, to be created, or several by name."""
    doc = valor_de(datos, "doc").strip()
    numero = limpiar_numero(doc)
    sin_documento = bool(datos.get("sin_documento"))
    persona = persona_escrita(datos)
    parecidos = []
    parece_nombre = bool(re.search(r"[^\W\d_]{3,}", doc)) and not re.fullmatch(
        r"[A-Z0-9]*\d[A-Z0-9]*", numero
    )
    if persona is None and parece_nombre and not sin_documento:
        parecidos = Remitente.objects.primeros(doc, 8)
    return {
        "visto": doc,
        "persona": persona,
        "parecidos": parecidos,
        "es_ruc": (persona.tipo_identidad if persona else "") == "RUC"
        or (len(numero) == 11 and numero.isdigit()),
        "parece_nombre": parece_nombre,
        "pide_nombre": persona is None and (sin_documento or (not parece_nombre and len(numero) >= 5)),
        "pide_tipo": not (numero.isdigit() and len(numero) in (8, 11)),
        "sin_documento": sin_documento,
        "expedientes": persona.documentos.count() if persona else 0,
    }


def contexto_lateral(request, datos, *, huellas=()):
    """The rail: requirements, possible duplicates, term and suggested area for what is typed so far."""
    procedimiento = None
    if valor_de(datos, "procedimiento").strip():
        procedimiento = buscar_procedimiento(valor_de(datos, "procedimiento").strip())
    tipo = TipoDocumento.objects.filter(pk=entero(datos.get("tipo")), activo=True).first()
    categoria = Categoria.objects.filter(pk=entero(datos.get("categoria"))).first()
    asunto = valor_de(datos, "asunto") or (procedimiento.asunto_modelo if procedimiento else "")
    area, motivo = sugerir_area(tipo=tipo, categoria=categoria, procedimiento=procedimiento, asunto=asunto)
    marcados = (
        set(datos.getlist("requisitos")) if hasattr(datos, "getlist") else set(datos.get("requisitos") or ())
    )
    requisitos = [
        {"pk": r.pk, "texto": r.texto, "cumple": str(r.pk) in marcados}
        for r in (procedimiento.requisitos.all() if procedimiento else ())
    ]
    dias = entero(valor_de(datos, "plazo_dias").strip())
    plazo, regla = regla_de_plazo(tipo, procedimiento) if tipo else (None, "")
    if dias is not None and 1 <= dias <= 1000:
        plazo, regla = dias, f"{dias} días hábiles, fijados al registrar"
    vence, pasos = calcular_plazo(fecha_legal=hoy_lima(), dias=plazo)
    return {
        "procedimiento": procedimiento,
        "requisitos": requisitos,
        "cumplidos": sum(r["cumple"] for r in requisitos),
        "falta_requisito": len(requisitos) - sum(r["cumple"] for r in requisitos),
        "duplicados": posibles_duplicados(
            usuario=request.user,
            remitente=persona_escrita(datos),
            tipo=tipo,
            numero=valor_de(datos, "numero"),
            asunto=asunto,
            huellas=huellas,
        ),
        "area_escrita": valor_de(datos, "area").strip(),
        "area_sugerida": area,
        "area_motivo": motivo,
        "plazo_dias": plazo,
        "plazo_regla": regla,
        "plazo_vence": vence,
        "plazo_pasos": explicar(pasos),
    }
