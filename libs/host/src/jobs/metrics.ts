import { Counter, type Registry } from 'prom-client';

/** A counter of jobs that have failed, lost ones included, by why. Its alert: deploy/prometheus/alerts-jobs.yml. */
export function countFailed(registry: Registry): (failure: string) => void {
  const failed = new Counter({ name: 'jobs_failed_total', help: 'Jobs that have failed', labelNames: ['failure'], registers: [registry] });
  return (failure) => failed.inc({ failure });
}
