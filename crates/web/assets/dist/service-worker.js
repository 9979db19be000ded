addEventListener("push", (event) => {
  const { title, body, path, key } = event.data.json();
  event.waitUntil(registration.showNotification(title, { body, tag: key, data: path }));
});
addEventListener("notificationclick", (event) => {
  event.notification.close();
  const page = new URL(event.notification.data, location.origin);
  if (page.origin === location.origin) event.waitUntil(clients.openWindow(page.href));
});
addEventListener("install", () => skipWaiting());
