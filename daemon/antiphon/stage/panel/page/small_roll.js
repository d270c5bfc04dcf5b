// A take on a few centimetres: both voices, and a line at the moment that is played.

export function drawSmallRoll(canvas, { player, answer }, atS) {
  const style = getComputedStyle(canvas);
  canvas.width = Math.round(canvas.clientWidth * devicePixelRatio);
  canvas.height = Math.round(canvas.clientHeight * devicePixelRatio);
  const context = canvas.getContext("2d");
  const view = viewOf(canvas, [...player, ...answer]);
  drawVoice(context, view, player, style.getPropertyValue("--player"));
  drawVoice(context, view, answer, style.getPropertyValue("--answer"));
  if (atS === null) return;
  context.fillStyle = style.getPropertyValue("--now");
  context.fillRect(atS * view.perSecond, 0, 2 * devicePixelRatio, canvas.height);
}

function viewOf(canvas, notes) {
  const pitches = notes.map((note) => note.pitch);
  const high = Math.max(72, ...pitches) + 1;
  const low = Math.min(60, ...pitches) - 1;
  const endS = Math.max(1, ...notes.map((note) => note.ends_s));
  return { high, perSecond: canvas.width / endS, perPitch: canvas.height / (high - low + 1) };
}

function drawVoice(context, view, notes, colour) {
  context.fillStyle = colour;
  for (const { pitch, at_s, ends_s } of notes) {
    const width = Math.max(1, (ends_s - at_s) * view.perSecond - 1);
    context.fillRect(at_s * view.perSecond, (view.high - pitch) * view.perPitch, width, Math.max(2, view.perPitch));
  }
}
