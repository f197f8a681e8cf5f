// Keeps on the telephone what is needed without a network: the styles, a page that says so,
// and bills and receipts that their reader has opened. GIVEN is written before this line.
const SHELL = `shell-${GIVEN.release}`;
const PRIVATE = "private";
const MOST_KEPT = 40;
const HASHED = /\.[0-9a-f]{12}\./;
// Bills, their PDF, statements, receipts of payments, proofs of readings, the list of papers.
const KEPT =
  /^[^/]+\/(charges\/\d{4}-\d\d\/(bill\.pdf)?|documents\/(statement\/[0-9a-f-]{36}\/pdf\/)?|payments\/[0-9a-f-]{36}\/receipt\/|readings\/[0-9a-f-]{36}\/)$/;

addEventListener("install", (event) => {
  // Without cookies: the page of nobody in particular.
  const page = new Request(GIVEN.offline, { credentials: "omit" });
  const fill = async () => (await caches.open(SHELL)).addAll([page, ...GIVEN.shell]);
  event.waitUntil(fill().then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  const tidy = async () => {
    const names = await caches.keys();
    const old = names.filter((name) => name.startsWith("shell-") && name !== SHELL);
    await Promise.all(old.map((name) => caches.delete(name)));
    await clients.claim();
  };
  event.waitUntil(tidy());
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  // Whoever leaves, or comes in, finds nothing of whoever was here before.
  if (request.method === "POST" && GIVEN.leaving.includes(url.pathname)) {
    event.waitUntil(caches.delete(PRIVATE));
  } else if (request.method !== "GET") {
    return;
  } else if (url.pathname.startsWith("/static/")) {
    event.respondWith(file(request));
  } else if (isKept(url)) {
    event.respondWith(paper(request));
  } else if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => offline()));
  }
});

function offline() {
  return caches.match(GIVEN.offline, { ignoreVary: true });
}

function isKept(url) {
  const inside = url.pathname.startsWith(GIVEN.accounts);
  return inside && !url.search && KEPT.test(url.pathname.slice(GIVEN.accounts.length));
}

// A file whose name changes with its content is never asked for twice.
async function file(request) {
  const there = await caches.match(request, { ignoreVary: true });
  if (there && HASHED.test(request.url)) return there;
  try {
    const answer = await fetch(request);
    if (answer.ok && HASHED.test(request.url)) await keep(SHELL, request, answer);
    return answer;
  } catch (error) {
    if (there) return there;
    throw error;
  }
}

// A paper comes fresh while there is a network, and from the telephone otherwise.
async function paper(request) {
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) await keep(PRIVATE, request, answer);
    return answer;
  } catch {
    const there = await caches.match(request, { cacheName: PRIVATE, ignoreVary: true });
    return there || offline();
  }
}

async function keep(name, request, answer) {
  const cache = await caches.open(name);
  await cache.put(request, answer.clone());
  if (name !== PRIVATE) return;
  const papers = await cache.keys();
  await Promise.all(papers.slice(0, -MOST_KEPT).map((old) => cache.delete(old)));
}
