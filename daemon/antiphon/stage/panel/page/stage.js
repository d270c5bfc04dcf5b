// The roll alone, for a projector.

import { meetDaemon } from "./daemon.js";
import { byId } from "./dom.js";
import { Roll } from "./roll.js";
import { StatusLine } from "./status_line.js";
import { applyTheme, followTheme } from "./theme.js";

applyTheme();
const daemon = meetDaemon((message) => {
  if (message.type === "state") status.hear(message);
  for (const past of message.history ?? []) if (past.type === "state") status.hear(past);
});
const status = new StatusLine(daemon.music, daemon.nowS);
const roll = new Roll(byId("roll"), daemon.music, daemon.nowS);
followTheme(() => roll.recolour());
