// Charts people would rather look at than read. Drawn as SVG, in the colours of the page; a table beside each says the same.
import { BarChart, CustomChart, GraphChart, LineChart, ScatterChart } from "echarts/charts";
import { AriaComponent, GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { init, use, type EChartsCoreOption } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { say } from "./lib";

use([BarChart, CustomChart, GraphChart, LineChart, ScatterChart, AriaComponent, GridComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);

interface Item {
  label: string;
  value: number;
  low?: number;
  high?: number;
  note?: string;
  flag?: boolean;
  done?: number;
  total?: number;
}
interface Bin {
  from: number;
  to: number;
  n: number;
}
interface Line {
  at: number;
  label?: string;
}
interface Node {
  name: string;
  value: number;
  part: number;
}
interface Edge {
  source: number;
  target: number;
  value: number;
}
interface Data {
  nodes?: Node[];
  links?: Edge[];
  items?: Item[];
  bins?: Bin[];
  values?: number[];
  width?: number;
  lines?: Line[];
  cuts?: Line[];
  unit?: string;
  zero?: string;
  left?: string;
  right?: string;
  horizontal?: boolean;
  joined?: boolean;
}

const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const ROW = 26;
const SHAPES = ["circle", "diamond", "triangle", "rect"];

export function drawChart(figure: HTMLElement): void {
  const area = figure.querySelector<HTMLElement>("[data-area]");
  const data = JSON.parse(figure.querySelector("script[type='application/json']")?.textContent || "{}") as Data;
  const kind = figure.dataset.chart ?? "";
  const make = kinds[kind];
  if (!area || !make) return;
  area.style.height = `${heightOf(kind, data)}px`;
  const chart = init(area, null, { renderer: "svg" });
  const draw = (): void => chart.setOption({ ...common(), ...make(data, area.clientWidth) }, true);
  draw();
  new ResizeObserver(() => {
    chart.resize();
    draw();
  }).observe(area);
  addEventListener("beforeprint", () => chart.resize());
}

function heightOf(kind: string, data: Data): number {
  const rows = data.items?.length ?? 0;
  if (kind === "links") return (data.nodes?.length ?? 0) > 60 ? 640 : 480;
  if (kind === "histogram" || (kind === "bars" && !data.horizontal)) return 260;
  return Math.max(120, rows * ROW + 64);
}

function common(): EChartsCoreOption {
  return {
    animation: false,
    aria: { enabled: true },
    color: [token("--accent")],
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 13, color: token("--ink") },
    tooltip: { trigger: "item", confine: true, transitionDuration: 0, borderColor: token("--line"), textStyle: { color: token("--ink"), fontSize: 13 } },
    grid: { left: 8, right: 24, top: 24, bottom: 8, containLabel: true },
  };
}

const valueAxis = (extra: object = {}): object => ({
  type: "value",
  axisLabel: { color: token("--quiet") },
  splitLine: { lineStyle: { color: token("--line") } },
  ...extra,
});
const nameAxis = (names: string[], extra: object = {}): object => ({
  type: "category",
  data: names,
  axisLabel: { color: token("--ink"), interval: 0, width: 130, overflow: "truncate" },
  axisTick: { show: false },
  axisLine: { lineStyle: { color: token("--line-strong") } },
  ...extra,
});

function markLines(lines: Line[] | undefined, axis: "xAxis" | "yAxis"): object {
  return {
    silent: true,
    symbol: "none",
    lineStyle: { color: token("--accent"), type: "dashed", width: 1.5 },
    label: { color: token("--accent"), fontSize: 12, formatter: (line: { name: string }) => line.name },
    data: (lines ?? []).map((line) => ({ [axis]: line.at, name: line.label || say("cutLine") })),
  };
}

/** The least and greatest of the values, moved outwards to round numbers. */
function niceRange(values: number[]): [number | undefined, number | undefined] {
  if (!values.length) return [undefined, undefined];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const raw = (high - low || 1) / 6;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((n) => n * power >= raw) ?? 10);
  return [Math.floor(low / step) * step, Math.ceil(high / step) * step];
}

function binsOf(data: Data): Bin[] {
  if (data.bins) return data.bins;
  const width = data.width ?? 5;
  const values = data.values ?? [];
  if (!values.length) return [];
  const start = Math.floor(Math.min(...values) / width) * width;
  const stop = Math.floor(Math.max(...values) / width) * width + width;
  const bins: Bin[] = [];
  for (let from = start; from < stop - 1e-9; from += width) bins.push({ from, to: from + width, n: values.filter((value) => value >= from && value < from + width).length });
  return bins;
}

