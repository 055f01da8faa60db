// Serves the pages of visits from the phone when the server cannot be reached. It sends nothing, and it keeps
// nothing: what is on the phone was put there by the page, so that nothing comes back after signing out.
import { clientsClaim } from "workbox-core";
import { registerRoute } from "workbox-routing";
import { CacheFirst, NetworkFirst } from "workbox-strategies";

self.skipWaiting();
clientsClaim();

const SCOPE = "/visits/phone/";
const PARTS = new Set(["style", "script", "image", "font"]);
const keepsNothing = { cacheWillUpdate: async () => null };

registerRoute(
  ({ request, url }) => request.mode === "navigate" && url.pathname.startsWith(SCOPE),
  new NetworkFirst({
    cacheName: "visit-pages",
    networkTimeoutSeconds: 6,
    matchOptions: { ignoreSearch: true },
    plugins: [keepsNothing],
  }),
);
// Our own files, as they were when the pages were last kept: both belong together.
registerRoute(
  ({ request, url }) => url.origin === self.location.origin && PARTS.has(request.destination) && !url.pathname.startsWith("/visits/"),
  new CacheFirst({ cacheName: "visit-assets", plugins: [keepsNothing] }),
);
