// Asks with node-virustotal from npm, a client of API v3.
//
//   node node_driver.cjs https://www.virustotal.com < plan.json > answers.json
//
// The plan is {"cases": [{"name", "key", "call", "arguments"}, ...]}. The
// answers are {name: {"failed", "body"}, ...}: what the client handed to its
// callback. It does not hand over the HTTP status.
'use strict';

const fs = require('node:fs');
const virustotal = require('node-virustotal');

const ONLY_ADDRESS = 'https://www.virustotal.com';
const MILLISECONDS_BETWEEN_REQUESTS = 1;

function bodyOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text === undefined ? null : text;
  }
}

function ask({key, call, arguments: values}) {
  const api = virustotal.makeAPI(MILLISECONDS_BETWEEN_REQUESTS).setKey(key);
  return new Promise((resolve) => {
    api[call](...values, (failure, text) => {
      if (failure instanceof Error) {
        resolve({failed: true, exception: failure.code || failure.message});
      } else {
        const failed = failure !== null;
        resolve({failed, body: bodyOf(failed ? failure : text)});
      }
    });
  });
}

async function main() {
  if (process.argv[2] !== ONLY_ADDRESS) {
    throw new Error('node-virustotal has no setting for the address; it asks ' +
                    ONLY_ADDRESS);
  }
  const plan = JSON.parse(fs.readFileSync(0, 'utf8'));
  const answers = {};
  for (const each of plan.cases) answers[each.name] = await ask(each);
  process.stdout.write(JSON.stringify(answers));
}

main().catch((error) => {
  console.error(String(error));
  process.exitCode = 1;
});
