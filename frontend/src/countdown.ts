// How long is left, by the server's clock.
import { each, part, say, serverNow } from "./lib";

each("[data-countdown]", (element) => {
  const until = Date.parse(element.dataset.countdown ?? "");
  const place = part(element, "[data-left]") ?? element;
  if (Number.isNaN(until)) return;
  const tick = (): void => {
    const minutes = Math.floor((until - serverNow()) / 60_000);
    const days = Math.floor(minutes / 1440);
    const hours = Math.floor((minutes % 1440) / 60);
    let text = say("closed");
    if (minutes >= 1440) text = say("daysLeft", { days, hours });
    else if (minutes >= 60) text = say("hoursLeft", { hours, minutes: minutes % 60 });
    else if (until > serverNow()) text = say("minutesLeft", { minutes: Math.max(1, minutes) });
    if (place.textContent !== text) place.textContent = text;
    element.classList.toggle("is-near", minutes < 1440 && until > serverNow());
    element.classList.toggle("is-over", until <= serverNow());
  };
  tick();
  setInterval(tick, 15_000);
});
