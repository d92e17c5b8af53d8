// Heavy readers are fetched only when their place comes near the screen.
import { each } from "./lib";

each("[data-pdf-src]", (element) => whenNear(element, async () => (await import("./pdf")).showPdf(element)));
each("[data-matrix]", (element) => whenNear(element, async () => (await import("./matrix")).showMatrix(element)));
each("[data-chart]", (element) => whenNear(element, async () => (await import("./charts")).drawChart(element)));

function whenNear(element: HTMLElement, run: () => Promise<void>): void {
  const start = (): void => {
    run().catch(() => element.dispatchEvent(new CustomEvent("judging:failed")));
  };
  if (!("IntersectionObserver" in window)) return start();
  const watch = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    watch.disconnect();
    start();
  }, { rootMargin: "400px" });
  watch.observe(element);
}
