// A file that is too large is told beside its field before it is sent: the server, which looks again,
// would have to turn the whole page away.
import { fieldError } from "./notes.js";
import { groupOf } from "./groups.js";

const MEGABYTE = 1024 * 1024;

export function watchFiles() {
  document.addEventListener("change", (event) => {
    if (isLimited(event.target)) look(event.target);
  });
  document.addEventListener("submit", (event) => {
    const files = [...event.target.elements].filter(isLimited);
    files.filter(isHidden).forEach((control) => (control.value = "")); // another choice was made
    const tooLarge = files.filter((control) => !look(control));
    if (!tooLarge.length) return;
    event.preventDefault();
    const group = groupOf(tooLarge[0]);
    group.scrollIntoView({ block: "nearest" });
    (group.querySelector(".govuk-file-upload-button") || tooLarge[0]).focus();
  });
}

const isLimited = (control) => control.type === "file" && control.dataset.mostBytes && control.name;
const isHidden = (control) => !groupOf(control).offsetParent;

// Whether the chosen file may be sent; what is wrong with it is said beside the field.
function look(control) {
  const most = Number(control.dataset.mostBytes);
  const large = [...control.files].find((file) => file.size > most);
  const words = large
    ? `This file is ${(large.size / MEGABYTE).toFixed(1)} MB. A file can be up to ${most / MEGABYTE} MB: choose a smaller one.`
    : "";
  const group = groupOf(control);
  if (words || group.querySelector("[id$='-autosave-error']")) fieldError(group, control, words);
  return !large;
}
