import { parseCommandLine } from './command-line.js';

const options = { orders: 500, log: ['kafka', 'postgres'], only: '', seats: false };
const read = (...args: string[]) => parseCommandLine(options, { args, takesStartOptions: false }).values;
const allowed = 'Allowed: --orders 500, --log kafka|postgres, --only TEXT, --seats.';

describe('the options of a proof', () => {
  it('are what they are by default', () => {
    expect(read()).toEqual({ orders: 500, log: 'kafka', only: '', seats: false });
  });

  it('are read as what their defaults are', () => {
    expect(read('--orders', '0.5', '--log', 'postgres', '--only', 'saga', '--seats')).toEqual({
      orders: 0.5,
      log: 'postgres',
      only: 'saga',
      seats: true,
    });
  });

  it.each([
    [['--kafka'], "Unknown option '--kafka'. "],
    [['--orders', 'x'], 'Option \'--orders\' got "x", wants a number. '],
    [['--orders='], 'Option \'--orders\' got "", wants a number. '],
    [['--orders', '1e9x'], 'Option \'--orders\' got "1e9x", wants a number. '],
    [['--orders'], "Option '--orders <value>' argument missing. "],
    [['--log', 'kafak'], 'Option \'--log\' got "kafak", wants kafka or postgres. '],
    [['--', '--kafka'], "Unexpected argument '--kafka'. "],
  ])('are refused in one line that says what is allowed: %j', (args, fault) => {
    expect(() => read(...args)).toThrow(fault + allowed);
  });

  it('leave what comes after -- to the start of the system, where the proof has none of its own', () => {
    expect(parseCommandLine({ seed: 1 }, { args: ['--seed', '2', '--', '--kafka'], takesStartOptions: true })).toEqual({
      values: { seed: 2 },
      startOptions: ['--kafka'],
    });
    expect(() => parseCommandLine({ seed: 1 }, { args: ['--kafka'], takesStartOptions: true })).toThrow(
      "Unknown option '--kafka'. Allowed: --seed 1; after a --, the options of npm start.",
    );
    expect(() => parseCommandLine({ seed: 1 }, { args: ['nope', '--', '--kafka'], takesStartOptions: true })).toThrow(
      "Unexpected argument 'nope'. Allowed: --seed 1; after a --, the options of npm start.",
    );
  });
});
