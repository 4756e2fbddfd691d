-- Load of one measurement: one connection for each thread, so that every latency is that of one request.
local ffi = require("ffi")
ffi.cdef [[
typedef struct { long s; long ns; } mesa_hora;
int clock_gettime(int reloj, mesa_hora *hora);
]]
local hora = ffi.new("mesa_hora")
local function ahora()
    ffi.C.clock_gettime(1, hora)
    return tonumber(hora.s) * 1e6 + tonumber(hora.ns) / 1e3
end

local hilos = {}

function setup(hilo)
    table.insert(hilos, hilo)
    hilo:set("numero", #hilos)
end

-- Globals: done() reads them from each thread.
tiempos, cuantos, malas, vacias, muestra, primero, ultimo = {}, 0, 0, 0, "", 0, 0
local datos, lugar, hechas, cabeceras, enviado, turno = nil, 0, {}, {}, 0, 0

local function llave()
    local partes = {}
    for _, largo in ipairs({ 8, 4, 4, 4, 12 }) do
        local cifras = {}
        for i = 1, largo do cifras[i] = string.format("%x", math.random(0, 15)) end
        table.insert(partes, table.concat(cifras))
    end
    return table.concat(partes, "-")
end

function init(_)
    datos = dofile(os.getenv("MESA_BANCO_DATOS"))
    math.randomseed(ahora() % 2 ^ 31 + numero * 7919)
    for nombre, valor in pairs(datos.cabeceras) do cabeceras[nombre] = valor end
    local galleta = datos.galletas[(numero - 1) % #datos.galletas + 1]
    if galleta ~= "" then cabeceras["Cookie"] = galleta end
    lugar = math.floor((numero - 1) * #datos.rutas / datos.clientes)
    if datos.una_vez then lugar = numero - 1 - datos.clientes end
    turno = (numero - 1) * (datos.pausa_ms or 0) / datos.clientes
end

function request()
    if datos.una_vez then
        lugar = lugar + datos.clientes
    else
        lugar = lugar + 1
    end
    local ruta = datos.rutas[lugar % #datos.rutas + 1]
    if datos.una_vez then ruta = datos.rutas[lugar + 1] end
    if ruta == nil then
        wrk.thread:stop()
        ruta = "/" -- sent, and never waited for
    end
    local cuerpo = nil
    local pedido
    if datos.cuerpo ~= "" then
        cuerpo = string.gsub(string.gsub(datos.cuerpo, "{llave}", llave()), "{n}", tostring(math.random(10 ^ 6)))
        pedido = wrk.format(datos.metodo, ruta, cabeceras, cuerpo)
    else
        pedido = hechas[ruta]
        if pedido == nil then
            pedido = wrk.format(datos.metodo, ruta, cabeceras)
            hechas[ruta] = pedido
        end
    end
    enviado = ahora()
    if primero == 0 and cuantos == 0 then primero = enviado end
    return pedido
end

function response(estado, _, cuerpo)
    local llegada = ahora()
    cuantos = cuantos + 1
    tiempos[cuantos] = math.floor(llegada - enviado)
    ultimo = llegada
    local falta = datos.marca ~= "" and not string.find(cuerpo, datos.marca, 1, true)
    if estado ~= datos.estado then
        malas = malas + 1
    elseif falta then
        vacias = vacias + 1
    end
    if (estado ~= datos.estado or falta) and muestra == "" then
        muestra = tostring(estado) .. " " .. string.sub(cuerpo, 1, 160)
    end
end

local function texto(crudo)
    return '"' .. string.gsub(crudo, '[%c"\\\128-\255]', " ") .. '"'
end

function done(resumen, _, _)
    local todos, errores, muestra_de, desde, hasta = {}, { estado = 0, contenido = 0 }, "", math.huge, 0
    for _, hilo in ipairs(hilos) do
        for _, us in ipairs(hilo:get("tiempos")) do todos[#todos + 1] = us end
        errores.estado = errores.estado + hilo:get("malas")
        errores.contenido = errores.contenido + hilo:get("vacias")
        if muestra_de == "" then muestra_de = hilo:get("muestra") end
        if hilo:get("cuantos") > 0 then
            desde = math.min(desde, hilo:get("primero"))
            hasta = math.max(hasta, hilo:get("ultimo"))
        end
    end
    for _, clase in ipairs({ "connect", "read", "write", "timeout" }) do errores[clase] = resumen.errors[clase] end
    local partes = {}
    for clase, n in pairs(errores) do partes[#partes + 1] = string.format('"%s": %d', clase, n) end
    io.write(string.format('\nMESA {"duracion_us": %.0f, "errores": {%s}, "muestra": %s, "us": [%s]}\n',
        math.max(hasta - desde, 1), table.concat(partes, ", "), texto(muestra_de), table.concat(todos, ", ")))
end

-- Paced runs: each client keeps its own clock, so a slow answer does not slow the pace down.
if os.getenv("MESA_BANCO_RITMO") == "1" then
    function delay()
        local momento = ahora() / 1000
        if primero == 0 then return turno end
        turno = math.max((turno < 1e6 and momento or turno) + datos.pausa_ms, momento)
        return turno - momento
    end
end
