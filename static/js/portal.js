// Everything here makes a page more comfortable; no page needs it.
import { initAll } from "../../node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.js";
import { startAutosave } from "./autosave.js";
import { comeBackToErrors } from "./back.js";
import { watchFiles } from "./files.js";
import { forgetOnSignOut } from "./kept.js";
import { leaveNothing } from "./leaving.js";
import { watchOthers } from "./live.js";
import { forgetLeavers } from "./visits/leavers.js";
import { sendOnce } from "./once.js";
import { askPasskeys } from "./passkeys.js";
import { startPolling } from "./progress.js";
import { startReveals } from "./reveal.js";
import { startSpeaking } from "./speak.js";
import { watchTables } from "./tables.js";

watchOthers(); // keeps what the server sent, before it is changed here
initAll();
document.querySelectorAll("form[data-autosave]").forEach(startAutosave);
document.querySelectorAll("[data-poll]").forEach(startPolling);
startReveals();
watchFiles(); // before a form counts as sent
askPasskeys(); // and while a passkey is asked, nothing is sent
sendOnce();
forgetOnSignOut();
leaveNothing();
forgetLeavers(document.body.dataset.person).catch(() => {});
watchTables();
startSpeaking();
comeBackToErrors();
