"use strict";
(function () {
  var data = JSON.parse(document.getElementById("trend-data").textContent);
  var colours = ["#2563eb", "#d97706", "#059669", "#dc2626", "#7c3aed", "#0891b2",
    "#be185d", "#4d7c0f", "#9333ea", "#b45309", "#0f766e", "#475569"];
  data.datasets.forEach(function (line, i) {
    line.borderColor = colours[i % colours.length];
    line.backgroundColor = line.borderColor;
    line.tension = 0.2;
    line.spanGaps = true;
  });
  new Chart(document.getElementById("trend-chart"), {
    type: "line",
    data: { labels: data.labels, datasets: data.datasets },
    options: {
      animation: false,
      maintainAspectRatio: false,
      plugins: { legend: { position: "right" } },
      scales: { y: { beginAtZero: true } }
    }
  });
})();
