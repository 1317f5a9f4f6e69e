import { defineConfig } from 'prisma/config';

/**
 * For people who have Prisma's own engine: `PRISMA_SERVICE=order npx prisma studio`. Tandem itself needs the CLI only for `generate`;
 * migrations are written by `npm run db:new` and applied by `npm run migrate`.
 */
const service = process.env['PRISMA_SERVICE'];
const server = process.env['DATABASE_URL'];

export default defineConfig({
  ...(service ? { schema: `prisma/${service}/schema.prisma`, migrations: { path: `prisma/${service}/migrations` } } : {}),
  ...(service && server ? { datasource: { url: Object.assign(new URL(server), { pathname: `/tandem_${service}` }).href } } : {}),
});
