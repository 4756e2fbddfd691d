// A scanner is a fast keyboard closed by Intro or Tab; any layout may change ":" and "/"
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
