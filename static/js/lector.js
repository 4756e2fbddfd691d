// A scanner is a fast keyboard: 8 or more characters with gaps under 35 ms, closed by Intro or Tab.
const CODIGO = /^MP\d\d[0-9A-Z]\d{6,7}[0-9A-Z]$/;
const ENLACE = /^HTTPS?.*C.([0-9A-HJKMNP-TV-Z]{26})$/; // ":" and "/" may arrive as other signs
let texto = "", ultimo = 0, campo, valor;

document.addEventListener("keydown", (ev) => {
  const rapida = ev.timeStamp - ultimo < 35;
  if (ev.key.length === 1 && !ev.ctrlKey && !ev.altKey) {
    if (!rapida) { texto = ""; campo = ev.target; valor = campo.value; }
    texto += ev.key.toUpperCase();
    ultimo = ev.timeStamp;
  } else if (/^(Enter|Tab)$/.test(ev.key) && rapida) {
    const leido = ENLACE.exec(texto)?.[1] || (CODIGO.test(texto) && texto), e = document.querySelector("[data-lector]") || document.querySelector("#q");
    texto = "";
    if (!leido || !e) return;
    ev.preventDefault();
    ev.stopImmediatePropagation();
    if (typeof valor === "string") campo.value = valor; // what the scan typed there is taken out
    e.value = leido;
    e.form.requestSubmit();
  } else if (!/^(Shift|CapsLock)$/.test(ev.key)) texto = "";
}, true);
