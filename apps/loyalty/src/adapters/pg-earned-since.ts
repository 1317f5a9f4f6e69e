/** What orders confirmed since then earned a customer and kept, as an expression: one look at its entries, however many others there are. */
export function earnedSinceOf(customer: string, since: string): string {
  return `(SELECT coalesce(sum(points), 0) FROM (SELECT -sum(shop) AS points FROM ledger_entry WHERE customer_id = ${customer} AND kind IN ('earned', 'reversed')
    GROUP BY order_id HAVING max(at) FILTER (WHERE kind = 'earned') >= ${since}) AS kept)`;
}
