// Keys. Letters act only while a list or a record has the focus; the table of them is in core/templatetags/mesa_tags.py
const d = document, $ = (s, en = d) => en.querySelector(s), $$ = (s, en = d) => [...en.querySelectorAll(s)];
const abierto = () => $("dialog[open]"), visible = (e) => e && !e.disabled && e.getClientRects().length;
const tecla = (k, en = abierto() || d) => en && $$(`[data-tecla="${k}"]`, en).find(visible);
const marca = (f) => $("[type=checkbox]", f), filas = (l) => $$("tr[data-url]", l), formDe = (e) => e.closest("form") || e;
const cuantos = (n, s) => `${n} ${s}${n === 1 ? "" : "s"}`;
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
  if (fila.dataset.panel && visible($("#panel"))) reposo = setTimeout(() => htmx.ajax("GET", fila.dataset.panel, "#panel"), 150);
}
function contar(form) {
  const todas = filas(form), eleg = todas.filter((f) => marca(f)?.checked), n = eleg.length, todo = $("[data-todos]", form), lote = $("[data-lote]", form);
  const pon = (s, x) => $$(s, lote).forEach((e) => { e.textContent = x; });
  todas.forEach((f) => f.classList.toggle("sel", eleg.includes(f)));
  if (todo) { todo.checked = n && n === todas.length; todo.indeterminate = n && !todo.checked; }
  if (!lote) return;
  lote.hidden = !n;
  pon("[data-lote-n]", cuantos(n, "elegido"));
  pon("[data-lote-folios]", cuantos(eleg.reduce((s, f) => s + (+f.dataset.folios || 0), 0), "folio"));
  $$("[data-lote-vista]", lote).forEach((v) => { if ((v.hidden = n < todas.length)) marca(v).checked = false; });
}
function elegir(form, fs, si) {
  fs.forEach((f) => { if (marca(f)) marca(f).checked = si; });
  contar(form);
}
function enLista(l, k, mayus) {
  const todas = filas(l), i = todas.findIndex((f) => f.matches(".cursor")), fila = todas[i], form = formDe(l), lote = $("[data-lote]", form);
  const paso = { J: 1, ARROWDOWN: 1, K: -1, ARROWUP: -1 }[k];
  if (paso) mover(l, todas[i + paso]);
  else if (k === "ESCAPE") elegir(form, todas, false);
  else if (k === "ENTER") location = fila.dataset.url;
  else if (k === "X") {
    const j = mayus ? todas.indexOf(ultima) : -1;
    if (j < 0) elegir(form, [fila], !marca(fila).checked);
    else elegir(form, todas.slice(Math.min(i, j), Math.max(i, j) + 1), true);
    ultima = fila;
  } else if (lote && $(`[data-tecla="${k}"]`, lote)) {
    if (lote.hidden) elegir(form, [fila], true);
    pulsar(tecla(k, lote));
  } else return pulsar(tecla(k, fila) || tecla(k, $("#panel")));
  return true;
}
// A letter waits a moment: a scanner types letters too, and must not press buttons
function conLetra(ev, hacer) {
  clearTimeout(letra);
  if (ev.timeStamp - antes > 40) letra = setTimeout(hacer, 45);
  antes = ev.timeStamp;
}
function tras(form, e) {
  const campos = $$("input,select,textarea,button:not([type=button])", form).filter((c) => visible(c) && c.tabIndex >= 0);
  const otro = campos[campos.indexOf(e) + 1];
  otro?.focus();
  if (otro?.matches("input")) otro.select();
  return true;
}
function accion(ev, e, k) {
  const form = e.closest("form"), en = (s) => e.closest(s), ctrl = ev.ctrlKey, alt = ev.altKey, intro = k === "ENTER", letraSola = /^[A-Z]$/.test(k);
  if (/^F[2489]$/.test(k)) return !ctrl && !alt && (pulsar(tecla(k) || (!abierto() && $(`#${k}`))) || abierto());
  if (ctrl) {
    if (k === "K") return pulsar(tecla("F4"));
    if (!intro || !form?.matches("[data-registro],[data-acto],dialog form")) return false;
    form.requestSubmit($("button:not([type=button])", form));
    return true;
  }
  if (alt) return k === "R" ? pulsar($("[data-repetir]")) : /^Digit[1-9]$/.test(ev.code) && pulsar($$("[data-texto]", abierto() || d)[ev.code[5] - 1]);
  if (intro && form?.matches("[data-registro]") && !en("button,a,summary,[type=file]") && !(ev.shiftKey && en("textarea"))) return tras(form, e);
  if (ev.metaKey || en("input:not([type=checkbox],[type=radio]),textarea,select") || abierto() || d.documentElement.dataset.atajos === "no") return false;
  if (k === "?") return $("#atajos")?.showModal() || true;
  const l = en("[data-lista]");
  if (l && filas(l)[0] && !(intro && en("a,button"))) return letraSola ? conLetra(ev, () => enLista(l, k, ev.shiftKey)) : /^(ARROW(UP|DOWN)|ENTER|ESCAPE)$/.test(k) && enLista(l, k);
  if (en("[data-expediente]")) return letraSola ? conLetra(ev, () => pulsar(tecla(k))) : k === "ESCAPE" && pulsar(tecla("Esc"));
}
d.addEventListener("keydown", (ev) => {
  if (!ev.defaultPrevented && !ev.isComposing && accion(ev, ev.target, ev.key.toUpperCase())) ev.preventDefault();
});
d.addEventListener("click", (ev) => {
  const de = (s) => ev.target.closest(s), t = de("[data-texto]"), q = de("[data-quitar]"), fila = de("[data-lista] tr");
  if (t) {
    const campo = $(`#${t.dataset.para}`);
    campo.value = t.dataset.texto;
    campo.focus();
  } else if (q) {
    ev.preventDefault();
    elegir(formDe(q), filas(formDe(q)), false);
  } else mover(de("[data-lista]"), fila?.dataset.url && fila);
});
d.addEventListener("change", ({ target: e }) => {
  const form = e.closest("form");
  if (!form || !$("[data-lista]", form)) return;
  ultima = e.closest("tr[data-url]");
  elegir(form, e.matches("[data-todos]") ? filas(form) : [], e.checked);
});
function preparar() {
  $$("[data-tecla]").forEach((e) => { e.setAttribute("aria-keyshortcuts", e.dataset.tecla); });
  $$("[data-texto]").forEach((e) => { e.hidden = false; });
  $$("[data-lista]").forEach((l) => { contar(formDe(l)); if (!$(".cursor", l)) mover(l, filas(l)[0]); });
}
preparar();
d.addEventListener("htmx:afterSettle", preparar);
addEventListener("pageshow", preparar);
if (d.activeElement === d.body && !$(".resumen-error,[autofocus]")) $("[data-lista],[data-expediente]")?.focus({ preventScroll: true });
setInterval(() => d.hidden || d.body.dispatchEvent(new Event("mesa:minuto")), 6e4);
