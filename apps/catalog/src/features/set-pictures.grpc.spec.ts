import { newId, type Refusal } from '@tandem/host';
import type { Picturing, SetPictures } from './set-pictures.js';
import { SetPicturesGrpc } from './set-pictures.grpc.js';

describe('a picture there is not', () => {
  const productId = newId('product');
  const refusalOf = (mediaIds: string[], outcome?: Picturing) => {
    const run = () => (outcome ? Promise.resolve(outcome) : Promise.reject(new Error('nothing is asked')));
    return new SetPicturesGrpc({ run } as unknown as SetPictures).handle({ productId, mediaIds }).then(
      () => 'set',
      (error: unknown) => (error as Refusal).problem.detail,
    );
  };

  it('is named at its place, be its id malformed or unknown', async () => {
    const [there, gone] = [newId('picture'), newId('picture')];
    const missing: Picturing = { kind: 'missing', mediaId: gone, because: `there is no picture ${gone}` };
    expect(await refusalOf(['med_x'])).toBe('/pictures/0: there is no picture med_x');
    expect(await refusalOf([there, 'med_x'])).toBe('/pictures/1: there is no picture med_x');
    expect(await refusalOf([there, gone], missing)).toBe(`/pictures/1: there is no picture ${gone}`);
    expect(await refusalOf([there, gone], { ...missing, mediaId: undefined })).toBe(`/pictures: there is no picture ${gone}`);
  });
});
