// Long work: asks the server how far it is, and moves on when it is done.
// Answer: {"done": 3, "total": 20, "words": "…", "state": "working" | "done" | "failed", "next": "/path"}
const FIRST_WAIT = 800;
const LONGEST_WAIT = 5000;

export function startPolling(block) {
  let wait = FIRST_WAIT;
  const again = () => setTimeout(ask, (wait = Math.min(wait * 1.3, LONGEST_WAIT)));

  async function ask() {
    try {
      const answer = await fetch(block.dataset.poll, {
        headers: { "X-Requested-With": "progress", Accept: "application/json" },
      });
      if (!answer.ok) return again();
      const told = await answer.json();
      show(block, told);
      if (told.state === "done" || told.state === "failed") return leave(told.next);
    } catch {
      // the connection comes back, or the link "Check again" works
    }
    again();
  }
  again();
}

function show(block, told) {
  const bar = block.querySelector("progress");
  const words = block.querySelector(".portal-progress__words");
  if (told.total) {
    bar.max = told.total;
    bar.value = told.done;
  }
  if (told.words && words.textContent !== told.words) words.textContent = told.words;
}

function leave(next) {
  if (next && next.startsWith("/") && !next.startsWith("//")) location.assign(next);
  else location.reload();
}
