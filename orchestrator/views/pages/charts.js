"use strict";
(() => {
  const drawn = [];
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const option = (spec) => {
    const soft = colour("soft"), line = colour("line"), bars = spec.kind === "bars";
    return {
      animation: false,
      grid: { left: 44, right: 16, top: 12, bottom: 28 },
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      xAxis: { type: "category", data: spec.labels, boundaryGap: bars, axisLine: { lineStyle: { color: line } }, axisTick: { show: false }, axisLabel: { color: soft, hideOverlap: true } },
      yAxis: { type: "value", min: 0, max: spec.top ?? undefined, minInterval: 1, splitNumber: 4, splitLine: { lineStyle: { color: line } }, axisLabel: { color: soft, formatter: `{value}${spec.unit}` } },
      series: spec.series.map((each, at) => ({
        name: each.name, data: each.values, type: bars ? "bar" : "line", stack: bars ? "all" : undefined, barMaxWidth: 34,
        symbol: "circle", symbolSize: spec.labels.length > 1 ? 5 : 9, showSymbol: spec.labels.length < 13, connectNulls: false,
        itemStyle: { color: colour(each.colour) }, lineStyle: { width: at ? 2 : 3 }, emphasis: { disabled: true },
        areaStyle: !bars && !at ? { opacity: .08 } : undefined,
      })),
    };
  };
  const watch = (place, chart, spec) => {
    const tip = document.createElement("div");
    tip.className = "tip";
    tip.hidden = true;
    place.append(tip);
    const zr = chart.getZr();
    zr.on("mousemove", (event) => {
      const at = chart.convertFromPixel({ gridIndex: 0 }, [event.offsetX, event.offsetY])?.[0];
      const label = spec.labels[Math.round(at)];
      tip.hidden = label === undefined;
      if (tip.hidden) return;
      tip.replaceChildren();
      for (const text of [label, ...spec.series.map((each) => `${each.name}: ${each.values[Math.round(at)]?.toFixed(0) ?? "–"}${spec.unit}`)]) {
        tip.append(document.createElement("div"));
        tip.lastChild.textContent = text;
      }
      tip.style.left = `${Math.max(0, Math.min(event.offsetX + 12, place.clientWidth - tip.offsetWidth))}px`;
      tip.style.top = `${Math.max(0, event.offsetY - tip.offsetHeight - 8)}px`;
    });
    zr.on("globalout", () => { tip.hidden = true; });
  };
  for (const place of document.querySelectorAll("[data-chart]")) {
    const spec = JSON.parse(document.getElementById(place.dataset.chart).textContent);
    const chart = echarts.init(place, null, { devicePixelRatio: Math.max(2, window.devicePixelRatio) });
    chart.setOption(option(spec));
    watch(place, chart, spec);
    drawn.push([chart, spec]);
    new ResizeObserver(() => chart.resize()).observe(place);
  }
  const again = () => { for (const [chart, spec] of drawn) chart.setOption(option(spec), true); };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  matchMedia("print").addEventListener("change", again);
})();
