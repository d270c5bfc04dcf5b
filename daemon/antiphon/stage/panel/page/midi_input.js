// A MIDI keyboard that the browser itself can read, where it has Web MIDI (not on plain http, not everywhere).

export const hasWebMidi = () => "requestMIDIAccess" in navigator;

/** Asks for the keyboards and plays what they play; gives their names. */
export async function listenToMidi(keys, changed) {
  const access = await navigator.requestMIDIAccess();
  const listen = () => {
    for (const input of access.inputs.values()) input.onmidimessage = (event) => play(keys, input, event);
    changed([...access.inputs.values()].map((input) => input.name ?? "a keyboard"));
  };
  access.addEventListener("statechange", listen);
  listen();
}

function play(keys, input, { data, timeStamp }) {
  const [status, pitch, velocity] = data;
  const kind = status & 0xf0;
  const by = `${input.id} ${status & 0x0f}`;
  if (kind === 0x90 && velocity > 0) keys.press(pitch, velocity, by, timeStamp / 1000);
  else if (kind === 0x90 || kind === 0x80) keys.release(pitch, by, timeStamp / 1000);
}
