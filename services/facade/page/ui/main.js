import { beginChart, extendChart } from './chart.js';
import { wireCopy } from './command.js';
import { showCounters } from './counters.js';
import { listen } from './feed.js';
import { explainLab } from './lab.js';
import { showMap } from './partition-map.js';
import { showParts } from './parts.js';
import { lightWays } from './picture.js';
import { wireSending } from './send.js';
import { addToTail, recolor, reloadTail, wireTail } from './tail.js';

wireSending();
wireCopy();
wireTail();
listen({
  hello({ seconds, hasLab }) {
    beginChart(seconds);
    explainLab(hasLab);
    void reloadTail();
  },
  status(status) {
    showCounters(status.counters, status.at);
    showMap(status);
    showParts(status);
    recolor();
    extendChart(status.pace);
  },
  tail(frame) {
    addToTail(frame);
    lightWays(frame.rows);
  },
});
