// Uploads files, each with its progress and a way to take it out
const crear = (tipo, cosas) => Object.assign(document.createElement(tipo), cosas);

export function subir(zona, archivos) {
  const { destino, name, url } = zona.dataset;
  let ul = document.getElementById(destino) || zona.nextElementSibling;
  if (!ul?.matches(".arch")) zona.after(ul = crear("ul", { className: "arch" }));
  for (const archivo of archivos) {
    const li = crear("li"), $ = (s) => li.querySelector(s), xhr = new XMLHttpRequest(), datos = new FormData();
    li.innerHTML = '<span class="crece"><b></b><br><progress max="1" value="0" aria-label="Subiendo"></progress><span role="status"></span></span><button type="button" class="btn llano">Quitar<span class="vh"></span></button>';
    $("b").textContent = $(".vh").textContent = ` ${archivo.name}`;
    $("button").onclick = () => { li.remove(); xhr.abort(); zona.querySelector("input").focus(); };
    ul.append(li);
    xhr.upload.onprogress = (e) => { $("progress").value = e.loaded / e.total; };
    xhr.onloadend = () => {
      let r, e = $("[role]");
      try { r = JSON.parse(xhr.response); } catch { r = { error: "No se pudo recibir. Vuelve a adjuntarlo" }; }
      $("progress").remove();
      e.className = r.error ? "mal" : "suave";
      e.textContent = r.error || `${(archivo.size / 1048576).toFixed(1).replace(".", ",")} MB, recibido. ${r.aviso || ""}`;
      if (r.id) li.append(crear("input", { type: "hidden", name, value: r.id }));
      ul.dispatchEvent(new Event("change", { bubbles: true })); // the draft and the rail know of it
    };
    datos.append("archivo", archivo);
    xhr.open("POST", url);
    xhr.setRequestHeader("X-CSRFToken", document.documentElement.dataset.csrf);
    xhr.send(datos);
  }
}
