// Forms, dialogs and regions: sending once, drafts, comboboxes, files, focus after a swap
const d = document, dato = d.documentElement.dataset, dialogo = d.querySelector("#dialogo");
const $ = (s, en = d) => en.querySelector(s), $$ = (s, en = d) => [...en.querySelectorAll(s)], id = (x) => d.getElementById(x);
const al = (tipos, f, captura) => tipos.split(" ").forEach((t) => d.addEventListener(t, f, captura));
const nuevo = (html) => { const t = d.createElement("template"); t.innerHTML = html; return t.content.firstChild; };
const cambia = (e) => e?.dispatchEvent(new Event("change", { bubbles: true }));
const cabeceras = () => JSON.parse(d.body.getAttribute("hx-headers"));

al("submit", (ev) => { // once; buttons go off after the browser has read the pressed one
  const f = ev.target, b = ev.submitter;
  if (f.method !== "post" && !f.matches("[hx-post]")) return;
  if (f._b) { ev.preventDefault(); ev.stopImmediatePropagation(); return; }
  f._b = $$("button:not([type=button]):enabled", f).map((x) => [x, x.innerHTML]);
  setTimeout(() => {
    f._b?.forEach(([x]) => { x.disabled = true; });
    if (f._b && b?.dataset.enviando) b.textContent = b.dataset.enviando;
  });
}, true);
function soltar(f) {
  f._b?.forEach(([x, html]) => { x.disabled = false; if (x.dataset.enviando) x.innerHTML = html; });
  f._b = null;
}
addEventListener("pageshow", () => $$("form").forEach(soltar));
al("htmx:afterRequest", (ev) => ev.target.matches("form") && setTimeout(soltar, 0, ev.target));
al("htmx:sendError", () => { $("#avisos").textContent = "Sin conexión con el servidor. Nada se envió; inténtalo otra vez."; });
al("change", async ({ target: e }) => { // draft, never the files
  const f = e.closest("[data-borrador]"), estado = $("[data-borrador-estado]");
  if (!f || f._b) return;
  const body = new URLSearchParams([...new FormData(f)].filter(([, v]) => v.trim));
  const r = await fetch(f.dataset.borrador, { method: "POST", body, headers: cabeceras(), keepalive: true }).catch(() => 0);
  if (r.ok && estado) estado.textContent = "Borrador guardado";
});

// Combobox: text field, options from the server, hidden field with the value
const ops = (e) => (e._l ? $$("[role=option]", e._l) : []), activa = (e) => ops(e).find((o) => o.matches("[aria-selected=true]"));
function cerrar(e) {
  e._l?.remove();
  e._l = null;
  e.setAttribute("aria-expanded", false);
}
function activar(e, op) {
  ops(e).forEach((o, i) => { o.id = `${e.id}-${i}`; o.setAttribute("aria-selected", o === op); });
  e.setAttribute("aria-activedescendant", op?.id || "");
  op?.scrollIntoView({ block: "nearest" });
}
function elegir(e, op) {
  const x = op.dataset, texto = x.texto || op.textContent.trim(), en = id(e.dataset.elegidos), oculto = id(e.dataset.oculto);
  cerrar(e);
  if (x.href) { location = x.href; return; }
  e.value = e._texto = en ? "" : texto;
  if (oculto) oculto.value = x.valor;
  if (en && !$(`[value="${x.valor}"]`, en)) {
    const f = nuevo('<span class="past"><b></b><button type="button" data-ficha>×<span class="vh">Quitar</span></button><input type="hidden"></span>');
    f.firstChild.textContent = texto;
    Object.assign(f.lastChild, { name: e.dataset.multiple, value: x.valor });
    en.append(f);
  }
  for (const a of op.attributes) { // data-poner-<id> fills a field nobody has written in
    const c = a.name.startsWith("data-poner-") && id(a.name.slice(11));
    if (c && (!c.value || c.value === c._p)) c.value = c._p = a.value;
  }
  e.dispatchEvent(new CustomEvent("mesa:eleccion", { bubbles: true, detail: { ...x } }));
  cambia(oculto || e);
}
async function pedir(e, luego) {
  const q = e.value.trim(), libre = "libre" in e.dataset, url = new URL(e.dataset.url, location);
  e._t = clearTimeout(e._t);
  url.searchParams.set("q", q);
  const r = await fetch(url, { headers: { "HX-Request": "true" } }).catch(() => 0), html = r.ok ? await r.text() : "";
  if (q !== e.value.trim() || (d.activeElement !== e && !luego)) return;
  cerrar(e);
  const ul = nuevo(`<ul class="lista-op" id="${e.id}-l" role="listbox" aria-label="Opciones">${html}</ul>`);
  e._l = ul;
  const primera = ops(e)[0];
  if (!primera) ul.innerHTML = '<li role="option" aria-disabled="true" class="nada">Sin coincidencias</li>';
  if (luego) { if (primera) elegir(e, primera); return; }
  if (libre && !primera) return;
  ul.onmousedown = (ev) => {
    const o = ev.target.closest("li:not(.nada)");
    ev.preventDefault();
    if (o) elegir(e, o);
  };
  e.parentElement.classList.add("combo");
  e.after(ul);
  e.setAttribute("aria-expanded", true);
  activar(e, libre ? null : primera);
}
al("input", ({ target: e }) => {
  if (!e.matches("[data-combo]")) return;
  const oculto = id(e.dataset.oculto);
  if (oculto?.value && e.value !== e._texto) { oculto.value = ""; cambia(oculto); }
  clearTimeout(e._t);
  e._t = e.value.trim() ? setTimeout(pedir, 120, e) : cerrar(e);
});
al("keydown", (ev) => {
  const e = ev.target, k = ev.key, flecha = { ArrowDown: 1, ArrowUp: -1 }[k];
  if (!e.matches("[data-combo]") || ev.isComposing || ev.ctrlKey || ev.altKey) return;
  const todas = ops(e), op = activa(e), n = todas.length;
  if (flecha) {
    ev.preventDefault();
    if (n) activar(e, todas.at((todas.indexOf(op) + flecha) % n)); else pedir(e);
  } else if (k === "Escape" && e._l) { ev.preventDefault(); ev.stopPropagation(); cerrar(e); }
  else if (k === "Enter" || k === "Tab") {
    if (k === "Enter" && (op || e._t) && !e.closest("[data-registro],[data-libre]")) ev.preventDefault();
    if (e._t && !("libre" in e.dataset)) pedir(e, true); // typed faster than the list came
    else if (op) { if ("libre" in e.dataset && k === "Enter") ev.preventDefault(); elegir(e, op); }
  }
}, true);
al("focusout", ({ target: e }) => e.matches("[data-combo]") && cerrar(e));

