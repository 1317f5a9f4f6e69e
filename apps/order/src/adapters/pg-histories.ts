import type { Database, Statement } from '@tandem/kernel';
import type { FedLine, Histories } from '../domain/history-feed.js';

const read: Statement = {
  name: 'order_read_histories',
  text: `SELECT f.id AS order, h.sequence, h.type, h.at, h.data FROM unnest($1::uuid[], $2::int[]) AS f (id, after)
    CROSS JOIN LATERAL (SELECT sequence, type, at, data::text FROM order_history WHERE order_id = f.id AND sequence > f.after ORDER BY sequence LIMIT $3) h
    ORDER BY f.id, h.sequence`,
};

/** Histories in PostgreSQL. A line is numbered under its order's row lock, so whoever sees one sees all before it. */
export function pgHistories(database: Database): Histories {
  return {
    read: (positions, limit) =>
      database.query<FedLine>(read, [positions.map(({ order }) => order), positions.map(({ after }) => after), limit]),
  };
}
