(() => {
"use strict";
const root = document.getElementById("viewer");
const meta = JSON.parse(root.dataset.meta), words = JSON.parse(root.dataset.words), fill = (text, value, mark = "{}") => text.replace(mark, () => value);
const [nz, ny, nx] = meta.shape, n = nz * ny * nx, size = meta.voxel, count = [nz, ny, nx];
const stride = [ny * nx, nx, 1], names = ["z", "y", "x"];
const objects = meta.objects, Z = 128;
let lut, dark, zcode, label, table = new Uint32Array(Z * 256), base = new Uint32Array(Z * 256), shown = new Uint8Array(objects.length + 1).fill(1);
const state = {at: [nz >> 1, ny >> 1, nx >> 1], mode: meta.coloured ? "colour" : "grey", chosen: 0, hidden: new Set(), alone: false,
  yaw: 0.5, pitch: 0.35, least: 0, low: 0, high: Z - 1, ruler: null, spin: false};
const $ = (s) => root.querySelector(s), all = (s) => [...root.querySelectorAll(s)];
const panes = all("canvas").map((canvas) => ({canvas, axis: canvas.dataset.axis === "turn" ? "turn" : +canvas.dataset.axis,
  small: document.createElement("canvas")}));
const attenuation = Float32Array.from({length: 256}, (_, c) => -Math.log(1 - Math.min(c, 254.5) / 255) / 0.56 * 1000);

async function unpack() {
  const packed = Uint8Array.from(atob(root.dataset.voxels), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const raw = new Uint8Array(await new Response(stream).arrayBuffer());
  const colours = Z * 256 * 3;
  lut = raw.subarray(0, colours);
  dark = raw.subarray(colours, colours + n);
  zcode = raw.subarray(colours + n, colours + 2 * n);
  const ids = raw.slice(colours + 2 * n, colours + 4 * n);
  label = new Uint16Array(n);
  for (let i = 0; i < n; i++) label[i] = ids[2 * i] | ids[2 * i + 1] << 8;
}

/* colour of every pair of codes: `base` for the mode, `table` for mode and windows */
function tabulate() {
  const white = 0xffffffff, organic = 10 / meta.zStep, metal = 18 / meta.zStep;
  for (let z = 0; z < Z; z++) for (let c = 0; c < 256; c++) {
    const known = z > 0, i = z * 256 + c;
    let row = z, colour = true;
    if (state.mode === "grey" || state.mode === "negative") colour = false;
    if (state.mode === "organic") colour = known && z < organic;
    if (state.mode === "metal") colour = z >= metal;
    if (!colour) row = 0;
    let [r, g, b] = lut.subarray((row * 256 + c) * 3, (row * 256 + c) * 3 + 3);
    if (state.mode === "negative") [r, g, b] = [255 - r, 255 - g, 255 - b];
    if (!colour && (state.mode === "organic" || state.mode === "metal")) [r, g, b] = [r, g, b].map((v) => 255 - (255 - v) * 0.18);
    const open = state.low === 0 && state.high === Z - 1;
    const out = c < state.least || (!open && (!known || z < state.low || z > state.high));
    base[i] = (255 << 24 | b << 16 | g << 8 | r) >>> 0;
    table[i] = out ? (state.mode === "negative" ? 0xff000000 : white) : base[i];
  }
  shown.fill(1);
  objects.forEach((o, i) => {
    shown[i + 1] = state.alone && state.chosen ? family(state.chosen).has(i + 1) : !state.hidden.has(i + 1);
  });
  shown[0] = !(state.alone && state.chosen);
}
/* an object and what its box encloses wholly */
function family(place) {
  const [low, high] = objects[place - 1].box, inside = new Set([place]);
  objects.forEach((o, i) => {
    if (o.box[0].every((v, a) => v >= low[a]) && o.box[1].every((v, a) => v <= high[a])) inside.add(i + 1);
  });
  return inside;
}
const others = (axis) => [0, 1, 2].filter((a) => a !== axis);

/* fits the picture into its pane; gives the scale in screen pixels a mm, and the corner */
function fit(pane, wide, high) {
  const ratio = window.devicePixelRatio || 1, box = pane.canvas.getBoundingClientRect();
  const w = Math.max(2, Math.round(box.width * ratio)), h = Math.max(2, Math.round(box.height * ratio));
  if (pane.canvas.width !== w || pane.canvas.height !== h) { pane.canvas.width = w; pane.canvas.height = h; }
  const scale = Math.min(w / wide, h / high) * 0.98;
  Object.assign(pane, {scale, left: (w - wide * scale) / 2, top: (h - high * scale) / 2, ratio});
  const pen = pane.canvas.getContext("2d");
  pen.fillStyle = state.mode === "negative" ? "#000" : "#fff";
  pen.fillRect(0, 0, w, h);
  return pen;
}
function slice(pane) {
  const axis = pane.axis, [down, right] = others(axis), rows = count[down], columns = count[right];
  const first = state.at[axis] * stride[axis];
  pane.small.width = columns; pane.small.height = rows;
  const brush = pane.small.getContext("2d"), image = brush.createImageData(columns, rows);
  const pixels = new Uint32Array(image.data.buffer), blank = state.mode === "negative" ? 0xff000000 : 0xffffffff;
  for (let r = 0, p = 0; r < rows; r++) for (let c = 0; c < columns; c++, p++) {
    const i = first + r * stride[down] + c * stride[right];
    pixels[p] = shown[label[i]] ? table[zcode[i] << 8 | dark[i]] : blank;
  }
  brush.putImageData(image, 0, 0);
  const pen = fit(pane, columns * size[right], rows * size[down]), s = pane.scale;
  const w = columns * size[right] * s, h = rows * size[down] * s, sx = w / columns, sy = h / rows;
  pen.imageSmoothingQuality = "high";
  pen.drawImage(pane.small, pane.left, pane.top, w, h);
  for (const pass of ["alarm", "chosen"]) {
    pen.beginPath();
    const marked = (i) => { const k = label[i]; return k > 0 && shown[k] && (pass === "alarm" ? objects[k - 1].alarm : k === state.chosen) ? k : 0; };
    for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) {
      const i = first + r * stride[down] + c * stride[right], here = marked(i);
      const x = pane.left + (c + 1) * sx, y = pane.top + (r + 1) * sy;
      if (c + 1 < columns && marked(i + stride[right]) !== here) { pen.moveTo(x, y - sy); pen.lineTo(x, y); }
      if (r + 1 < rows && marked(i + stride[down]) !== here) { pen.moveTo(x - sx, y); pen.lineTo(x, y); }
    }
    pen.strokeStyle = pass === "alarm" ? "#e01212" : "#0b63e5";
    pen.lineWidth = (pass === "alarm" ? 1.2 : 1.5) * pane.ratio;
    pen.stroke();
  }
  const px = pane.left + (state.at[right] + 0.5) * sx, py = pane.top + (state.at[down] + 0.5) * sy;
  pen.beginPath();
  pen.moveTo(px, 0); pen.lineTo(px, py - 8); pen.moveTo(px, py + 8); pen.lineTo(px, pane.canvas.height);
  pen.moveTo(0, py); pen.lineTo(px - 8, py); pen.moveTo(px + 8, py); pen.lineTo(pane.canvas.width, py);
  pen.strokeStyle = "rgba(20,110,220,.55)"; pen.lineWidth = pane.ratio; pen.stroke();
  if (state.ruler && state.ruler.axis === axis) measure(pane, pen);
}
function measure(pane, pen) {
  const {from, to} = state.ruler, mm = Math.hypot(to[0] - from[0], to[1] - from[1]);
  const at = (p) => [pane.left + p[0] * pane.scale, pane.top + p[1] * pane.scale], [a, b] = [at(from), at(to)];
  pen.beginPath(); pen.moveTo(...a); pen.lineTo(...b);
  pen.strokeStyle = "#0b63e5"; pen.lineWidth = 2 * pane.ratio; pen.stroke();
  pen.font = `600 ${13 * pane.ratio}px system-ui, sans-serif`;
  pen.lineWidth = 4 * pane.ratio; pen.strokeStyle = "#fff"; pen.fillStyle = "#0b63e5";
  const text = `${mm.toFixed(1)} mm`;
  pen.strokeText(text, b[0] + 8, b[1]); pen.fillText(text, b[0] + 8, b[1]);
}

/* X-ray of the whole parcel from any side: every voxel that is seen is shared between four pixels */
let solid = null;
function turn(pane, quick) {
  if (!solid) {
    const some = [];
    for (let i = 0; i < n; i++) if (dark[i] > 12) some.push(i);
    solid = Uint32Array.from(some);
  }
  const [cy, sy, cp, sp] = [Math.cos(state.yaw), Math.sin(state.yaw), Math.cos(state.pitch), Math.sin(state.pitch)];
  const span = Math.hypot(nz * size[0], ny * size[1], nx * size[2]), step = Math.max(...size), side = Math.ceil(span / step) + 2;
  const depth = new Float32Array(side * side), weight = new Float32Array(side * side), stepBy = quick && solid.length > 4e5 ? 2 : 1;
  const unit = 0.2 / 1000 * size[0] * size[1] * size[2] / (step * step) / 10 * stepBy;
  const project = (z, y, x) => {
    const a = (z - nz / 2) * size[0], b = (y - ny / 2) * size[1], c = (x - nx / 2) * size[2];
    return [c * cy + b * sy, a * cp + (b * cy - c * sy) * sp];
  };
  for (let k = 0; k < solid.length; k += stepBy) {
    const i = solid[k];
    if (!shown[label[i]] || dark[i] < state.least) continue;
    const zc = zcode[i];
    if ((state.low > 0 || state.high < Z - 1) && (zc === 0 || zc < state.low || zc > state.high)) continue;
    const z = i / stride[0] | 0, rest = i - z * stride[0], y = rest / nx | 0, x = rest - y * nx;
    const a = (z + 0.5 - nz / 2) * size[0], b = (y + 0.5 - ny / 2) * size[1], c = (x + 0.5 - nx / 2) * size[2];
    const u = (c * cy + b * sy) / step + side / 2, v = (a * cp + (b * cy - c * sy) * sp) / step + side / 2;
    const iu = u | 0, iv = v | 0, fu = u - iu, fv = v - iv, p = iv * side + iu;
    const d = attenuation[dark[i]] * unit, cube = d * zc * zc * zc;
    depth[p] += d * (1 - fu) * (1 - fv); depth[p + 1] += d * fu * (1 - fv);
    depth[p + side] += d * (1 - fu) * fv; depth[p + side + 1] += d * fu * fv;
    weight[p] += cube * (1 - fu) * (1 - fv); weight[p + 1] += cube * fu * (1 - fv);
    weight[p + side] += cube * (1 - fu) * fv; weight[p + side + 1] += cube * fu * fv;
  }
  pane.small.width = side; pane.small.height = side;
  const brush = pane.small.getContext("2d"), image = brush.createImageData(side, side), pixels = new Uint32Array(image.data.buffer);
  for (let p = 0; p < pixels.length; p++) {
    const d = depth[p], c = Math.round(255 * Math.pow(Math.max(0, Math.min(1, (d - 0.02) / 4.58)), 0.55));
    const zc = d > 0.05 ? Math.min(Z - 1, Math.round(Math.cbrt(weight[p] / d))) : 0;
    pixels[p] = d > 4.6 && state.mode !== "negative" ? 0xff000000 : base[zc << 8 | c];
  }
  brush.putImageData(image, 0, 0);
  const pen = fit(pane, span * 0.86, span * 0.86), s = pane.scale * step;
  pane.left -= 0.07 * span * pane.scale; pane.top -= 0.07 * span * pane.scale;
  pen.imageSmoothingQuality = "high";
  pen.drawImage(pane.small, pane.left, pane.top, side * s, side * s);
  const boxes = (test, colour, width) => {
    pen.beginPath();
    objects.forEach((o, k) => {
      if (!test(o, k + 1) || !shown[k + 1]) return;
      const corner = (bits) => project(...[0, 1, 2].map((a) => (o.box[bits >> a & 1][a] - meta.first[a]) / size[a]));
      for (let i = 0; i < 8; i++) for (let a = 0; a < 3; a++) if (!(i >> a & 1)) {
        const [p, q] = [corner(i), corner(i | 1 << a)];
        pen.moveTo(pane.left + (p[0] / step + side / 2) * s, pane.top + (p[1] / step + side / 2) * s);
        pen.lineTo(pane.left + (q[0] / step + side / 2) * s, pane.top + (q[1] / step + side / 2) * s);
      }
    });
    pen.strokeStyle = colour; pen.lineWidth = width * pane.ratio; pen.stroke();
  };
  boxes((o) => o.alarm, "#e01212", 1.2);
  boxes((o, k) => k === state.chosen, "#0b63e5", 2);
}

let waiting = false, quickly = false;
function draw(quick = false) {
  quickly = quick;
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    for (const pane of panes) if (pane.axis === "turn") turn(pane, quickly); else slice(pane);
    tell();
  });
}
function turned(quick) { const pane = panes.find((p) => p.axis === "turn"); turn(pane, quick); }
function row(place) { return document.getElementById(`object-${objects[place - 1].id}`); }
/* number, material and mass of an object, as its row in the table has them */
function about(place) {
  const cells = row(place).cells, material = cells[3].querySelector("bdi").textContent, mass = cells[4].textContent.trim();
  const told = mass === "–" ? words.unweighed : fill(words.weighed, `${mass} g`);
  return fill(fill(told, fill(words.object, objects[place - 1].id), "{object}"), material, "{material}");
}
/* means over the voxel and those of the same object around it: attenuation in MHU, z_e (0 where it cannot be told) */
function near(i) {
  const at = state.at, mine = label[i];
  let mhu = 0, seen = 0, z = 0, told = 0;
  for (let dz = -1; dz <= 1; dz++) for (let dy = -1; dy <= 1; dy++) for (let dx = -1; dx <= 1; dx++) {
    const [a, b, c] = [at[0] + dz, at[1] + dy, at[2] + dx];
    if (a < 0 || b < 0 || c < 0 || a >= nz || b >= ny || c >= nx) continue;
    const j = a * stride[0] + b * stride[1] + c;
    if (label[j] !== mine || !dark[j]) continue;
    mhu += attenuation[dark[j]]; seen++;
    if (zcode[j]) { z += zcode[j]; told++; }
  }
  return seen ? [mhu / seen, told ? z / told * meta.zStep : 0] : [0, 0];
}
/* density, and how likely each material of the table is at a place: Gaussian in z_e and in what lies beyond its range of
   electron density, wide enough for a voxel; none of them has the weight of three sigma */
