// A table's region can be reached with the keyboard only while there is something to scroll.
export function watchTables() {
  const watcher = new ResizeObserver((entries) => entries.forEach((entry) => mark(entry.target)));
  document.querySelectorAll(".portal-table-region").forEach((region) => {
    watcher.observe(region);
    mark(region);
  });
}

function mark(region) {
  if (region.scrollWidth > region.clientWidth + 1) region.setAttribute("tabindex", "0");
  else region.removeAttribute("tabindex");
}
