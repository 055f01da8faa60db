// A radio button may open further questions. The design system's own script for it marks the
// button as expandable, which a radio button cannot be (ARIA), so this is ours.
export function startReveals() {
  document.querySelectorAll("[data-reveals]").forEach((group) => {
    group.addEventListener("change", () => show(group));
    show(group);
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("[data-reveals]").forEach(show));
}

function show(group) {
  group.querySelectorAll("input[data-aria-controls]").forEach((radio) => {
    const part = document.getElementById(radio.dataset.ariaControls);
    part?.classList.toggle("govuk-radios__conditional--hidden", !radio.checked);
  });
}
