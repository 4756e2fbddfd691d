// Uploads the files of a drop zone, each with its progress, its size and a way to take it out.
const peso = (n) => (n < 1048576 ? `${Math.ceil(n / 1024)} KB` : `${(n / 1048576).toFixed(1).replace(/\.0$/, "").replace(".", ",")} MB`);

function lista(zona) {
  const hay = document.getElementById(zona.dataset.destino) || zona.nextElementSibling;
  if (hay?.matches("ul.arch")) return hay;
  const ul = Object.assign(document.createElement("ul"), { className: document.body.matches(".pub") ? "arch" : "arch chica" });
  zona.after(ul);
  return ul;
}
export function subir(zona, archivos, token) {
  for (const archivo of archivos) {
    const li = document.createElement("li"), $ = (s) => li.querySelector(s), xhr = new XMLHttpRequest(), datos = new FormData();
    li.innerHTML = '<span class="crece"><b></b><br><progress max="100" value="0"></progress><span role="status"></span></span>'
      + '<button type="button" class="btn llano">Quitar <span class="vh"></span></button>';
    $("b").textContent = $(".vh").textContent = archivo.name;
    $("progress").setAttribute("aria-label", `Subiendo ${archivo.name}`);
    $("button").onclick = () => { xhr.abort(); li.remove(); zona.querySelector("input").focus(); };
    lista(zona).append(li);
    xhr.upload.onprogress = (e) => { $("progress").value = (100 * e.loaded) / e.total; };
    xhr.onloadend = () => {
      let r = {};
      try { r = JSON.parse(xhr.responseText); } catch { /* an error page, or no answer */ }
      const bien = r.id && !r.error, e = $("[role]");
      e.className = bien ? "suave" : "mal";
      e.textContent = bien ? `${peso(archivo.size)}, recibido` : r.error || "No se pudo recibir. Quítalo y vuelve a adjuntarlo";
      $("progress").remove();
      if (bien) li.append(Object.assign(document.createElement("input"), { type: "hidden", name: zona.dataset.name, value: r.id }));
      zona.dispatchEvent(new Event("mesa:archivo", { bubbles: true }));
    };
    datos.append("archivo", archivo);
    xhr.open("POST", zona.dataset.url);
    xhr.setRequestHeader("X-CSRFToken", token);
    xhr.send(datos);
  }
}
