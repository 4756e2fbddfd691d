// Prints a PDF through a hidden frame; by itself only once, not when reloading
export function imprimir(src, sola) {
  if (sola && sessionStorage[src]) return;
  if (sola) sessionStorage[src] = 1;
  const marco = Object.assign(document.createElement("iframe"), { src, className: "vh", title: "Impresión", tabIndex: -1 });
  marco.onload = () => { try { marco.contentWindow.print(); } catch { open(src); } };
  document.body.append(marco);
}
