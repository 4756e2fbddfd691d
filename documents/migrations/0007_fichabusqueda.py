"""Search index of its own: words, who may see and when, in one narrow table kept true by triggers.

The functions are replaced, so what they made is made again: the words of documents move to the new table, those of
senders are rewritten.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Collate

import documents.funciones

FUNCIONES = r"""
-- Lower case, no accents, words and numbers parted by one space, each written in one way.
create or replace function norm_es(t text) returns text
language sql immutable parallel safe strict
return btrim(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
    regexp_replace(normalize(lower(translate(t, 'ºª°', '   ')), NFD), U&'[\0300-\036f]', '', 'g'),
    '(?<=\m[a-z])\. ?(?=[a-z]\M)', '', 'g'),                    -- S.A.C. and S. A. C. are sac
    '(?<=\d),(?=\d{3})', '', 'g'),                              -- 14,980 is 14980
    '\mn(ro|um|umero)?[. ]+(?=\d)', ' ', 'g'),                  -- N. 123 is 123
    '\ma[ -]?(i{1,3})[ -]?([abc])\M', 'a\1\2', 'g'),            -- A-IIIc is aiiic
    '\m([a-z]\d[a-z\d]|[a-z]{2}[a-z\d])(\d{3})\M', '\1 \2', 'g'), -- V1A234 is V1A-234
    '[^[:alnum:]]+', ' ', 'g'),
    '\m0+(?=\d)', '', 'g'));                                    -- 0123 is 123

-- Endings that the Spanish stemmer only knows with their accent, and verbs that it cuts in two ways.
create or replace function raices_es(t text) returns text
language sql immutable parallel safe strict
return regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(t,
    '\minteres\M', 'interés', 'g'),
    'ion\M', 'ión', 'g'),
    '(\w\w(?:[ae]r|en))es\M', '\1', 'g'),                       -- vehiculares, mujeres, examenes
    '\m(\w{2,}if|comun|publ)i(c|qu)\w*', '\1ic', 'g'),          -- notifico, notificar, notifiquese
    '(mit|cib|olv|umpl|urr|ced|ist|xig|irig)io\M', '\1ir', 'g'); -- remitio, resolvio

create or replace function vector_es(alta text, normal text) returns tsvector
language sql immutable parallel safe
return setweight(to_tsvector('simple', norm_es(coalesce(alta, ''))), 'A')
    || setweight(to_tsvector('spanish', raices_es(norm_es(coalesce(normal, '')))), 'B');

-- Every word of a text, as it stands in names or by its root; empty when no word can be searched.
-- With `abierta`, also what begins with each word.
create function consulta_es(t text, abierta boolean) returns tsquery
language sql immutable parallel safe strict
return (
    select coalesce(string_agg('(' || q::text || ')', ' & ' order by n)::tsquery, ''::tsquery)
    from (
        select n, case
            when numnode(raiz) = 0 then ''::tsquery
            when abierta and length(w) > 2 then raiz || plainto_tsquery('simple', w) || to_tsquery('simple', w || ':*')
            else raiz || plainto_tsquery('simple', w)
        end as q
        from (
            select w, min(n) as n, plainto_tsquery('spanish', raices_es(w)) as raiz, count(*) over () as total
            from string_to_table(norm_es(t), ' ') with ordinality as p(w, n)
            where w <> ''
            group by w
        ) as palabra
        where length(w) > 1 or w ~ '\d' or total = 1
        order by n
        limit 12
    ) as busco
    where numnode(q) > 0
);

-- Every word where it weighs A, by its beginning, or B, by its root; N takes the beginning of any word, however short.
create function consulta_con_peso(t text, peso text) returns tsquery
language sql immutable parallel safe strict
return (
    select coalesce(string_agg(q, ' & ')::tsquery, ''::tsquery)
    from (
        select distinct case
            when peso = 'N' then quote_literal(w) || ':*'
            when peso = 'A' then quote_literal(w) || case when length(w) > 2 then ':*A' else ':A' end
            else nullif(plainto_tsquery('spanish', raices_es(w))::text, '') || ':B'
        end as q
        from string_to_table(norm_es(t), ' ') as w
        where w <> ''
        limit 12
    ) as busco
);
"""

# Keys: 0 anyone (not reserved); an area; 1e9 + a named person; -(1e9) - sender; -(1e6) - type; -year; -month.
FICHAS = r"""
create function documents_fichar(ids bigint[]) returns void language sql as $$
insert into documents_fichabusqueda (documento_id, fecha_recepcion, claves, palabras)
select d.id, d.fecha_recepcion,
    case when d.reservado
        then array(select 1000000000 + usuario_id from documents_accesoreservado where documento_id = d.id)
        else 0::bigint || array(select area_id from documents_presenciaarea where documento_id = d.id)
    end || array[
        -1000000000 - d.remitente_id,
        -1000000 - d.tipo_documento_id,
        -extract(year from d.fecha_recepcion at time zone 'UTC')::bigint,
        -(extract(year from d.fecha_recepcion at time zone 'UTC') * 12
            + extract(month from d.fecha_recepcion at time zone 'UTC') - 1)::bigint
    ],
    vector_es(d.remitente_nombre, d.asunto)
        || setweight(to_tsvector('spanish', raices_es(norm_es(t.nombre || ' ' || d.numero_documento_externo))), 'C')
