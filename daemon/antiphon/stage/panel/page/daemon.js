// What both pages know: the connection, the music so far, and the present in the daemon's clock.

import { Connection, pageS } from "./connection.js";
import { byId, say } from "./dom.js";
import { Music } from "./music.js";

/** The address of the WebSocket beside this page; a token in the page's address goes with it. */
function socketAddress() {
  const address = new URL("ws", location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  address.search = location.search;
  return address.href;
}

/** Connects; `hear` is told every message after the music has taken it in. */
export function meetDaemon(hear) {
  const connection = new Connection(socketAddress());
  const daemon = {
    connection,
    music: new Music(),
    /** Null until the clocks are compared. */
    nowS: () => (connection.clock.known ? connection.clock.toDaemon(pageS()) : null),
  };
  connection.addEventListener("open", () => showNotice(""));
  connection.addEventListener("lost", () => {
    daemon.music.release(daemon.nowS() ?? 0);
    showNotice("The connection to Antiphon is lost. This page comes back by itself as soon as Antiphon answers.");
  });
  connection.addEventListener("message", ({ detail: message }) => take(daemon, message, hear));
  return daemon;
}

/** A line over the page; "" takes it away. */
export function showNotice(text) {
  say(byId("notice"), text);
  byId("notice").hidden = !text;
}

// After a reload or a new connection, `history` tells again what was told before: the roll starts anew from it.
function take(daemon, message, hear) {
  if (message.type === "hello") {
    Object.assign(daemon.music, new Music());
    for (const past of message.history ?? []) daemon.music.hear(past);
  } else {
    daemon.music.hear(message);
  }
  if (message.type === "lost") showNotice(`Nothing is played just now: ${message.why}. It comes back by itself.`);
  if (message.type === "back") showNotice("");
  hear(message);
}