const kinds: Record<string, (data: Data, width: number) => EChartsCoreOption> = {
  histogram(data) {
    const bins = binsOf(data);
    const first = bins[0]?.from ?? 0;
    const last = bins[bins.length - 1]?.to ?? 1;
    return {
      grid: { left: 8, right: 24, top: 36, bottom: 8, containLabel: true },
      xAxis: valueAxis({ min: first, max: last, splitLine: { show: false }, axisLine: { show: true, lineStyle: { color: token("--line-strong") } }, name: data.unit, nameGap: 6 }),
      yAxis: valueAxis({ minInterval: 1 }),
      series: [{
        type: "custom",
        data: bins.map((bin) => [bin.from, bin.to, bin.n]),
        encode: { x: [0, 1], y: 2 },
        renderItem: (_: unknown, api: CustomApi) => {
          const [x0 = 0, y0 = 0] = api.coord([api.value(0), api.value(2)]);
          const [x1 = 0, y1 = 0] = api.coord([api.value(1), 0]);
          return { type: "rect", shape: { x: x0 + 1, y: y0, width: Math.max(1, x1 - x0 - 2), height: y1 - y0, r: [2, 2, 0, 0] }, style: { fill: token("--chart") } };
        },
        tooltip: { formatter: (point: { data: number[] }) => `${point.data[0]}–${point.data[1]}${data.unit ?? ""}<br>${say("count")} <b>${point.data[2]}</b>` },
        markLine: markLines(data.lines, "xAxis"),
      }],
    };
  },

  strip(data) {
    const items = [...(data.items ?? [])];
    return {
      grid: { left: 8, right: 24, top: 30, bottom: 8, containLabel: true },
      xAxis: valueAxis({ position: "top", name: "", axisLabel: { color: token("--quiet"), formatter: signed } }),
      yAxis: nameAxis(items.map((item) => item.label), { inverse: true }),
      series: intervals(items, [{ at: 0, label: data.zero ?? "" }], (item) => `${signed(item.value)}${item.note ? `<br>${escape(item.note)}` : ""}`, true),
    };
  },

  interval(data) {
    const items = [...(data.items ?? [])];
    const all = items.flatMap((item) => [item.low ?? item.value, item.high ?? item.value]).concat((data.cuts ?? []).map((cut) => cut.at));
    const [min, max] = niceRange(all);
    return {
      grid: { left: 8, right: 24, top: 30, bottom: data.cuts?.length ? 30 : 8, containLabel: true },
      xAxis: valueAxis({ position: "top", min, max }),
      yAxis: nameAxis(items.map((item) => item.label), { inverse: true }),
      series: intervals(items, data.cuts ?? [], (item) => `<b>${item.value}</b>${item.low !== undefined ? `<br>${say("interval")} ${item.low} – ${item.high}` : ""}${item.note ? `<br>${escape(item.note)}` : ""}`, false),
    };
  },

  progress(data) {
    const items = data.items ?? [];
    const share = (item: Item): number => (item.total ? ((item.done ?? 0) / item.total) * 100 : 0);
    return {
      grid: { left: 8, right: 8, top: 8, bottom: 8, containLabel: true },
      xAxis: valueAxis({ min: 0, max: 100, show: false }),
      yAxis: [
        nameAxis(items.map((item) => item.label), { inverse: true, axisLine: { show: false } }),
        nameAxis(items.map((item) => `${item.done ?? 0} / ${item.total ?? 0}`), { inverse: true, position: "right", axisLine: { show: false } }),
      ],
      series: [{
        type: "bar",
        barWidth: 10,
        showBackground: true,
        backgroundStyle: { color: token("--line"), borderRadius: 5 },
        itemStyle: { borderRadius: 5, color: token("--chart") },
        data: items.map((item) => ({ value: share(item), itemStyle: share(item) >= 100 ? { color: token("--success") } : undefined })),
        tooltip: { formatter: (point: { dataIndex: number }) => `${escape(items[point.dataIndex]?.label ?? "")}<br>${items[point.dataIndex]?.done} / ${items[point.dataIndex]?.total}` },
      }],
    };
  },

  /** Judges round a circle, group by group; lines to those who judge the same candidates. */
  links(data, width) {
    const nodes = (data.nodes ?? []).map((node, id) => ({ ...node, id })).sort((a, b) => a.part - b.part || a.id - b.id);
    const most = Math.max(1, ...(data.links ?? []).map((link) => link.value));
    const largest = Math.max(1, ...nodes.map((node) => node.value));
    const named = nodes.length <= 60 && width > 560;
    return {
      grid: undefined,
      series: [{
        type: "graph",
        layout: "circular",
        circular: { rotateLabel: true },
        left: named ? 110 : 24,
        right: named ? 110 : 24,
        top: named ? 80 : 24,
        bottom: named ? 80 : 24,
        roam: nodes.length > 60,
        label: { show: named, position: "right", color: token("--ink"), fontSize: 12, formatter: "{b}" },
        emphasis: { focus: "adjacency", label: { show: true } },
        itemStyle: { color: token("--chart") },
        lineStyle: { color: token("--quiet"), curveness: 0.15 },
        data: nodes.map((node) => ({
          id: String(node.id),
          name: node.name,
          value: node.value,
          symbolSize: 5 + 11 * Math.sqrt(node.value / largest),
          symbol: SHAPES[(node.part - 1) % SHAPES.length] ?? "circle",
          itemStyle: node.part > 1 ? { color: token(data.joined ? "--warning" : "--danger") } : undefined,
        })),
        links: (data.links ?? []).map((link) => ({
          source: String(link.source),
          target: String(link.target),
          value: link.value,
          lineStyle: { width: 0.5 + (3.5 * link.value) / most, opacity: 0.15 + (0.5 * link.value) / most },
        })),
        tooltip: { formatter: (point: { dataType: string; name: string; value: number }) => `${escape(point.dataType === "edge" ? "" : point.name)} <b>${point.value}</b>` },
      }],
    };
  },

  bars(data) {
    const items = data.items ?? [];
    const names = nameAxis(items.map((item) => item.label), data.horizontal ? { inverse: true } : {});
    const values = valueAxis({ minInterval: 1 });
    return {
      grid: { left: 8, right: data.horizontal ? 48 : 16, top: 28, bottom: 8, containLabel: true },
      xAxis: data.horizontal ? { ...values, show: false } : names,
      yAxis: data.horizontal ? names : values,
      series: [{
        type: "bar",
        barMaxWidth: data.horizontal ? 12 : 36,
        itemStyle: { color: token("--chart"), borderRadius: 2 },
        data: items.map((item) => item.value),
        label: { show: true, position: data.horizontal ? "right" : "top", color: token("--ink"), formatter: (point: { value: number }) => `${point.value}${data.unit ?? ""}` },
      }],
    };
  },
};