from documents_documento as d join documents_tipodocumento as t on t.id = d.tipo_documento_id
where d.id = any(ids)
on conflict (documento_id) do update set
    fecha_recepcion = excluded.fecha_recepcion, claves = excluded.claves, palabras = excluded.palabras
$$;

create function documents_fichar_documento() returns trigger language plpgsql as $$
begin
    perform documents_fichar(array[new.id]);
    return null;
end $$;

create function documents_fichar_acceso() returns trigger language plpgsql as $$
begin
    perform documents_fichar(array(select distinct documento_id from filas));
    return null;
end $$;

-- The entry is born with the first area; later ones only add their key.
create function documents_fichar_presencia() returns trigger language plpgsql as $$
begin
    update documents_fichabusqueda as f set claves = f.claves || n.areas
    from (select documento_id, array_agg(area_id) as areas from filas group by 1) as n
    where f.documento_id = n.documento_id and f.claves @> '{0}' and not f.claves @> n.areas;
    perform documents_fichar(nuevas) from (
        select array_agg(distinct documento_id) as nuevas from filas
        where not exists (select from documents_fichabusqueda as f where f.documento_id = filas.documento_id)
    ) as n where nuevas is not null;
    return null;
end $$;

create trigger fichar after update of
    remitente_id, remitente_nombre, asunto, tipo_documento_id, numero_documento_externo, fecha_recepcion, reservado
on documents_documento for each row when (
    (old.remitente_id, old.remitente_nombre, old.asunto, old.tipo_documento_id, old.numero_documento_externo,
        old.fecha_recepcion, old.reservado)
    is distinct from
    (new.remitente_id, new.remitente_nombre, new.asunto, new.tipo_documento_id, new.numero_documento_externo,
        new.fecha_recepcion, new.reservado)
) execute function documents_fichar_documento();

create trigger fichar_alta after insert on documents_presenciaarea
    referencing new table as filas for each statement execute function documents_fichar_presencia();
create trigger fichar_cambio after update on documents_presenciaarea
    referencing new table as filas for each statement execute function documents_fichar_acceso();
create trigger fichar_baja after delete on documents_presenciaarea
    referencing old table as filas for each statement execute function documents_fichar_acceso();
create trigger fichar_alta after insert on documents_accesoreservado
    referencing new table as filas for each statement execute function documents_fichar_acceso();
create trigger fichar_baja after delete on documents_accesoreservado
    referencing old table as filas for each statement execute function documents_fichar_acceso();
"""
LLENAR = """
select documents_fichar(array_agg(id order by id)) from documents_documento group by id / 5000 order by id / 5000;
"""
SIN_FICHAS = """
drop trigger fichar_baja on documents_accesoreservado;
drop trigger fichar_alta on documents_accesoreservado;
drop trigger fichar_baja on documents_presenciaarea;
drop trigger fichar_cambio on documents_presenciaarea;
drop trigger fichar_alta on documents_presenciaarea;
drop trigger fichar on documents_documento;
drop function documents_fichar_presencia();
drop function documents_fichar_acceso();
drop function documents_fichar_documento();
drop function documents_fichar(bigint[]);
"""


class Migration(migrations.Migration):
    dependencies = [("documents", "0006_area_y_estado_por_fecha")]

    operations = [
        migrations.RunSQL(FUNCIONES, "drop function consulta_con_peso(text, text); drop function consulta_es(text, boolean)"),
        migrations.CreateModel(
            name="FichaBusqueda",
            fields=[
                (
                    "documento",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="ficha",
                        serialize=False,
                        to="documents.documento",
                    ),
                ),
                ("fecha_recepcion", models.DateTimeField()),
                (
                    "claves",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("palabras", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={"verbose_name": "ficha de búsqueda", "verbose_name_plural": "fichas de búsqueda"},
        ),
        migrations.RunSQL(FICHAS, SIN_FICHAS),
        migrations.RunSQL(LLENAR, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="fichabusqueda",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["claves", "palabras"], name="fichabusqueda_todo", fastupdate=False
            ),
        ),
        migrations.RemoveIndex(model_name="remitente", name="remitente_nombre_prefijo"),
        migrations.RunSQL("update documents_remitente set nombre = nombre", migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="remitente",
            index=models.Index(
                Collate(documents.funciones.NormEs("nombre"), "C"), "id", name="remitente_nombre_prefijo"
            ),
        ),
        migrations.AddIndex(
            model_name="remitente",
            index=models.Index(
                Collate("numero", "C"), "id", condition=~models.Q(numero=""), name="remitente_numero_prefijo"
            ),
        ),
        # Last, because they keep every reader out until the end.
        migrations.RemoveIndex(model_name="documento", name="documento_palabras"),
        migrations.RemoveField(model_name="documento", name="palabras"),
    ]
