for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-once]")) delete form.dataset.sent;
});
document.querySelector("[data-focus]")?.focus();
const offer = document.querySelector("form[data-push]");
if (offer && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window) {
  const only = { createScriptURL: () => "/service-worker.js" };
  const address = window.trustedTypes ? trustedTypes.createPolicy("varde-push", only).createScriptURL("") : only.createScriptURL();
  offer.hidden = false;
  offer.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await navigator.serviceWorker.register(address);
      const worker = await navigator.serviceWorker.ready;
      const options = { userVisibleOnly: true, applicationServerKey: offer.dataset.push };
      const { endpoint, keys } = (await worker.pushManager.subscribe(options)).toJSON();
      offer.elements.endpoint.value = endpoint;
      offer.elements.p256dh.value = keys.p256dh;
      offer.elements.auth.value = keys.auth;
      offer.submit();
    } catch {
      const told = offer.querySelector("[data-refused]");
      told.textContent = told.dataset.refused;
    }
  });
}
