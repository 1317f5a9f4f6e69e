import { isTest, pathOf } from './where.mjs';

const collections = /^(Map|Set|WeakMap|WeakSet|Array)$/;
const changing = /^(set|add|delete|clear|push|pop|shift|unshift|splice|sort|reverse|fill|copyWithin)$/;

/** Programs of their own, each in its process: nothing is composed with them. */
const isProgram = (path) => /\/cli\//.test(path) || /\/measure-[^/]*\.ts$/.test(path);

const isMade = (init) => init?.type === 'NewExpression' && collections.test(init.callee.name);
const isHolder = (init) => isMade(init) || ['ArrayExpression', 'ObjectExpression'].includes(init?.type);
const isEmpty = (init) => (isMade(init) && init.arguments.length === 0) || (init?.type === 'ArrayExpression' && init.elements.length === 0);

/** `as`, `satisfies` and `!` aside. */
const bare = (node) => (/^TS(As|Satisfies|NonNull)/.test(node?.type) ? bare(node.expression) : node);

const isReadonly = (annotation) =>
  /^Readonly/.test(annotation?.typeName?.name ?? '') || (annotation?.type === 'TSTypeOperator' && annotation.operator === 'readonly');

/** The outermost member of which `node` is the beginning: of `state` in `state.a.b = 1`, `state.a.b`. */
const memberOf = (node) => (node.parent.type === 'MemberExpression' && node.parent.object === node ? memberOf(node.parent) : node);

/** True where `identifier` is where something is written: `x.set(…)`, `x.a = …`, `x[0]++`, `delete x.a`, `Object.assign(x, …)`. */
function isChanged(identifier) {
  const member = memberOf(identifier);
  const { parent } = member;
  if (parent.type === 'CallExpression' && parent.callee === member) return member !== identifier && changing.test(member.property.name);
  if (parent.type === 'CallExpression')
    return parent.callee.object?.name === 'Object' && parent.callee.property.name === 'assign' && parent.arguments[0] === member;
  if (member === identifier) return false;
  return (
    (parent.type === 'AssignmentExpression' && parent.left === member) ||
    parent.type === 'UpdateExpression' ||
    (parent.type === 'UnaryExpression' && parent.operator === 'delete')
  );
}

/** What makes a constant of a module state: a function changes it, nothing ever fills it here, or whoever imports it may change it. */
function isState(variable, { id, init }, isExported) {
  const made = bare(init);
  if (!isHolder(made)) return false;
  const changes = variable.references.filter(({ identifier }) => isChanged(identifier));
  if (changes.some(({ from }) => from.variableScope.type === 'function')) return true;
  if (isReadonly(id.typeAnnotation?.typeAnnotation)) return false;
  return (isEmpty(made) && changes.length === 0) || (isExported && isMade(made));
}

/**
 * State of a module is shared by every application of the process. Tests are not composed. `notes`: constants, as `path#name`, that note something about an object
 * for as long as there is the object; as it belongs to one application, so does the note.
 */
export const noModuleState = {
  meta: {
    type: 'problem',
    schema: [{ type: 'object', properties: { notes: { type: 'array', items: { type: 'string' } } }, additionalProperties: false }],
    messages: { state: 'No state in a module: several applications share it. Keep it in what is composed.' },
  },
  create: (context) => {
    const path = pathOf(context.filename);
    if (isTest(path) || isProgram(path)) return {};
    const notes = context.options[0]?.notes ?? [];
    const report = (node) => context.report({ node, messageId: 'state' });
    const isNote = ({ id, init }) => init?.callee?.name === 'WeakMap' && notes.includes(`${path}#${id.name}`);
    return {
      'Program > VariableDeclaration, Program > ExportNamedDeclaration > VariableDeclaration': (node) => {
        if (node.declare) return;
        if (node.kind !== 'const') return report(node);
        for (const declared of node.declarations)
          for (const variable of context.sourceCode.getDeclaredVariables(declared))
            if (isState(variable, declared, node.parent.type === 'ExportNamedDeclaration') && !isNote(declared)) report(declared);
      },
      'PropertyDefinition[static=true]': (node) => {
        if (!node.readonly || (isHolder(bare(node.value)) && !isReadonly(node.typeAnnotation?.typeAnnotation))) report(node);
      },
    };
  },
};
