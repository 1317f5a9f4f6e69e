import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { countPublished, measureBacklog, measured } from './metrics.js';

const rules = readFileSync('deploy/prometheus/alerts.yml', 'utf8');

/** The rules as this file writes them: every alert in the same five lines. */
const alerts = rules
  .split(/^ {6}- alert: /m)
  .slice(1)
  .map((text) => {
    const [, name = '', expr = '', wait = '', severity = '', summary = ''] =
      /^(\w+)\n {8}expr: (.+)\n {8}for: (\d+[smh])\n {8}labels: \{ severity: (\w+) \}\n {8}annotations: \{ summary: "(.+)" \}\n$/.exec(
        text,
      ) ?? [];
    return { name, expr, wait, severity, summary };
  });

/** What the functions, operators, labels and keywords of the expressions are called; everything else is a metric. */
const promql = /^(max|sum|rate|by|on|unless|group|topic|service|m|s)$/;

describe('the alert rules', () => {
  it('are written in the form that is checked here', () => {
    expect(alerts.map(({ name }) => name)).toEqual([
      'OutboxStands',
      'OutboxRefused',
      'ConsumerBehind',
      'ConsumerMakesNoProgress',
      'ConsumerWaits',
      'MessagesParked',
      'MessagesDead',
    ]);
    expect(alerts.every(({ severity }) => ['warning', 'critical'].includes(severity))).toBe(true);
  });

  it('name only metrics that a service serves', () => {
    const registry = new Registry();
    const facts = {
      consumers: () => Promise.resolve([]),
      outbox: () => Promise.resolve({ pending: 0, oldestAgeMs: 0, refused: 0, refusedIds: [] }),
    };
    measureBacklog(registry, facts);
    countPublished(registry);
    measured(registry, 'spec', new Set());
    const served = registry.getMetricsAsArray().map(({ name }) => name);
    const named = alerts.flatMap(({ expr }) => expr.match(/[a-z_]+/g) ?? []).filter((word) => !promql.test(word));
    expect([...new Set(named)].filter((name) => !served.includes(name))).toEqual([]);
    expect(new Set(named).size).toBeGreaterThanOrEqual(8);
  });
});
