import { createPressure, type Pressure } from './pressure.js';

const pressed = (timesTarget: number, samples: number): Pressure => {
  const pressure = createPressure(3);
  for (let n = 0; n < samples; n += 1) pressure.observe(timesTarget);
  return pressure;
};
/** How many of 100 requests of each rank are let in. */
const letIn = (pressure: Pressure): readonly number[] => [0, 1, 2].map((rank) => Array.from({ length: 100 }, () => pressure.admits(rank)).filter(Boolean).length);

describe('the pressure of a process', () => {
  it('lets everything in while work is not delayed', () => {
    expect(letIn(pressed(0, 100))).toEqual([100, 100, 100]);
    expect(letIn(pressed(1, 100))).toEqual([100, 100, 100]);
  });

  it('sheds the first rank before the second, and the second before the third', () => {
    expect(letIn(pressed(2, 15))).toEqual([50, 100, 100]);
    expect(letIn(pressed(2, 25))).toEqual([10, 50, 100]);
    expect(letIn(pressed(2, 35))).toEqual([10, 10, 50]);
  });

  it('always lets a tenth in, however hard it is pressed', () => {
    expect(letIn(pressed(100, 1_000))).toEqual([10, 10, 10]);
  });

  it('sheds nothing for a few long pauses', () => {
    expect(letIn(pressed(100, 3))).toEqual([100, 100, 100]);
    expect(pressed(100, 5).level()).toBeCloseTo(0.5);
  });

  it('is back to normal within five seconds of ten samples, from the worst', () => {
    const pressure = pressed(100, 1_000);
    for (let sample = 0; sample < 50; sample += 1) pressure.observe(0);
    expect([pressure.level(), letIn(pressure)]).toEqual([0, [100, 100, 100]]);
  });
});
