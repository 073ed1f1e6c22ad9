// Draws <figure data-chart="id"> from the JSON in <script type="application/json" id="id">.
// The table beneath says the same without a script; the chart itself is hidden from screen readers.
// kind "trend": months along the bottom, columns and lines; kind "comparison": one bar per place.

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const ROW = 34;

const text = () => ({ color: token("--grey"), fontFamily: token("--font"), fontSize: 12 });
const number = (value) => (value === null || value === undefined ? "—" : Number(value).toLocaleString("en-US"));
const palette = () => [token("--accent"), "#e3b9b5", "#7d8795", token("--good"), token("--warn-lamp")];

const base = () => ({
  textStyle: { fontFamily: token("--font") },
  animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
  animationDuration: 300,
  aria: { enabled: false },
});

function tooltip(series) {
  return {
    trigger: "axis",
    renderMode: "richText",
    confine: true,
    backgroundColor: token("--paper"),
    borderColor: token("--grey-line"),
    padding: [8, 12],
    textStyle: { ...text(), color: token("--ink"), fontSize: 13, lineHeight: 20 },
    axisPointer: { type: "shadow", shadowStyle: { color: "rgba(27,35,48,0.05)" } },
    formatter: (points) =>
      [points[0].axisValueLabel]
        .concat(points.map((p) => `${p.seriesName}　${number(p.value)}${series[p.seriesIndex].unit ?? ""}`))
        .join("\n"),
  };
}

const valueAxis = (extra) => ({
  type: "value",
  splitNumber: 4,
  minInterval: 1,
  axisLabel: { ...text(), formatter: number },
  splitLine: { lineStyle: { color: token("--grey-line") } },
  ...extra,
});

function legend(series) {
  return {
    show: series.length > 1,
    top: 0,
    right: 0,
    itemWidth: 12,
    itemHeight: 8,
    itemGap: 16,
    icon: "roundRect",
    textStyle: text(),
    data: series.map((one) => one.name),
  };
}

function trendSeries(one, index, all) {
  const isLine = one.type === "line";
  // Columns stand back in a pale tint when a line runs before them.
  const colour = all.length > 1 && !isLine ? palette()[1] : palette()[index === 1 && !isLine ? 2 : 0];
  return {
    name: one.name,
    type: isLine ? "line" : "bar",
    yAxisIndex: one.axis ?? 0,
    data: one.values,
    z: isLine ? 3 : 2,
    color: one.colour ?? (all.filter((s) => s.type === one.type).length > 1 ? palette()[index] : colour),
    barMaxWidth: 22,
    itemStyle: isLine ? {} : { borderRadius: [3, 3, 0, 0] },
    lineStyle: { width: 2 },
    symbol: "circle",
    symbolSize: 6,
    showSymbol: one.values.length <= 24,
  };
}

function trend({ labels, series }) {
  const two = series.some((one) => one.axis === 1);
  const unit = (axis) => series.find((one) => (one.axis ?? 0) === axis)?.unit ?? "";
  const name = (axis) => ({ name: unit(axis), nameGap: 12, nameTextStyle: { ...text(), align: axis ? "right" : "left" } });
  const axes = [valueAxis(name(0))];
  if (two) axes.push(valueAxis({ ...name(1), splitLine: { show: false } }));
  return {
    ...base(),
    grid: { top: 52, right: 4, bottom: 4, left: 4, containLabel: true },
    legend: legend(series),
    tooltip: tooltip(series),
    xAxis: {
      type: "category",
      data: labels,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: token("--grey-edge") } },
      axisLabel: { ...text(), hideOverlap: true },
    },
    yAxis: axes,
    series: series.map(trendSeries),
  };
}

function comparison({ labels, series }) {
  return {
    ...base(),
    grid: { top: series.length > 1 ? 36 : 4, right: 64, bottom: 4, left: 4, containLabel: true },
    legend: legend(series),
    tooltip: tooltip(series),
    xAxis: valueAxis({ show: false }),
    yAxis: {
      type: "category",
      inverse: true,
      data: labels,
      axisTick: { show: false },
      axisLine: { show: false },
      axisLabel: { ...text(), color: token("--ink"), fontSize: 13, width: 120, overflow: "break", interval: 0 },
    },
    series: series.map((one, index) => ({
      name: one.name,
      type: "bar",
      data: one.values,
      color: palette()[index],
      barMaxWidth: 14,
      cursor: "default",
      itemStyle: { borderRadius: [0, 3, 3, 0] },
      label: { show: true, position: "right", ...text(), formatter: ({ value }) => `${number(value)}${one.unit ?? ""}` },
    })),
  };
}

const KINDS = { trend, comparison };

function stageOf(figure, chart) {
  const stage = document.createElement("div");
  stage.className = `chart-stage ${chart.kind}`;
  stage.setAttribute("aria-hidden", "true");
  figure.append(stage);
  const rows = chart.labels.length * chart.series.length;
  const height = chart.kind === "comparison" ? Math.max(rows * ROW + (chart.series.length > 1 ? 44 : 8), 120) : undefined;
  const drawn = echarts.init(stage, null, { renderer: "canvas", height });
  if (chart.urls) drawn.on("click", ({ dataIndex }) => location.assign(chart.urls[dataIndex]));
  new ResizeObserver(() => drawn.resize({ width: "auto", height: height ?? "auto" })).observe(figure);
  return drawn;
}

// Each figure with its chart and the JSON that it shows: newer JSON may come by htmx.
const shown = new WeakMap();

function show(figure) {
  const text = document.getElementById(figure.dataset.chart)?.textContent;
  const chart = text && JSON.parse(text);
  const before = shown.get(figure);
  if (!chart || !KINDS[chart.kind] || before?.text === text) return;
  const drawn = before?.drawn ?? stageOf(figure, chart);
  drawn.setOption(KINDS[chart.kind](chart));
  shown.set(figure, { drawn, text });
}

const showAll = () => globalThis.echarts && document.querySelectorAll("figure[data-chart]").forEach(show);
document.addEventListener("htmx:load", showAll);
showAll();
