import { jobsV1, mediaV1 } from '@tandem/contracts';
import { defineService, openJobs, openStorage, provide, storageKey } from '@tandem/host';
import { pgPictures } from './adapters/pg-pictures.js';
import { processStudio } from './adapters/process-studio.js';
import { loadMediaConfig } from './config.js';
import { AddPicture } from './features/add-picture.js';
import { MakeRenditionsOnPictureUploaded } from './features/make-renditions.consumer.js';
import { MakeRenditions } from './features/make-renditions.js';
import { PictureParts, PicturesGrpc } from './features/pictures.grpc.js';

const sweepEveryMs = 600_000;

/** Pictures: taken in, made into renditions by competing workers, kept as long as somebody shows them. */
export const media = defineService({
  name: 'media',
  config: loadMediaConfig,
  needs: { database: true, events: true },
  serves: { MediaService: mediaV1.MediaServiceService, JobService: jobsV1.JobServiceService },
  compose(host, config) {
    const { database, outbox, now, logger, schedules, outside } = host;
    const work = openJobs(host, 'mediaJob');
    const { jobs } = work;
    const pictures = pgPictures(database);
    const storage = outside('storage', openStorage(config.storage));
    const studio = processStudio({ logger });
    const sweep = schedules.every({
      name: 'sweep-pictures',
      everyMs: sweepEveryMs,
      work: async () => ((await pictures.sweep((key) => storage.remove(storageKey(...key.split('/'))))) > 0 ? 0 : undefined),
    });
    return {
      controllers: [...work.controllers, MakeRenditionsOnPictureUploaded, PicturesGrpc],
      providers: [
        ...work.providers,
        provide(MakeRenditions, new MakeRenditions({ database, pictures, jobs, storage, studio })),
        provide(AddPicture, new AddPicture({ pictures, jobs, outbox, now })),
        provide(PictureParts, new PictureParts(database, pictures, jobs, () => sweep.wake())),
      ],
      background: [...work.background, sweep],
      close: async () => {
        await studio.close();
        await storage.close();
      },
    };
  },
});