function judge(mhu, z) {
  const rho = mhu / 1000 * meta.electrons[Math.max(1, Math.min(Z - 1, Math.round(z / meta.zStep)))];
  const wide = [Math.hypot(meta.relative[0], 0.04) * rho, Math.hypot(meta.relative[1], 0.04) * z];
  const likely = words.materials.map(([name, low, high, own, electrons]) => {
    const off = Math.max(low - rho, rho - high, 0) / wide[0], far = (own - z) / wide[1];
    return {name, electrons, weight: Math.exp(-0.5 * (off * off + far * far))};
  });
  const total = likely.reduce((sum, m) => sum + m.weight, Math.exp(-4.5));
  const electrons = likely.reduce((sum, m) => sum + m.weight * m.electrons, Math.exp(-4.5) * 0.53) / total;
  const first = likely.sort((a, b) => b.weight - a.weight).slice(0, 3).filter((m) => m.weight > 0.05 * total);
  return [rho / electrons, first.map((m) => `${m.name} ${Math.round(100 * m.weight / total)} %`)];
}
function tell() {
  all("[data-slide]").forEach((s) => { s.max = count[+s.dataset.slide] - 1; s.value = state.at[+s.dataset.slide]; });
  all("[data-at]").forEach((o) => { const a = +o.dataset.at; o.textContent = `${(meta.first[a] + (state.at[a] + 0.5) * size[a]).toFixed(0)} mm`; });
  all("[data-mode]").forEach((b) => b.setAttribute("aria-pressed", b.dataset.mode === state.mode));
  $("[data-do=isolate]").setAttribute("aria-pressed", state.alone);
  const i = state.at[0] * stride[0] + state.at[1] * stride[1] + state.at[2];
  const parts = [names.map((a, k) => `${a} ${(meta.first[k] + (state.at[k] + 0.5) * size[k]).toFixed(0)}`).join(", ") + " mm",
    dark[i] ? fill(meta.scale ? "{} MHU" : words.arbitrary, attenuation[dark[i]].toFixed(0)) : words.air];
  const [mhu, z] = meta.electrons.length && meta.scale ? near(i) : [0, 0];
  if (z) {
    const [density, likely] = judge(mhu, z);
    parts.push(`${density.toFixed(2)} g/cm³`, `z_e ${z.toFixed(1)}`);
    if (likely.length) parts.push(`${words.here} ${likely.join(", ")}`);
  }
  if (label[i]) parts.push(about(label[i]));
  $(".readout").textContent = parts.join(" · ");
  $(".chosen").textContent = state.chosen ? fill(words.object, objects[state.chosen - 1].id) : words.none;
  document.querySelectorAll("tr.picked").forEach((r) => r.classList.remove("picked"));
  if (state.chosen) row(state.chosen).classList.add("picked");
}
function go(place) {
  const [low, high] = objects[place - 1].box;
  const middle = low.map((v, a) => Math.round(((v + high[a]) / 2 - meta.first[a]) / size[a] - 0.5));
  state.at = middle.map((v, a) => Math.max(0, Math.min(count[a] - 1, v)));
}
function choose(place, move = true) {
  state.chosen = place;
  if (place && move) go(place);
  tabulate(); draw();
}
const ranked = meta.order.map((id) => objects.findIndex((o) => o.id === id) + 1).filter((k) => k > 0);
const actions = {
  isolate() { if (!state.chosen && ranked.length) choose(ranked[0]); state.alone = !state.alone; tabulate(); draw(); },
  hide() { if (state.chosen) { state.hidden.add(state.chosen); state.alone = false; tabulate(); draw(); } },
  all() { state.hidden.clear(); state.alone = false; state.chosen = 0; state.ruler = null; tabulate(); draw(); },
  frame() { if (state.chosen) { go(state.chosen); draw(); } },
  next() { if (ranked.length) choose(ranked[(ranked.indexOf(state.chosen) + 1) % ranked.length]); },
  previous() { if (ranked.length) choose(ranked[(ranked.indexOf(state.chosen) - 1 + ranked.length * 2) % ranked.length]); },
  help() { const keys = $(".keys"); keys.hidden = !keys.hidden; },
};
function mode(name) { if ($(`[data-mode=${name}]`)) { state.mode = name; tabulate(); draw(); } }

