// Under the roll, aligned with the notes: how sure the model was of each symbol, and the temperature it was
// drawn with.

const MOST_ENTROPY = 3.5; // nats
const MOST_TEMPERATURE = 2;
const LONGEST_S = 4;

export function drawSymbols(context, view, answers) {
  const room = { top: view.symbolsTop + 6, height: view.height - view.symbolsTop - 8 };
  for (const answer of answers) {
    const symbols = answer.symbols.filter((symbol) => symbol.atS < view.toS && symbol.atS > view.fromS - LONGEST_S);
    drawEntropy(context, view, room, symbols, answer);
    drawTemperature(context, view, room, symbols, answer);
  }
  drawLabels(context, view, room);
}

function drawEntropy(context, view, room, symbols, answer) {
  symbols.forEach((symbol, index) => {
    const height = (Math.min(symbol.entropy, MOST_ENTROPY) / MOST_ENTROPY) * room.height;
    const [left, right] = [view.x(symbol.atS), view.x(endOf(symbols, index, answer))];
    context.fillStyle = isCut(symbol, answer) ? view.colours.ghost : view.colours.entropy;
    context.fillRect(left, room.top + room.height - height, Math.max(1, right - left - 1), height);
  });
}

function drawTemperature(context, view, room, symbols, answer) {
  context.strokeStyle = view.colours.temperature;
  context.lineWidth = 2;
  context.beginPath();
  symbols.forEach((symbol, index) => {
    const share = Math.min(symbol.temperature, MOST_TEMPERATURE) / MOST_TEMPERATURE;
    const y = room.top + room.height * (1 - share);
    const x = view.x(symbol.atS);
    if (index) context.lineTo(x, y);
    else context.moveTo(x, y);
    context.lineTo(view.x(endOf(symbols, index, answer)), y);
  });
  context.stroke();
}

function drawLabels(context, view, room) {
  const labels = [["entropy", view.colours.entropy], ["temperature", view.colours.temperature]];
  let x = 4;
  for (const [text, colour] of labels) {
    context.fillStyle = colour;
    context.fillRect(x, room.top + 2, 10, 10);
    context.fillStyle = view.colours.text;
    context.fillText(text, x + 14, room.top + 12);
    x += 26 + context.measureText(text).width;
  }
}

function endOf(symbols, index, answer) {
  return symbols[index + 1]?.atS ?? Math.max(symbols[index].atS + 0.05, answer.endsS);
}

function isCut(symbol, answer) {
  return answer.cutS !== null && symbol.atS >= answer.cutS;
}
