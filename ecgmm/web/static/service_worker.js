/** Keeps the page itself, so that it opens without the server. Readings and uploads are never kept. */

const CACHE = "ecgmm-page";
const PAGES = ["/", "/monitor"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(PAGES)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  const isPage = PAGES.includes(pathname) || pathname.startsWith("/static/");
  if (event.request.method === "GET" && origin === self.location.origin && isPage) {
    event.respondWith(fresh(event.request));
  }
});

/** From the server, and kept; from what was kept where there is no server. */
async function fresh(request) {
  const cache = await caches.open(CACHE);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(request, response.clone());
    return response;
  } catch (error) {
    const kept = await cache.match(request);
    if (!kept) throw error;
    return kept;
  }
}