interface CustomApi {
  value(n: number): number;
  coord(point: number[]): number[];
}

/** A dot and its line per row; flagged ones are hollow and red, so that colour is not the only sign. */
function intervals(items: Item[], lines: Line[], tell: (item: Item) => string, centred: boolean): object[] {
  return [
    {
      type: "custom",
      silent: true,
      z: 2,
      data: items.map((item, n) => [item.low ?? item.value, item.high ?? item.value, n]),
      encode: { x: [0, 1], y: 2 },
      renderItem: (_: unknown, api: CustomApi) => {
        const [x0 = 0, y = 0] = api.coord([api.value(0), api.value(2)]);
        const [x1 = 0] = api.coord([api.value(1), api.value(2)]);
        const stroke = items[api.value(2)]?.flag ? token("--danger") : token("--chart");
        const end = (x: number): object => ({ type: "line", shape: { x1: x, y1: y - 4, x2: x, y2: y + 4 }, style: { stroke, lineWidth: 1.5 } });
        return { type: "group", children: [{ type: "line", shape: { x1: x0, y1: y, x2: x1, y2: y }, style: { stroke, lineWidth: 1.5 } }, end(x0), end(x1)] };
      },
    },
    {
      type: "scatter",
      z: 3,
      symbolSize: 9,
      data: items.map((item, n) => ({
        value: [item.value, n],
        itemStyle: item.flag ? { color: "#fff", borderColor: token("--danger"), borderWidth: 2.5 } : { color: token("--chart") },
        symbol: item.flag ? "diamond" : "circle",
        symbolSize: item.flag ? 12 : 9,
      })),
      tooltip: { formatter: (point: { dataIndex: number }) => `${escape(items[point.dataIndex]?.label ?? "")}<br>${tell(items[point.dataIndex]!)}` },
      markLine: centred ? { ...markLines(lines, "xAxis"), lineStyle: { color: token("--quiet"), type: "solid", width: 1 }, label: { show: false } } : markLines(lines, "xAxis"),
    },
  ];
}

const signed = (value: number): string => (value > 0 ? `+${value}` : String(value).replace("-", "−"));

function escape(text: string): string {
  const shell = document.createElement("span");
  shell.textContent = text;
  return shell.innerHTML;
}
