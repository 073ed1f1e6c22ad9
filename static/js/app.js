// Makes the pages under /my/ an app: they open without network once the worker keeps them.

async function register() {
  const options = { scope: "/my/", type: "module", updateViaCache: "none" };
  await navigator.serviceWorker.register("/my/worker.js", options);
  const registration = await navigator.serviceWorker.ready;
  const links = [...document.querySelectorAll("a[data-keep]")].map(({ pathname }) => pathname);
  registration.active.postMessage({ keep: [...new Set([location.pathname, ...links])] });
  return registration;
}

// A page that was kept is no old one any more when it can be asked for again.
addEventListener("online", () => document.querySelector("[data-offline]")?.remove());

// null where the browser has no workers (WeChat's, plain http) or does not know this kind of them.
export const worker = register().catch(() => null);