// Files and printing: their modules come only when needed
const subir = (zona, fs) => import(dato.subida).then((m) => m.subir(zona, fs, cabeceras()));
const impresor = () => import(dato.impresor);
al("dragover dragleave drop", (ev) => {
  const zona = ev.target.closest?.("[data-suelta]");
  if (!zona) return;
  ev.preventDefault();
  zona.classList.toggle("sobre", ev.type === "dragover");
  if (ev.type === "drop") subir(zona, [...ev.dataTransfer.files]);
});
al("change", ({ target: e }) => {
  if (!e.matches("[data-suelta] [type=file]")) return;
  subir(e.closest("[data-suelta]"), [...e.files]);
  e.value = "";
});
al("click", (ev) => {
  const de = (s) => ev.target.closest(s), imp = de("[data-imprimir]"), fuera = de("dialog [data-cerrar]");
  if (imp || fuera) ev.preventDefault();
  if (imp) impresor().then((m) => m.imprimir(imp.dataset.imprimir));
  if (fuera) dialogo.close();
  de("[data-ficha]")?.parentElement.remove();
});

// Dialog and focus
al("mesa:cerrar", () => dialogo.close());
dialogo?.addEventListener("close", () => { dialogo.innerHTML = ""; });
al("htmx:afterSettle", ({ detail: { target: en } }) => {
  const foco = (...ss) => ss.reduce((e, s) => e || $(s, en), null);
  preparar();
  if (en === dialogo && $("*", en)) {
    if (!en.open) en.showModal();
    foco(".resumen-error", "[autofocus]", ".int :is(input:not([type=hidden]),select,textarea)", "h2")?.focus();
  } else if (d.activeElement === d.body) {
    const e = foco("[data-foco]", ".resumen-error", "h1", "h2") || en;
    if (e.tabIndex < 0) e.tabIndex = -1;
    e.focus({ preventScroll: true });
  }
});
function preparar() {
  $$("[data-combo]:not([role])").forEach((e) => {
    Object.entries({ role: "combobox", "aria-expanded": false, "aria-autocomplete": "list", "aria-controls": `${e.id}-l`, autocomplete: "off" })
      .forEach((a) => e.setAttribute(...a));
    e._texto = e.value;
  });
  $$("[data-imprimir-auto]").forEach((e) => impresor().then((m) => m.automatica(e.dataset.imprimirAuto)));
}
preparar();
$(".resumen-error")?.focus();
