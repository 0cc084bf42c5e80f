// Answers for the page of verification and its parts when there is no connection; asks the server first when there is.
const KEPT = "xac-minh";

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  if (method !== "GET" || !url.startsWith(location.origin)) return;
  const { pathname } = new URL(url);
  const page = new URL("./", location.href).pathname;
  // Whether a certificate is still valid is never answered from what was kept.
  if (pathname.startsWith(page) && pathname !== page) return;
  event.respondWith(fetch(event.request).catch(() => kept(mode === "navigate" ? page : url)));
});

async function kept(url) {
  const found = await caches.match(url, { cacheName: KEPT, ignoreSearch: true, ignoreVary: true });
  return found ?? Response.error();
}