/* mm (right, down) from the corner of a pane's picture */
function place(pane, event) {
  const box = pane.canvas.getBoundingClientRect();
  return [((event.clientX - box.left) * pane.ratio - pane.left) / pane.scale, ((event.clientY - box.top) * pane.ratio - pane.top) / pane.scale];
}
function cross(pane, event) {
  const p = place(pane, event), [down, right] = others(pane.axis);
  state.at[right] = Math.max(0, Math.min(count[right] - 1, Math.floor(p[0] / size[right])));
  state.at[down] = Math.max(0, Math.min(count[down] - 1, Math.floor(p[1] / size[down])));
}
function shift(axis, by) { state.at[axis] = Math.max(0, Math.min(count[axis] - 1, state.at[axis] + by)); draw(); }
function spin() { if (!state.spin) return; state.yaw += 0.03; turned(true); requestAnimationFrame(spin); }

function listen() {
  for (const pane of panes) {
    const c = pane.canvas;
    let held = null;
    c.addEventListener("pointerdown", (e) => {
      c.setPointerCapture(e.pointerId); c.focus({preventScroll: true}); held = [e.clientX, e.clientY, false];
      if (pane.axis === "turn") return;
      if (e.shiftKey) state.ruler = {axis: pane.axis, from: place(pane, e), to: place(pane, e)}; else cross(pane, e);
      draw(true);
    });
    c.addEventListener("pointermove", (e) => {
      if (!held) return;
      const [dx, dy] = [e.clientX - held[0], e.clientY - held[1]];
      if (Math.hypot(dx, dy) > 3) held[2] = true;
      if (pane.axis === "turn") { state.yaw -= dx * 0.01; state.pitch = Math.max(-1.57, Math.min(1.57, state.pitch + dy * 0.01)); held = [e.clientX, e.clientY, true]; turned(true); return; }
      if (state.ruler && e.shiftKey) state.ruler.to = place(pane, e); else cross(pane, e);
      draw(true);
    });
    c.addEventListener("pointerup", (e) => {
      if (held && !held[2] && pane.axis !== "turn" && !e.shiftKey) {
        const k = label[state.at[0] * stride[0] + state.at[1] * stride[1] + state.at[2]];
        if (k !== state.chosen) choose(k, false);
      }
      held = null; draw();
    });
    c.addEventListener("wheel", (e) => { if (pane.axis === "turn") return; e.preventDefault(); shift(pane.axis, Math.sign(e.deltaY)); }, {passive: false});
    c.addEventListener("keydown", (e) => {
      const by = {ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1]}[e.key];
      if (by && pane.axis === "turn") { state.pitch += by[0] * 0.1; state.yaw -= by[1] * 0.1; turned(false); }
      else if (by) { const [down, right] = others(pane.axis); shift(by[0] ? down : right, by[0] || by[1]); }
      else if (e.key === "PageDown" && pane.axis !== "turn") shift(pane.axis, 1);
      else if (e.key === "PageUp" && pane.axis !== "turn") shift(pane.axis, -1);
      else return;
      e.preventDefault();
    });
  }
  root.addEventListener("click", (e) => {
    const button = e.target.closest("button");
    if (!button) return;
    if (button.dataset.mode) mode(button.dataset.mode); else actions[button.dataset.do]();
  });
  all("[data-slide]").forEach((s) => s.addEventListener("input", () => { state.at[+s.dataset.slide] = +s.value; draw(true); }));
  all("[data-window]").forEach((s) => s.addEventListener("input", () => {
    state[{dark: "least", low: "low", high: "high"}[s.dataset.window]] = +s.value; tabulate(); draw();
  }));
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.target.matches("input, summary")) return;
    const key = {i: "isolate", h: "hide", f: "frame", a: "all", n: "next", p: "previous", "?": "help"}[e.key];
    if (key) actions[key]();
    else if ("12345".includes(e.key)) mode(["colour", "grey", "negative", "organic", "metal"][e.key - 1]);
    else if (e.key === " " && e.target.matches("canvas, body")) { state.spin = !state.spin; e.preventDefault(); spin(); }
  });
  document.addEventListener("click", (e) => {
    const link = e.target.closest('a[href^="#object-"], tr[id^="object-"]');
    if (!link) return;
    const id = +(link.id || link.hash.slice(1)).replace("object-", ""), k = objects.findIndex((o) => o.id === id) + 1;
    if (k) choose(k);
    if (k && link.id) root.scrollIntoView({block: "nearest"});
  });
  new ResizeObserver(() => draw()).observe(root);
}
async function start() {
  if (typeof DecompressionStream === "undefined") return;
  await unpack();
  root.hidden = false;
  tabulate();
  const first = ranked[0];
  if (first) go(first);
  listen();
  draw();
  root.dataset.ready = "yes";
}
start();
})();
