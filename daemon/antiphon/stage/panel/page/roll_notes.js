// The notes on the roll: the player's are filled; an answer's are outlines that fill as they sound.

const LEAST_WIDTH = 4;

export function drawNotes(context, view, music) {
  const shown = (note) => (note.endsS ?? view.nowS) > view.fromS && note.atS < view.toS;
  for (const note of music.player.filter(shown)) drawPlayed(context, view, note);
  for (const answer of music.answers) {
    const notes = answer.notes.filter(shown);
    for (const note of notes.filter((one) => one.part)) drawAnswered(context, view, note, answer.cutS);
    for (const note of notes.filter((one) => !one.part)) drawAnswered(context, view, note, answer.cutS);
  }
}

function drawPlayed(context, view, note) {
  const box = boxOf(view, note.pitch, note.atS, note.endsS ?? view.nowS);
  context.fillStyle = view.colours.player;
  rounded(context, box);
  context.fill();
}

function drawAnswered(context, view, note, cutS) {
  const untilS = cutS === null ? note.endsS : Math.min(note.endsS, cutS);
  if (cutS !== null && cutS < note.endsS) drawGhost(context, view, note, Math.max(note.atS, cutS));
  if (untilS <= note.atS) return;
  const box = boxOf(view, note.pitch, note.atS, untilS);
  fillSounded(context, view, note, box, untilS);
  context.strokeStyle = colourOf(view, note);
  context.lineWidth = 2;
  rounded(context, inset(box, 1));
  context.stroke();
  if (note.quoted) drawQuoted(context, view, box);
}

/** Each part has a colour of its own, beside that of the answer. */
function colourOf({ colours }, { part }) {
  return colours[part] ?? colours.answer;
}

/** A planned note fills up to the present; what has sounded is full. */
function fillSounded(context, view, note, box, untilS) {
  const share = (Math.min(view.nowS, untilS) - note.atS) / (untilS - note.atS);
  if (share <= 0) return;
  context.fillStyle = colourOf(view, note);
  rounded(context, { ...box, width: Math.max(2, box.width * Math.min(1, share)) });
  context.fill();
}

/** What an answer would have played, had it not been cut off. */
function drawGhost(context, view, note, fromS) {
  const box = boxOf(view, note.pitch, fromS, note.endsS);
  context.save();
  context.setLineDash([4, 4]);
  context.strokeStyle = view.colours.ghost;
  context.lineWidth = 1.5;
  rounded(context, inset(box, 1));
  context.stroke();
  context.restore();
}

/** A diamond over the note: the memory quoted here what was played before. */
function drawQuoted(context, view, box) {
  const size = Math.max(4, Math.min(7, box.height * 0.6));
  const [x, y] = [box.x + size + 1, box.y - size - 2];
  context.fillStyle = view.colours.quoted;
  context.beginPath();
  context.moveTo(x, y - size);
  context.lineTo(x + size, y);
  context.lineTo(x, y + size);
  context.lineTo(x - size, y);
  context.fill();
}

function boxOf(view, pitch, fromS, toS) {
  const x = view.x(fromS);
  const height = Math.max(5, view.rowHeight - 1);
  return { x, y: view.y(pitch) + (view.rowHeight - height) / 2, width: Math.max(LEAST_WIDTH, view.x(toS) - x - 1), height };
}

function inset(box, by) {
  return { x: box.x + by, y: box.y + by, width: Math.max(1, box.width - 2 * by), height: Math.max(1, box.height - 2 * by) };
}

function rounded(context, { x, y, width, height }) {
  context.beginPath();
  context.roundRect(x, y, width, height, Math.min(3, width / 2));
}
