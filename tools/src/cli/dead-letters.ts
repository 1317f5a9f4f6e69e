import { allPages } from '../all-pages.js';
import { deadLetterCommand, type LetterFilter } from '../dead-letter-command.js';
import { deadLetterLine, type ListedLetter } from '../dead-letter-line.js';
import { runMain } from '../failure.js';
import { signInAsStaff } from '../staff-api.js';

const letters = '/ops/v1/dead-letters';

/** What consumers have set aside, over the storefront's operations API: the same rights, the same audit rows. */
await runMain(async () => {
  const { at, command } = deadLetterCommand(process.argv.slice(2), new Date());
  const ask = await signInAsStaff(at, process.env);
  const get = (path: string) => ask('GET', path);
  switch (command.kind) {
    case 'list':
      return printList(await allPages(get, `${letters}?limit=100&${new URLSearchParams(command.filter).toString()}`), command.filter);
    case 'show':
      return print(await get(`${letters}/${command.id}`));
    case 'replay-one':
      return print(await ask('POST', `${letters}/${command.id}/replay`, command.body));
    case 'replay-many':
      return console.log(JSON.stringify(await ask('POST', `${letters}/replay`, command.body)));
    case 'discard':
      return print(await ask('POST', `${letters}/${command.id}/discard`, command.body));
    case 'log':
      return printLog(await allPages(get, '/ops/v1/dead-letter-actions?limit=100'));
  }
});

function print(answer: Record<string, unknown>): void {
  console.log(JSON.stringify(answer, null, 2));
}

function printLog(actions: readonly Record<string, unknown>[]): void {
  for (const { at, actor, action, deadLetter, why } of actions)
    console.log(`${String(at)}  ${String(actor)}  ${String(action)}  ${String(deadLetter)}  ${String(why)}`);
}

function printList(listed: readonly ListedLetter[], filter: LetterFilter): void {
  const asked = Object.entries(filter).map(([name, value]) => `${name} ${value}`);
  if (listed.length === 0)
    return console.log(asked.length === 0 ? 'Nothing is set aside.' : `Nothing that is set aside has ${asked.join(', ')}.`);
  const now = new Date();
  for (const letter of listed) console.log(deadLetterLine(letter, now));
}
