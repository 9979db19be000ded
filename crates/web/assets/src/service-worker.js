// Shows what a push message says, and opens its page when it is pressed. It keeps nothing and answers no request of a page.
addEventListener("push", (event) => {
  const { title, body, path, key } = event.data.json();
  event.waitUntil(registration.showNotification(title, { body, tag: key, data: path }));
});
addEventListener("notificationclick", (event) => {
  event.notification.close();
  const page = new URL(event.notification.data, location.origin);
  if (page.origin === location.origin) event.waitUntil(clients.openWindow(page.href));
});
// A new worker needs not wait for pages: it has nothing to do with them.
addEventListener("install", () => skipWaiting());
