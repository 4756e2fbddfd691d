// Sending once, comboboxes, files, dialogs, focus
const d = document, $ = (s, en = d) => en.querySelector(s), $$ = (s, en = d) => [...en.querySelectorAll(s)], id = (x) => d.getElementById(x);
const al = (tipo, f, captura) => d.addEventListener(tipo, f, captura), dialogo = $("#dialogo");
const avisa = (e, tipo, detail) => e.dispatchEvent(new CustomEvent(tipo, { bubbles: true, detail }));
const parar = (ev) => { ev.preventDefault(); ev.stopImmediatePropagation(); };

al("submit", (ev) => { // the button goes off after the browser has read it
  const f = ev.target, b = ev.submitter || {};
  if (!f.matches("[method=post],[hx-post]")) return;
  if (f._b) { // a reader does not wait: its next code does
    const e = $("[data-lector]", f);
    if (e?.value) (f._c ??= []).push(e.value);
    return parar(ev);
  }
  f._b = [b, { disabled: false, innerHTML: b.innerHTML }];
  setTimeout(() => f._b && Object.assign(b, { disabled: true }, b.dataset?.enviando && { textContent: b.dataset.enviando }));
}, true);
function soltar(f) {
  if (f._b) Object.assign(...f._b);
  f._b = 0;
  const c = f._c?.shift();
  if (c) { $("[data-lector]", f).value = c; f.requestSubmit(); }
}
addEventListener("pageshow", () => $$("form").forEach(soltar));
al("htmx:afterRequest", ({ target: f }) => f.matches("form") && setTimeout(soltar, 0, f));
al("htmx:sendError", () => { $("#avisos").textContent = "Sin conexión: nada se envió. Prueba otra vez."; });

// Combobox: text, options from the server, hidden value
const ops = (e) => e._l ? $$("[role=option]", e._l) : [], activa = (e) => ops(e).find((o) => o.matches("[aria-selected=true]"));
const libre = (e) => e.matches("[data-libre]"), esCombo = (e) => e.matches("[data-combo]");
function cerrar(e) {
  e._l?.remove();
  e._l = null;
  e.setAttribute("aria-expanded", false);
}
function activar(e, op) {
  ops(e).forEach((o, i) => { o.id = `${e.id}-${i}`; o.setAttribute("aria-selected", o === op); });
  e.setAttribute("aria-activedescendant", op?.id || "");
  op?.scrollIntoView?.({ block: "nearest" });
}
function elegir(e, op) {
  const x = op.dataset, oculto = id(e.dataset.oculto);
  cerrar(e);
  if (x.href) return location.assign(x.href);
  e.value = x.texto || op.textContent.trim();
  if (oculto) oculto.value = x.valor;
  for (const { name, value } of op.attributes) { // fills fields nobody has written in
    const c = id(name.split("data-poner-")[1]);
    if (c && (!c.value || c.value === c._p)) c.value = c._p = value;
  }
  avisa(e, "mesa:eleccion", x);
  avisa(oculto || e, "change");
}
async function pedir(e, luego) {
  const q = e.value.trim(), url = new URL(e.dataset.url, location);
  e._t = clearTimeout(e._t);
  url.searchParams.set("q", q);
  const r = await fetch(url, { headers: { "HX-Request": "true" } }).catch(() => 0), html = r.ok ? await r.text() : "";
  if (q !== e.value.trim() || !(luego || d.activeElement === e)) return;
  cerrar(e);
  e.insertAdjacentHTML("afterend", `<ul class="lista-op" id="${e.id}-l" role="listbox" aria-label="Opciones">${html || '<li class="nada">Sin coincidencias</li>'}</ul>`);
  e._l = e.nextSibling;
  const primera = ops(e)[0];
  e.setAttribute("aria-expanded", true);
  activar(e, !libre(e) && primera);
  if (luego && primera) elegir(e, primera);
  if (!primera && libre(e)) cerrar(e);
}
al("input", ({ target: e }) => {
  if (!esCombo(e)) return;
  const oculto = id(e.dataset.oculto);
  if (oculto?.value) { oculto.value = ""; avisa(oculto, "change"); }
  clearTimeout(e._t);
  e._t = e.value.trim() ? setTimeout(pedir, 120, e) : cerrar(e);
});
al("keydown", (ev) => {
  const e = ev.target, k = ev.key, flecha = { ArrowDown: 1, ArrowUp: -1 }[k], intro = k === "Enter";
  if (!esCombo(e) || ev.ctrlKey) return;
  const todas = ops(e), op = activa(e), falta = e._t && !libre(e); // typed faster than the list came
  if (flecha) {
    parar(ev);
    if (todas[0]) activar(e, todas.at((todas.indexOf(op) + flecha) % todas.length)); else pedir(e);
  } else if (k === "Escape" && e._l) { parar(ev); cerrar(e); }
  else if ((intro || k === "Tab") && (op || falta)) {
    if (intro && !e.closest("[data-registro]")) parar(ev);
    if (falta) pedir(e, true); else elegir(e, op);
  }
}, true);
al("focusout", ({ target: e }) => esCombo(e) && cerrar(e));
al("mousedown", (ev) => {
  const o = ev.target.closest("li"), e = o?.parentElement.previousSibling;
  if (!e?._l) return;
  parar(ev);
  if (ops(e).includes(o)) elegir(e, o);
});

const { subida, impresor } = d.documentElement.dataset;
const imprimir = (url, sola) => import(impresor).then((m) => m.imprimir(url, sola));
al("change", ({ target: e }) => {
  const zona = e.type === "file" && e.closest("[data-suelta]"), archivos = zona && [...e.files];
  if (!zona) return;
  e.value = "";
  import(subida).then((m) => m.subir(zona, archivos));
});
al("click", (ev) => {
  const de = (s) => ev.target.closest(s), imp = de("[data-imprimir]"), fuera = de("dialog [data-cerrar]");
  if (imp || fuera) parar(ev);
  if (imp) imprimir(imp.dataset.imprimir);
  if (fuera) dialogo.close();
});

dialogo?.addEventListener("close", () => dialogo.replaceChildren());
al("mesa:cerrar", () => dialogo.close());
al("htmx:afterSettle", ({ detail: { target: en, requestConfig: r = {} } }) => {
  (r.triggeringEvent?.type === "change" && $("[data-al-salir]", en))?.focus?.();
  if (en === dialogo && $("*", en)) {
    if (!en.open) en.showModal();
    ($(".resumen-error,[autofocus]", en) || $(".int :is(input:not([type=hidden]),select,textarea)", en))?.focus();
  } else if (r.triggeringEvent?.isTrusted && d.activeElement === d.body) {
    const e = $("[data-foco],.resumen-error", en) || $("h1,h2", en) || en;
    if (e.tabIndex < 0) e.tabIndex = -1;
    e.focus({ preventScroll: true });
  }
});
$$("[data-imprimir-auto]").forEach((e) => imprimir(e.dataset.imprimirAuto, true));
$(".resumen-error")?.focus();
