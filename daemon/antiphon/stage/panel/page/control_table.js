// The controls of the page as rows. `setting` is a name of config.toml, `control` one of its section [control].

export const KNOBS = [
  { title: "Temperature", setting: "sampling.temperature", control: "temperature", low: 0.1, high: 2, step: 0.05 },
  { title: "Memory", setting: "sampling.memory", control: "memory", low: 0, high: 3, step: 0.1 },
  { title: "Closeness", setting: "shape.closeness", control: "closeness", low: 0, high: 1, step: 0.05 },
  { title: "Cadence", setting: "shape.cadence", control: "cadence", low: 0, high: 1, step: 0.05 },
  { title: "Candidates", setting: "answer.candidates", control: "candidates", low: 1, high: 64, step: 1 },
  { title: "Length", setting: "answer.bars", control: "bars", low: 0, high: 16, step: 1, zero: "yours", unit: " bars" },
  { title: "Timing", setting: "feel.timing", control: "timing", low: 0, high: 1, step: 0.05 },
  { title: "Dynamics", setting: "feel.dynamics", control: "dynamics", low: 0, high: 1, step: 0.05 },
];

export const CHOICES = [
  { title: "Mode", setting: "answer.mode", control: "mode", choices: ["answer", "continue", "trade", "accompany"] },
  { title: "Start", setting: "answer.start", choices: ["now", "beat", "bar"] },
  { title: "Model", setting: "model.name", choices: [] },
  { title: "Pattern", setting: "harmony.pattern", choices: ["held", "beat", "boom-chick", "arpeggio", "player"] },
  { title: "Clock", setting: "clock.source", control: "clock", choices: ["internal", "midi", "link", "jack"] },
  { title: "Tempo", setting: "tempo.mode", choices: ["follow", "fixed"] },
];

/** `key` is what presses the button on the computer's keyboard, as KeyboardEvent.key has it. */
export const BUTTONS = [
  { title: "Now", control: "answer_now", key: " ", shown: "Space", help: "Your phrase ends; the answer begins." },
  { title: "Again", control: "again", key: "1", shown: "1", help: "Another answer to the phrase that was answered last." },
  { title: "Motif", control: "motif", key: "2", shown: "2", help: "The next answer keeps to the motif of the last one." },
  { title: "Bass", control: "bass", key: "7", shown: "7", help: "A bass plays with the answer, or no longer." },
  { title: "Chords", control: "chords", key: "8", shown: "8", help: "Chords play with the answer, or no longer." },
  { title: "Second voice", control: "second_voice", key: "9", shown: "9", help: "A second voice goes with the answer." },
  { title: "Stop", control: "stop", key: "Backspace", shown: "⌫", help: "The answer ends." },
  { title: "Panic", control: "panic", key: "Escape", shown: "Esc", help: "All notes end." },
  { title: "New take", control: "record", key: "Enter", shown: "Enter", help: "The take ends, or a new one begins." },
];
