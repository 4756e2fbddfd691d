// The print page: opens the print dialog once it is drawn, and again from its button.
const boton = document.querySelector("[data-imprimir-pagina]");
if (boton) {
  boton.hidden = false;
  boton.addEventListener("click", () => window.print());
}
if (document.body.hasAttribute("data-imprimir-al-cargar")) {
  window.addEventListener("load", () => setTimeout(() => window.print(), 50));
}
