import { storageUrl } from './open-storage.js';

describe('where objects are stored', () => {
  it.each([
    'file:///var/lib/tandem',
    's3://tandem-pictures',
    's3://tandem?region=eu-central-1',
    's3://tandem?endpoint=http://127.0.0.1:9000&region=local',
  ])('may be %s', (url) => {
    expect(storageUrl.safeParse(url).success).toBe(true);
  });

  it.each([
    '',
    '/var/lib',
    'http://tandem',
    'file://host/folder',
    'file:///folder?x=1',
    's3://',
    's3://T',
    's3://tandem/folder',
    's3://tandem?secret=x',
    's3://tandem?endpoint=minio:9000',
    's3://tandem?endpoint=http://minio/path',
  ])('may not be %j', (url) => {
    expect(storageUrl.safeParse(url).error?.issues[0]?.message).toContain('where objects are stored');
  });
});
