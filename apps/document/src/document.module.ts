import { documentV1, jobsV1 } from '@tandem/contracts';
import { defineService, openJobs, openStorage, provide } from '@tandem/host';
import { threadRenderer } from './adapters/pdf/thread-renderer.js';
import { pgAuditFacts } from './adapters/pg-audit-facts.js';
import { pgDocuments } from './adapters/pg-documents.js';
import { documentConfig } from './config.js';
import { DocumentReads, DocumentsGrpc } from './features/documents.grpc.js';
import { MakeDocumentOnRequested } from './features/make-document.consumer.js';
import { rememberIn } from './features/job-of-document.js';
import { MakeDocument } from './features/make-document.js';
import { Invoicing, PlanDocumentsOnOrder } from './features/plan-documents.consumer.js';
import { PlanDocuments } from './features/plan-documents.js';

/** A document that takes longer is given up. */
const deadlineMs = 10_000;

/** The service, with the program of its thread; without one, the program that is built beside it. */
export const documentDrawnBy = (thread?: URL) =>
  defineService({
    name: 'document',
    config: documentConfig,
    needs: { database: true, events: true },
    serves: { DocumentService: documentV1.DocumentServiceService, JobService: jobsV1.JobServiceService },
    compose(host, { storageUrl, seller }) {
      const { database, outbox, now, logger, outside } = host;
      const documents = pgDocuments(database);
      const work = openJobs(host, 'documentJob', rememberIn(documents));
      const storage = outside('storage', openStorage(storageUrl));
      const renderer = threadRenderer({ logger, deadlineMs, ...(thread ? { entry: thread } : {}) });
      return {
        controllers: [PlanDocumentsOnOrder, MakeDocumentOnRequested, DocumentsGrpc, ...work.controllers],
        providers: [
          provide(PlanDocuments, new PlanDocuments({ documents, jobs: work.jobs, outbox, now })),
          provide(Invoicing, new Invoicing(seller, documents)),
          provide(MakeDocument, new MakeDocument({ documents, jobs: work.jobs, renderer, storage, logger })),
          provide(DocumentReads, new DocumentReads(documents, work.jobs, storage, database)),
          ...work.providers,
        ],
        background: work.background,
        auditFacts: pgAuditFacts(database, work.jobs),
        close: async () => {
          await renderer.close();
          await storage.close();
        },
      };
    },
  });

/** Documents of orders: invoices, packing slips and credit notes, drawn by competing workers, archived by their content. */
export const document = documentDrawnBy();
