// Serves the pages of visits from the phone when the server cannot be reached. It sends nothing.
import { clientsClaim } from "workbox-core";
import { registerRoute } from "workbox-routing";
import { NetworkFirst, StaleWhileRevalidate } from "workbox-strategies";

self.skipWaiting();
clientsClaim();

const SCOPE = "/visits/phone/";
const PARTS = new Set(["style", "script", "image", "font"]);
const keepsNothing = { cacheWillUpdate: async () => null }; // pages are kept by the page, with care

registerRoute(
  ({ request, url }) => request.mode === "navigate" && url.pathname.startsWith(SCOPE),
  new NetworkFirst({
    cacheName: "visit-pages",
    networkTimeoutSeconds: 6,
    matchOptions: { ignoreSearch: true },
    plugins: [keepsNothing],
  }),
);
registerRoute(
  ({ request, url }) => url.origin === self.location.origin && PARTS.has(request.destination) && !url.pathname.startsWith("/visits/"),
  new StaleWhileRevalidate({ cacheName: "visit-assets" }),
);
