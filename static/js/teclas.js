// Keys and scanner; letters act in a list or a record. Table: ATAJOS in mesa_tags.py
const d = document, $ = (s, en = d) => en.querySelector(s), $$ = (s, en = d) => [...en.querySelectorAll(s)];
const al = (tipo, f) => d.addEventListener(tipo, f), visible = (e) => e?.offsetParent && !e.disabled && !e.closest("details:not([open]) > :not(summary)");
const modal = () => $("dialog[open]"), tecla = (k, en = modal() || d) => en && $$(`[data-tecla="${k}"]`, en).find(visible);
const marca = (f) => $("[type=checkbox]", f) || {}, filas = (en) => $$("tr[data-url]", en), formDe = (e) => e.closest("form") || e;
const cuantos = (n, que) => `${n} ${que}${n === 1 ? "" : "s"}`;
let ultima, reposo, letra, antes = 0;

function pulsar(e) {
  if (e?.matches("input,select,textarea")) { e.focus(); e.select?.(); } else e?.click();
  return e;
}
function mover(l, fila) {
  if (!fila) return;
  $(".cursor", l)?.classList.remove("cursor");
  fila.classList.add("cursor");
  fila.scrollIntoView({ block: "nearest" });
  clearTimeout(reposo);
  const url = fila.dataset.panel;
  if (url && visible($("#panel"))) reposo = setTimeout(() => htmx.ajax("GET", url, "#panel"), 150);
}
function elegir(form, fs, si) {
  fs.forEach((f) => { marca(f).checked = si; });
  const todas = filas(form), eleg = todas.filter((f) => marca(f).checked), n = eleg.length, falta = n < todas.length;
  const pon = (s, cambios) => $$(s, form).forEach((e) => Object.assign(e, cambios));
  todas.forEach((f) => f.classList.toggle("sel", eleg.includes(f)));
  pon("[data-todos]", { checked: n && !falta, indeterminate: n && falta });
  pon("[data-lote]", { hidden: !n });
  pon("[data-lote-n]", { textContent: cuantos(n, "elegido") });
  pon("[data-lote-folios]", { textContent: cuantos(eleg.reduce((s, f) => s + (f.dataset.folios | 0), 0), "folio") });
  pon("[data-lote-vista]", { hidden: falta });
  if (falta) pon("[data-lote-vista] input", { checked: false });
}
function enLista(l, k, mayus) {
  const fs = filas(l), i = fs.findIndex((f) => f.matches(".cursor")), fila = fs[i], form = formDe(l), lote = $("[data-lote]", form);
  const paso = { J: 1, ARROWDOWN: 1, K: -1, ARROWUP: -1 }[k], j = mayus ? Math.max(fs.indexOf(ultima), 0) : i;
  if (paso) mover(l, fs[i + paso]);
  else if (k === "ESCAPE") elegir(form, fs, false);
  else if (k === "ENTER") location = fila.dataset.url;
  else if (k === "X") {
    elegir(form, fs.slice(Math.min(i, j), Math.max(i, j) + 1), mayus || !marca(fila).checked);
    ultima = fila;
  } else if (lote && $(`[data-tecla="${k}"]`, lote)) {
    if (lote.hidden) elegir(form, [fila], true);
    pulsar(tecla(k, lote));
  } else return pulsar(tecla(k, fila) || tecla(k, $("#panel")));
  return true;
}
function accion(ev, e, k) {
  const en = (s) => e.closest(s), form = en("form"), intro = k === "ENTER";
  if (ev.ctrlKey) return k === "K" ? pulsar(tecla("F4")) : intro && form?.matches("[data-registro],[data-acto],dialog form") && pulsar($("button:not([type=button])", form));
  if (ev.altKey) return pulsar(k === "R" ? $("[data-repetir]") : $$("[data-texto]", modal() || d)[ev.code.replace("Digit", "") - 1]);
  if (/^F[2489]$/.test(k)) return pulsar(tecla(k) || $(modal() ? "_" : `#${k}`));
  if (intro && form?.matches("[data-registro]") && !en("button,a,summary,[type=file]") && !(ev.shiftKey && en("textarea"))) {
    const salta = (c) => c !== e && c.matches("[data-salta]") && (c.value || c.dataset.salta); // its usual value
    const cs = $$("input,select,textarea,button:not([type=button])", form).filter((c) => visible(c) && c.tabIndex >= 0 && !salta(c)), c = cs[cs.indexOf(e) + 1];
    c?.focus();
    c?.select?.();
    return true;
  }
  if (ev.metaKey || en("input:not([type=checkbox],[type=radio]),textarea,select") || modal() || d.documentElement.dataset.atajos === "no") return;
  const l = en("[data-lista]"), x = en("[data-expediente]");
  if (k === "?") return !$("#atajos").showModal();
  if (l ? !filas(l)[0] || (intro && en("a,button")) : !x) return;
  if (/^[A-Z]$/.test(k)) { // a scanner types letters too
    clearTimeout(letra);
    if (ev.timeStamp - antes > 40) letra = setTimeout(() => (l ? enLista(l, k, ev.shiftKey) : pulsar(tecla(k))), 45);
    antes = ev.timeStamp;
  } else if (l) return /^\w+$/.test(k) && enLista(l, k);
  else if (k === "ESCAPE") return pulsar(tecla("Esc"));
}
al("keydown", (ev) => {
  if (!ev.defaultPrevented && !ev.isComposing && accion(ev, ev.target, ev.key.toUpperCase())) ev.preventDefault();
});
al("click", ({ target: e }) => {
  const de = (s) => e.closest(s), t = de("[data-texto]"), q = de("[data-quitar]");
  if (t) Object.assign($(`#${t.dataset.para}`), { value: t.dataset.texto }).focus();
  else if (q) elegir(formDe(q), filas(formDe(q)), false);
  else mover(de("[data-lista]"), de("[data-lista] tr[data-url]"));
});
al("change", ({ target: e }) => {
  const form = formDe(e);
  if (!$("[data-lista]", form)) return;
  ultima = e.closest("tr[data-url]");
  elegir(form, e.matches("[data-todos]") ? filas(form) : [], e.checked);
});
function preparar() {
  $$("[data-tecla]").forEach((e) => e.setAttribute("aria-keyshortcuts", e.dataset.tecla));
  $$("[data-lista]").forEach((l) => { elegir(formDe(l), []); if (!$(".cursor", l)) mover(l, filas(l)[0]); });
}
preparar();
al("htmx:afterSettle", preparar);
addEventListener("pageshow", preparar);
if (d.activeElement === d.body && !$(".resumen-error,[autofocus]")) $("[data-lista],[data-expediente]")?.focus({ preventScroll: true });
const minuto = () => d.hidden || d.body.dispatchEvent(new Event("mesa:minuto"));
setInterval(minuto, 6e4);
const pulso = () => setTimeout(async (c = $("[data-pulso]")) => {
  const r = c && !d.hidden && await fetch(c.dataset.pulso).catch(() => {});
  if (r?.status === 200) minuto(htmx.swap(c, await r.text(), { swapStyle: "outerHTML" }));
  if (r?.status !== 403) pulso();
}, 4e3);
pulso();

// A scanner is a fast keyboard closed by Intro or Tab; layouts move ":" and "/"
const CODIGO = /^(MP\d\d[0-9A-Z]\d{6,7}[0-9A-Z])$|^HTTP.*C.([0-9A-HJKMNP-TV-Z]{26})$/;
let texto, ultimo = 0, campo, valor;

addEventListener("keydown", (ev) => {
  const { key, target, timeStamp } = ev, rapida = timeStamp - ultimo < 35;
  if (key.length === 1) {
    if (!rapida) { texto = ""; campo = target; valor = target.value; }
    texto += key.toUpperCase();
    ultimo = timeStamp;
  } else if (rapida && /^(Enter|Tab)$/.test(key)) {
    const [, codigo, enlace] = CODIGO.exec(texto) || [], e = [...document.querySelectorAll("#q,[data-lector]")].pop();
    if (!e || !(codigo || enlace)) return;
    ev.preventDefault();
    ev.stopImmediatePropagation();
    if (valor != null) campo.value = valor;
    e.value = codigo || enlace;
    e.form.requestSubmit();
  }
}, true);
