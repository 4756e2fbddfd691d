// Prints one of our PDFs through a frame nobody sees, so that the page stays where it is.
export function imprimir(url) {
  document.querySelector("#impresion")?.remove();
  const marco = Object.assign(document.createElement("iframe"), { id: "impresion", className: "vh", title: "Impresión", tabIndex: -1, src: url });
  marco.onload = () => { try { marco.contentWindow.print(); } catch { window.open(url); } };
  document.body.append(marco);
}
// By itself only once: reloading or coming back does not print again.
export function automatica(url) {
  if (!url || sessionStorage[`impreso:${url}`]) return;
  sessionStorage[`impreso:${url}`] = 1;
  imprimir(url);
}
