// The print page: opens the print dialog once it is drawn, and again from its button
const boton = document.querySelector("[data-imprimir-pagina]");
if (boton) Object.assign(boton, { hidden: false, onclick: () => print() });
if ("imprimirAlCargar" in document.body.dataset) addEventListener("load", () => setTimeout(print, 50));
